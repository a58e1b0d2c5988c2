import type { Adopted } from '../../document/adopt/adopt.ts';
import type { StandIn } from '../../document/advice/advice.ts';
import { addStandIns } from '../document/stand-ins.ts';
import type { Session } from '../session/session.ts';

/**
 * The machine that a foreign text is about, mended until it stands here; the images that it needs are known to
 * the session then. Throws DocumentError where no machine can be made of it.
 */
export async function adoptText(session: Session, text: string): Promise<Adopted> {
  const { adopt } = await import('../../document/adopt/adopt.ts');
  const files = session.getState().images.map(({ name }) => name);
  const sent = new Map<string, string>();
  const send = (images: readonly StandIn[]) => {
    const fresh = images.filter((image) => sent.get(image.name) !== JSON.stringify(image));
    for (const image of fresh) sent.set(image.name, JSON.stringify(image));
    addStandIns(session, fresh);
  };
  const adopted = await adopt(
    text,
    (line, images) => {
      send(images);
      return session.tryLine(line);
    },
    { files },
  );
  send(adopted.images);
  return adopted;
}
