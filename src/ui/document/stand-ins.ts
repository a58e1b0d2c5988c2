import { standInContent } from '../../document/adopt/stand-in.ts';
import type { StandIn } from '../../document/advice/advice.ts';
import type { Session } from '../session/session.ts';

/** Makes images that stand in for files which are not here known to the machine. */
export function addStandIns(session: Session, images: readonly StandIn[]): void {
  for (const image of images) session.addImage(image.name, standInContent(image));
}
