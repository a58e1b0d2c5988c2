import type { DocumentOption, MachineDocument } from '../../document/document.ts';
import { entriesOf, entryOf } from '../../document/entries.ts';
import { HELLO_IMAGE_NAME } from '../../lessons/hello-image.ts';
import { joinWords } from '../../options/words.ts';
import { shellScript } from '../views/line-text.ts';

/** A file that a machine reads or writes. */
export interface NamedFile {
  readonly name: string;
  readonly format: 'raw' | 'qcow2';
}

/** Options whose whole argument is a file. */
const BARE = new Set([
  'hda',
  'hdb',
  'hdc',
  'hdd',
  'cdrom',
  'fda',
  'fdb',
  'mtdblock',
  'sd',
  'pflash',
]);

/** The image files that a machine's options name, each once. */
export function namedFiles({ options }: MachineDocument): NamedFile[] {
  const found = new Map<string, NamedFile>();
  for (const option of options)
    for (const name of filesOf(option)) {
      const known = found.get(name)?.format === 'qcow2';
      const format = known || isQcow2(option, name, options) ? 'qcow2' : 'raw';
      found.set(name, { name, format });
    }
  return [...found.values()];
}

function filesOf(option: DocumentOption): string[] {
  const { name, argument } = option;
  if (BARE.has(name)) return argument ? [argument] : [];
  if (name !== 'drive' && name !== 'blockdev') return [];
  return entriesOf(option)
    .filter(({ key }) => (name === 'drive' && key === 'file') || /(^|\.)filename$/.test(key))
    .map(({ value }) => value)
    .filter((value) => value !== '' && !/^[\w+.-]+:/.test(value));
}

/** Whether an option, or the format node that stands on its node, says qcow2. */
function isQcow2(
  option: DocumentOption,
  name: string,
  options: readonly DocumentOption[],
): boolean {
  if (option.name !== 'blockdev')
    return (entryOf(option, 'format') ?? (/\.qcow2$/.test(name) ? 'qcow2' : 'raw')) === 'qcow2';
  if (entryOf(option, 'driver') === 'qcow2') return true;
  const node = entryOf(option, 'node-name');
  return options.some(
    (other) =>
      other.name === 'blockdev' &&
      node !== undefined &&
      entryOf(other, 'file') === node &&
      entryOf(other, 'driver') === 'qcow2',
  );
}

/** The files that no link or file of ours brings along, and that are not on every such page. */
export function ownFiles(doc: MachineDocument): NamedFile[] {
  return namedFiles(doc).filter(({ name }) => name !== HELLO_IMAGE_NAME);
}

/**
 * A shell script that starts the machine on a real QEMU. Image files that are missing there are made, empty.
 * `bytesOf`: size of an image here, where it is known.
 */
export function startScript(
  doc: MachineDocument,
  title: string,
  bytesOf: (name: string) => number | undefined,
): string {
  const [shebang = '', ...rest] = shellScript(doc).split('\n');
  const made = namedFiles(doc).map(({ name, format }) => {
    const bytes = String(bytesOf(name) ?? 2 ** 30);
    const words =
      format === 'qcow2'
        ? ['qemu-img', 'create', '-q', '-f', 'qcow2', '--', name, bytes]
        : ['truncate', '-s', bytes, '--', name];
    return `${joinWords(['test', '-e', name])} || ${joinWords(words)}`;
  });
  return [
    shebang,
    `# ${title.replace(/\s+/g, ' ')}`,
    ...(made.length > 0 ? ['# Images that are not here are made, empty.', ...made] : []),
    ...rest,
  ].join('\n');
}
