/**
 * Packs a sample of a folder of recorded answers (laid out as `npm run conformance` reads it) into one
 * file for the unit tests: `tsx src/testing/recorded/pack.ts DIR`. Texts share a table of lines.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const [dir = '.'] = process.argv.slice(2);
const folder = resolve(dir);

interface Entry {
  readonly section: string;
  readonly machine?: string;
  readonly set?: string;
  readonly dir?: string | null;
  readonly files?: readonly string[];
  readonly file?: string;
  readonly argv?: readonly string[];
}

/** Sets of devices that are kept for each machine: every bus, every kind of device, the odd ones. */
const SETS =
  /^(?:none|defaults.*|all-(?:pci|device|ccw)|drive-if-virtio|nic-virtio|x-(?:net-hub|multifunction|pci-bridge|pcie-switch|pcie-pci-bridge|root-port|serial-many|scsi-two-disks|blk-packed|ccw-devno-ssid|mmio-modern-blk|mmio-two|zpci|terminal3270))$|^virtio-(?:scsi-pci|vga|mem-pci|iommu-pci)$/;
/** Files that are kept for each: the larger ones only where they add something. */
const LARGE = /^(?:qom-props\.json|mtree\.txt|virtio\.json)$/;
const LARGE_SETS = /^(?:all-(?:pci|device|ccw)|none|defaults.*)$/;

const index = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as { entries: Entry[] };
const lines: string[] = [];
const places = new Map<string, number>();
const files: Record<string, number[]> = {};

/** Adds a file: runs of lines that stand one after another in the table. */
function add(path: string, text: string): void {
  const runs: number[] = [];
  for (const line of text.split('\n')) {
    let at = places.get(line);
    if (at === undefined) {
      at = lines.push(line) - 1;
      places.set(line, at);
    }
    const start = runs.at(-2);
    const length = runs.at(-1);
    if (start !== undefined && length !== undefined && start + length === at)
      runs[runs.length - 1] = length + 1;
    else runs.push(at, 1);
  }
  files[path] = runs;
}

function addFile(path: string): void {
  add(path, readFileSync(join(folder, path), 'utf8'));
}

const entries = index.entries.flatMap((entry): Entry[] => {
  if (entry.section === 'help') {
    // The program's manual is a text of its own, and not one that this engine prints.
    if (!entry.file || /\/help\./.test(entry.file)) return [];
    addFile(entry.file);
    return [entry];
  }
  if (entry.section !== 'dumps' || !entry.dir || !SETS.test(entry.set ?? '')) return [];
  const kept = (entry.files ?? []).filter(
    (file) => !LARGE.test(file) || LARGE_SETS.test(entry.set ?? ''),
  );
  for (const file of kept) addFile(`${entry.dir}/${file}`);
  return [{ ...entry, files: kept }];
});
for (const path of ['errors/command-lines.json', 'errors/monitor.json', 'hotplug/hotplug.json'])
  addFile(path);
for (const file of readdirSync(join(folder, 'types')))
  if (
    /^(?:qom-list-types|qom-implements)/.test(file) ||
    /^device-list-properties.*s390x/.test(file)
  )
    addFile(`types/${file}`);
add('index.json', JSON.stringify({ entries }));
const text = JSON.stringify({ lines, files });
writeFileSync(join(import.meta.dirname, '../golden/answers.json'), `${text}\n`);
process.stdout.write(
  `${entries.length} entries, ${Object.keys(files).length} files, ${text.length} characters\n`,
);
