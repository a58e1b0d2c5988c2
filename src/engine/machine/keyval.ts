import { ConfigError } from '../qom/errors.ts';

/** What `a.b=c,…` describes: texts, in objects and lists. */
export type KeyvalTree = { [key: string]: KeyvalValue };
/** A text, or texts in an object or a list. */
export type KeyvalValue = string | KeyvalTree | KeyvalValue[];

/** An option's argument, taken apart. */
export interface Keyval {
  /** Null prototype. */
  readonly tree: KeyvalTree;
  /** Whether it asks for help (`help` or `?` among its keys). */
  readonly help: boolean;
}

/** Longest part of a key. */
const MAX_FRAGMENT = 127;
/** Deepest nesting that is looked at. */
const MAX_DEPTH = 64;
const INDEX = /^\d+$/;
const NAME = /^(?:__[A-Za-z0-9.-]*_)?[A-Za-z][A-Za-z0-9_-]*/;

/**
 * Parses `key=value,a.b=value,list.0=value`: a doubled comma in a value stands for one, a first value without
 * key belongs to `implied`, every other key needs a value, dots nest, numbers make lists. Throws ConfigError.
 */
export function parseKeyval(text: string, implied?: string): Keyval {
  const tree: KeyvalTree = Object.create(null);
  let help = false;
  for (let at = 0; at < text.length; ) {
    const key = /^[^=,]*/.exec(text.slice(at))?.[0] ?? '';
    const end = at + key.length;
    if (key !== '' && text[end] !== '=') {
      if (key === 'help' || key === '?') {
        help = true;
        at = end + 1;
        continue;
      }
      if (at === 0 && implied !== undefined) {
        put(tree, [implied], key);
        at = end + 1;
        continue;
      }
    }
    const fragments = fragmentsOf(key);
    if (text[end] !== '=') throw new ConfigError(`Expected '=' after parameter '${key}'`);
    const [value, next] = valueAt(text, end + 1);
    put(tree, fragments, value);
    at = next;
  }
  const listed = listify(tree, '');
  return { tree: listed as KeyvalTree, help };
}

/** Checks a key and takes it apart. */
function fragmentsOf(key: string): string[] {
  const fragments: string[] = [];
  for (let at = 0; ; at++) {
    const rest = key.slice(at);
    const index = fragments.length > 0 ? /^\d+(?![^.])/.exec(rest) : null;
    const name = (index ?? NAME.exec(rest))?.[0] ?? '';
    const end = at + name.length;
    if (name === '' || (end < key.length && key[end] !== '.') || fragments.length === MAX_DEPTH)
      throw new ConfigError(`Invalid parameter '${key}'`);
    if (name.length > MAX_FRAGMENT)
      throw new ConfigError(
        `Parameter${at > 0 || end < key.length ? ' fragment' : ''} '${name}' is too long`,
      );
    fragments.push(name);
    if (end === key.length) return fragments;
    at = end;
  }
}

/** The value that starts at `start`, and where the next key starts. */
export function valueAt(text: string, start: number): [value: string, next: number] {
  let value = '';
  let at = start;
  for (;;) {
    const comma = text.indexOf(',', at);
    if (comma < 0) return [value + text.slice(at), text.length];
    value += text.slice(at, comma);
    if (text[comma + 1] !== ',') return [value, comma + 1];
    value += ',';
    at = comma + 2;
  }
}

/** Stores a value, making the objects on its way; a text is replaced, an object is not. */
function put(tree: KeyvalTree, fragments: readonly string[], value: string): void {
  let object = tree;
  fragments.forEach((fragment, i) => {
    const old = object[fragment];
    const last = i === fragments.length - 1;
    if (old !== undefined && (typeof old === 'string') !== last)
      throw new ConfigError(
        `Parameters '${fragments.slice(0, i + 1).join('.')}.*' used inconsistently`,
      );
    if (last) object[fragment] = value;
    else {
      const inner = (old as KeyvalTree | undefined) ?? (Object.create(null) as KeyvalTree);
      object[fragment] = inner;
      object = inner;
    }
  });
}

/** Turns objects whose keys are all numbers into lists. Throws ConfigError where some are, or one is missing. */
function listify(tree: KeyvalTree, prefix: string): KeyvalValue {
  const keys = Object.keys(tree);
  for (const key of keys) {
    const value = tree[key];
    if (value !== undefined && typeof value !== 'string')
      tree[key] = listify(value as KeyvalTree, `${prefix}${key}.`);
  }
  const indexed = keys.filter((key) => INDEX.test(key));
  if (indexed.length === 0) return tree;
  if (indexed.length < keys.length)
    throw new ConfigError(`Parameters '${prefix}*' used inconsistently`);
  const list: KeyvalValue[] = [];
  for (let i = 0; i < indexed.length; i++) {
    const key = indexed.find((candidate) => Number(candidate) === i);
    if (key === undefined) throw new ConfigError(`Parameter '${prefix}${i}' missing`);
    list.push(tree[key] as KeyvalValue);
  }
  return list;
}

/** Adds what `from` says to `into`: texts and lists replace, objects merge. Throws ConfigError. */
export function mergeKeyval(into: KeyvalTree, from: KeyvalTree, prefix = ''): void {
  for (const [key, value] of Object.entries(from)) {
    const old = into[key];
    if (isObject(old) && isObject(value)) mergeKeyval(old, value, `${prefix}${key}.`);
    else if (old !== undefined && kindOf(old) !== kindOf(value))
      throw new ConfigError(`Parameter '${prefix}${key}' used inconsistently`);
    else if (Array.isArray(old) && Array.isArray(value)) into[key] = [...old, ...value];
    else into[key] = value;
  }
}

function kindOf(value: KeyvalValue): string {
  return Array.isArray(value) ? 'list' : typeof value;
}

function isObject(value: KeyvalValue | undefined): value is KeyvalTree {
  return typeof value === 'object' && !Array.isArray(value);
}
