/**
 * Rewrites a QEMU command line so that its first drive reads another file. Only the one word that
 * changes is touched: everything else stays as the person typed it.
 */

/** What a machine without a drive gets: a disk of its own. */
const NEW_DISK = (file: string): string =>
  `-drive if=none,id=d0,file=${file},format=raw -device virtio-blk-pci,id=disk0,drive=d0`;

/** The command line with image `name` behind the first `file=` of a `-drive`. */
export function withDiskFile(commandLine: string, name: string): string {
  const words = wordsOf(commandLine);
  for (let i = 0; i + 1 < words.length; i++) {
    const option = words[i];
    const value = words[i + 1];
    if (!option || !value || !/^--?drive$/.test(option.text)) continue;
    const found = /(^|,)file=((?:[^,]|,,)*)/.exec(value.text);
    const replaced = found
      ? value.text.slice(0, found.index) +
        `${found[1]}file=${escapeComma(name)}` +
        value.text.slice(found.index + found[0].length)
      : `${value.text},file=${escapeComma(name)}`;
    return commandLine.slice(0, value.from) + quoted(replaced) + commandLine.slice(value.to);
  }
  return `${commandLine.trimEnd()} ${NEW_DISK(escapeComma(name))}`.trimStart();
}

/** In an option's value a comma is written twice. */
const escapeComma = (text: string): string => text.replaceAll(',', ',,');

/** As a shell would want it. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

interface Word {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

/** Words of a command line, quotes taken off, with their places. */
function wordsOf(line: string): Word[] {
  const words: Word[] = [];
  let text = '';
  let from = -1;
  let quote = '';
  for (let i = 0; i <= line.length; i++) {
    const c = line[i] ?? '';
    if (c === '' || (quote === '' && /\s/.test(c))) {
      if (from >= 0) words.push({ text, from, to: i });
      text = '';
      from = -1;
      continue;
    }
    if (from < 0) from = i;
    if (c === '\\' && quote !== "'" && i + 1 < line.length) text += line[++i];
    else if (quote === '' && (c === '"' || c === "'")) quote = c;
    else if (c === quote) quote = '';
    else text += c;
  }
  return words;
}
