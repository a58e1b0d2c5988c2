import type { DeviceType } from '../protocol/messages.ts';
import { DocumentError, type DocumentOption, type MachineDocument } from './document.ts';
import { idKey, optionIdOf, withEntry } from './entries.ts';
import { nextKey } from './read.ts';
import { type IdKind, idKindOf, withReferences } from './references.ts';

/** The option that has a key, or undefined. */
export function optionByKey(doc: MachineDocument, key: number): DocumentOption | undefined {
  return doc.options.find((option) => option.key === key);
}

/** Adds an option behind the one with the key `after`, else at the end. Its key is the highest. */
export function addOption(
  doc: MachineDocument,
  name: string,
  argument: string | undefined,
  after?: number,
): MachineDocument {
  const option = { key: nextKey(doc.options), name, argument };
  const at = doc.options.findIndex(({ key }) => key === after);
  return {
    ...doc,
    options: doc.options.toSpliced(at < 0 ? doc.options.length : at + 1, 0, option),
  };
}

/** Takes options out; nothing else is touched. */
export function removeOptions(doc: MachineDocument, keys: readonly number[]): MachineDocument {
  const gone = new Set(keys);
  return { ...doc, options: doc.options.filter(({ key }) => !gone.has(key)) };
}

/** Gives an option another argument. */
export function setOption(
  doc: MachineDocument,
  key: number,
  argument: string | undefined,
): MachineDocument {
  return replaceOption(doc, key, (option) => ({ ...option, argument }));
}

/** Changes the option with the key `key`, if there is one. */
export function replaceOption(
  doc: MachineDocument,
  key: number,
  change: (option: DocumentOption) => DocumentOption,
): MachineDocument {
  const options = doc.options.map((option) => (option.key === key ? change(option) : option));
  return { ...doc, options };
}

/** An id that begins with `stem` and that nothing on the line has: `disk0`, `disk1`, … */
export function freshId(doc: MachineDocument, stem: string): string {
  return freshAmong(new Set(doc.options.map(optionIdOf)), stem);
}

/** Longest beginning of an id that others are made of, in characters. */
const LONGEST_STEM = 64;

/**
 * The first of `stem0`, `stem1`, … that is not taken; signs that an id cannot have are left out of the stem.
 * `tried`: numbers that are known to be taken, by stem, for those who ask many times.
 */
export function freshAmong(
  taken: ReadonlySet<string | undefined>,
  stem: string,
  tried = new Map<string, number>(),
): string {
  const clean =
    stem
      .slice(0, LONGEST_STEM)
      .replace(/^[^A-Za-z]+|[^A-Za-z0-9._-]/g, '')
      .replace(/\d+$/, '') || 'id';
  let number = tried.get(clean) ?? 0;
  while (taken.has(`${clean}${number}`)) number++;
  tried.set(clean, number);
  return `${clean}${number}`;
}

/**
 * Names what an option makes, and everything that refers to it. `types`: to know the links of device types
 * that are out of the ordinary. Throws DocumentError where the option cannot have an id, or another has it.
 */
export function renameId(
  doc: MachineDocument,
  key: number,
  id: string,
  types?: readonly DeviceType[],
): MachineDocument {
  const option = optionByKey(doc, key);
  const kind = option && idKindOf(option);
  if (!option || !kind) throw new DocumentError('Nothing that this option makes can have an id.');
  const rival = doc.options.find(
    (other) => other.key !== key && idKindOf(other) === kind && optionIdOf(other) === id,
  );
  if (rival) throw new DocumentError(`The id ${id} is taken.`);
  const old = optionIdOf(option);
  const named = replaceOption(doc, key, (one) => withEntry(one, idKey(one), id));
  return old === undefined || old === id ? named : renameReferences(named, kind, old, id, types);
}

function renameReferences(
  doc: MachineDocument,
  kind: IdKind,
  old: string,
  id: string,
  types: readonly DeviceType[] | undefined,
): MachineDocument {
  const names = new Map([[`${kind} ${old}`, id]]);
  return { ...doc, options: doc.options.map((option) => withReferences(option, names, types)) };
}
