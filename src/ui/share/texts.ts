import { ShareError } from '../../document/share/bundle.ts';
import { decodeFile, FILE_LIMIT, looksLikeFile } from '../../document/share/file.ts';
import { decodeLink, isLink } from '../../document/share/link.ts';
import type { Session } from '../session/session.ts';
import { openBundle, openText } from './opening.ts';

const ADDRESS = /^https?:\/\//;
/** Characters that tell a link's hash. */
const LINK_HEAD = 20;

/** Longest text that is taken, in characters. */
export const LONGEST_TEXT = FILE_LIMIT;

/**
 * Opens whatever machine a text holds: a link, a file of ours, libvirt XML, a command line. Answers the
 * reason where there is none; then nothing has changed.
 */
export async function openAny(session: Session, text: string): Promise<string | undefined> {
  try {
    const start = text.trim();
    const place = ADDRESS.test(start) ? start.indexOf('#') : 0;
    if (place >= 0 && isLink(start.slice(place, place + LINK_HEAD)))
      return await openBundle(session, decodeLink(start.slice(place)), {
        what: 'link',
        keepPresent: true,
      });
    if (ADDRESS.test(start))
      return 'This address carries no machine: behind its # there should be v1 and more.';
    if (start === '') return 'There is nothing in it.';
    if (text.length > LONGEST_TEXT) return tooLong(text.length);
    if (looksLikeFile(text))
      return await openBundle(session, decodeFile(text), { what: 'file', keepPresent: true });
    return await openText(session, text);
  } catch (error) {
    if (error instanceof ShareError) return error.message;
    throw error;
  }
}

/** Why a text of so many characters is not even looked at. */
export function tooLong(length: number): string {
  const mib = (length / 2 ** 20).toFixed(1);
  return `This is too long to be a machine: ${mib} MiB, and at most ${LONGEST_TEXT / 2 ** 20} MiB are read.`;
}
