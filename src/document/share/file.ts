import {
  BUNDLE_VERSION,
  type Bundle,
  checkVersion,
  fieldsOf,
  ShareError,
  validBundle,
} from './bundle.ts';

const FORMAT = 'virtio-playground';

/** How the name of a file that carries a bundle ends. */
export const FILE_ENDING = '.virtio.json';

/** Bytes beyond which a file is not even read. */
export const FILE_LIMIT = 4 * 1024 * 1024;

/** The bundle as a file that a person can read: JSON, its format and version first. Throws ShareError where it is too large. */
export function encodeFile(bundle: Bundle): string {
  const fields = fieldsOf(validBundle(fieldsOf(bundle), 'machine'));
  return `${JSON.stringify({ format: FORMAT, version: BUNDLE_VERSION, ...fields }, null, 2)}\n`;
}

/** What a file of ours carries. Throws ShareError for everything else. */
export function decodeFile(text: string): Bundle {
  if (text.length > FILE_LIMIT) throw new ShareError('This file is too large to be a machine.');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const where = error instanceof Error ? `: ${error.message.slice(0, 120)}` : '';
    throw new ShareError(`This file is not JSON${where}.`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new ShareError('This file does not hold a machine.');
  const { format, version, ...rest } = value as Record<string, unknown>;
  if (format !== FORMAT)
    throw new ShareError(`This file is not a machine of this page: its format is not “${FORMAT}”.`);
  if (typeof version !== 'number') throw new ShareError('This file does not say its version.');
  checkVersion(version, 'file');
  return validBundle(rest, 'file');
}

/** Whether a text looks like a file of ours, so that it is worth decoding. */
export function looksLikeFile(text: string): boolean {
  return /^\s*\{/.test(text);
}

/** A file name for a bundle: its name, without what file systems do not take. */
export function fileNameOf(name: string | undefined, ending: string): string {
  const stem = (name ?? '')
    .replace(/[^\p{L}\p{N}._-]+/gu, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 60);
  return `${stem || 'machine'}${ending}`;
}
