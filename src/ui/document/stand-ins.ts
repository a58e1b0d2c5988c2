import { standInContent } from '../../document/adopt/stand-in.ts';
import type { StandIn } from '../../document/advice/advice.ts';
import type { Session } from '../session/session.ts';

const known = new Map<string, StandIn>();

/** Makes images that stand in for files which are not here known to the machine. */
export function addStandIns(session: Session, images: readonly StandIn[]): void {
  for (const image of images) {
    known.set(image.name, image);
    session.addImage(image.name, standInContent(image));
  }
}

/** All images of this visit that stand in for others. */
export function knownStandIns(): readonly StandIn[] {
  return [...known.values()];
}
