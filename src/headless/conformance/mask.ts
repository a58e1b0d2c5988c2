/** Ids that QEMU makes up: their numbers mean nothing. */
function maskIds(text: string): string {
  return text.replace(/#(net|block)\d+/g, '#$1N');
}

/** A monitor's text without what differs between two runs of the same QEMU. */
export function maskText(kind: string, text: string): string {
  const masked = maskIds(text);
  if (kind === 'qom-tree') return masked.replace(/^ {2}\/qtest \(qtest\)\n/m, '');
  if (kind === 'mtree' || kind === 'mtree-f')
    return blocks(masked.replace(/^FlatView #\d+$/gm, 'FlatView'));
  return masked;
}

/** Paragraphs in a fixed order: FlatViews and address spaces come in the order of a hash table. */
function blocks(text: string): string {
  return text
    .split(/\n\n+/)
    .map((block) => block.trimEnd())
    .filter((block) => block !== '')
    .sort()
    .join('\n\n');
}

/** A JSON value without what differs between two runs of the same QEMU. */
export function maskJson(value: unknown): unknown {
  if (typeof value === 'string') return maskIds(value);
  if (Array.isArray(value)) return value.map(maskJson);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value)
        .filter(([key]) => key !== 'timestamp')
        .map(([key, inner]) => [key, maskJson(inner)]),
    );
  return value;
}

/** In front of names of files: the folder of whoever recorded. */
const FOLDER = /(?:ORACLE_DIR|\/[^,=\s]*)\/(?=(?:img|run|share)\b)/g;

/** A text in which files are named by where they lie in the recorder's folder. */
export function withoutFolder(text: string): string {
  return text.replace(FOLDER, '');
}
