/**
 * Fails on a citation of the VIRTIO specification that names no version or a section that does not
 * exist. `VIRTIO 1.4 §2.7.6` is checked, `PCI 3.0 §6.2` is another document and accepted, a bare
 * section number fails. Test titles such as `[2.7.7.2] notifies …` must name a section too.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PLACES = ['src', 'bench', 'docs', 'e2e', 'README.md', 'CONTRIBUTING.md', 'CHANGELOG.md'];
const TEXT = /\.(ts|tsx|js|mjs|css|md|html|json)$/;
const TEST = /\.(test|spec)\.tsx?$/;

const sections = new Set(
  readFileSync(new URL('./virtio-1.4-sections.tsv', import.meta.url), 'utf8')
    .split('\n')
    .slice(1)
    .map((line) => line.split('\t')[0])
    .filter(Boolean),
);

/** @returns {string[]} */
function textFiles(/** @type {string} */ path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    const child = join(path, entry.name);
    if (entry.isDirectory()) return textFiles(child);
    return TEXT.test(entry.name) ? [child] : [];
  });
}

/** A section number after the sign: digits or an appendix's letter, then dotted digits. */
const CITATION = /§\s*((?:\d+|[A-D])(?:\.\d+)*)(?![A-Za-z])/g;
/** What stands before the sign, possibly on the line above: a document's name and its version. */
const DOCUMENT = /([\p{L}\p{N}_/+-]+)\s+v?(\d[\w.]*)[\s*/#>]+$/u;
/** `'[2.7.7.2] …'` or `'[2.7.7.2, 2.7.10] …'` at the start of a string. */
const TITLE = /['"`]\[(\d+(?:\.\d+)+(?:,\s*\d+(?:\.\d+)+)*)\]\s/g;

/** @type {string[]} */
const faults = [];
let citations = 0;
let titles = 0;

for (const file of PLACES.flatMap((place) => textFiles(join(ROOT, place)))) {
  const text = readFileSync(file, 'utf8');
  const at = (/** @type {number} */ index) =>
    `${file.slice(ROOT.length)}:${text.slice(0, index).split('\n').length}`;

  for (const match of text.matchAll(CITATION)) {
    const section = match[1] ?? '';
    const [, name, version] =
      DOCUMENT.exec(text.slice(Math.max(0, match.index - 80), match.index)) ?? [];
    if (name === undefined) {
      faults.push(
        `${at(match.index)}: §${section} names no document and version (VIRTIO 1.4 §${section}?)`,
      );
    } else if (name.toUpperCase() === 'VIRTIO') {
      citations++;
      if (name !== 'VIRTIO' || version !== '1.4') {
        faults.push(`${at(match.index)}: cite VIRTIO 1.4, not ${name} ${version} §${section}`);
      } else if (!sections.has(section)) {
        faults.push(`${at(match.index)}: VIRTIO 1.4 has no §${section}`);
      }
    }
  }

  if (!TEST.test(file)) continue;
  for (const match of text.matchAll(TITLE)) {
    for (const section of (match[1] ?? '').split(/,\s*/)) {
      titles++;
      if (!sections.has(section)) faults.push(`${at(match.index)}: VIRTIO 1.4 has no §${section}`);
    }
  }
}

for (const fault of faults) console.error(fault);
if (sections.size < 500) faults.push('the section list is not complete');
console.log(
  `${citations} citations and ${titles} test titles of ${sections.size} sections checked`,
);
process.exitCode = faults.length > 0 ? 1 : 0;
