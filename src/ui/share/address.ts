import { ShareError } from '../../document/share/bundle.ts';
import { decodeLink } from '../../document/share/link.ts';
import type { Session } from '../session/session.ts';
import { openBundle, reportBad } from './opening.ts';

/**
 * Opens what the address carries behind its `#`, and takes it out of there: from now on the work itself is
 * kept, and a reload finds it as it is then.
 */
export async function openAddress(session: Session): Promise<void> {
  const { hash, pathname, search } = window.location;
  if (hash === '') return;
  window.history.replaceState(window.history.state, '', `${pathname}${search}`);
  const reason = await openHash(session, hash);
  if (reason !== undefined) reportBad('This link cannot be opened', reason);
}

async function openHash(session: Session, hash: string): Promise<string | undefined> {
  try {
    return await openBundle(session, decodeLink(hash), { what: 'link', keepPresent: true });
  } catch (error) {
    if (error instanceof ShareError) return error.message;
    throw error;
  }
}

/** The address of a link. */
export function addressOf(hash: string): string {
  const { origin, pathname } = window.location;
  return `${origin}${pathname}${hash}`;
}
