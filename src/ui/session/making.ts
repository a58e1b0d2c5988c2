import type { RunMaking, StartImage } from '../../journal/run-making.ts';
import type { ImageSource } from '../../protocol/messages.ts';
import type { HeldRun } from './held-run.ts';
import type { ImageSupply } from './image-supply.ts';
import type { MachineRoom } from './machine-room.ts';

/** Bytes: of an image that is read whole to be known again, and of what guests wrote to all images of a run. */
const MOST = { image: 256 << 20, changes: 4 << 20 } as const;

/** What a run came of, for its file; undefined where not all of it is known, or it is more than a file holds. */
export async function makingOf(run: HeldRun, room: MachineRoom): Promise<RunMaking | undefined> {
  const { origin } = run;
  if (!origin) return undefined;
  const acts = [...run.acts];
  const { seed } = origin;
  if (typeof origin.images !== 'number') return { seed, acts, images: origin.images };
  const request = { kind: 'opened', start: origin.images, mostChanges: MOST.changes } as const;
  const reply = await room.link.request(request);
  if (reply.kind !== 'opened' || !reply.images) return undefined;
  const images: StartImage[] = [];
  for (const { name, content, changes } of reply.images) {
    const sha256 = content instanceof Blob ? await sha256Of(content) : undefined;
    if (!changes || sha256 === undefined) return undefined;
    images.push({ name, size: content.size, sha256, changes });
  }
  return { seed, acts, images };
}

/** Why the machine of a run cannot be made again, as a sentence; undefined where it can. */
export async function obstacleTo(run: HeldRun, supply: ImageSupply): Promise<string | undefined> {
  if (!run.origin)
    return run.opened
      ? 'Its file does not say all that its machine came of: it is of an older version of this page, was saved without its beginning, or more was done to the machine than a file holds.'
      : 'The machine’s thread had to be replaced, and what was on the disks then is not known any more.';
  const { images } = run.origin;
  if (typeof images === 'number') return undefined;
  const found = await imagesOf(images, supply);
  return typeof found === 'string' ? found : undefined;
}

/** The images of a run that was opened, as they were at its start; or why one of them cannot be had. */
export async function imagesOf(
  wanted: readonly StartImage[],
  supply: ImageSupply,
): Promise<ImageSource[] | string> {
  const found: ImageSource[] = [];
  for (const { name, size, sha256, changes } of wanted) {
    const content = supply.content(name);
    const is = content && `${bytesIn(content)} ${await sha256Of(content)}`;
    if (!content || is !== `${size} ${sha256}`) {
      const what = `It used the disk image “${name}” of ${size.toLocaleString('en')} bytes, which is not in its file`;
      return content
        ? `${what}; the image of that name which is here holds something else.`
        : `${what} and not here. Put that image in as a disk, then it can go on.`;
    }
    found.push({ name, content, changes });
  }
  return found;
}

const bytesIn = (content: Blob | Uint8Array): number =>
  content instanceof Blob ? content.size : content.length;

/** Images do not change, and large ones take a while. */
const known = new WeakMap<Blob | Uint8Array, Promise<string | undefined>>();

function sha256Of(content: Blob | Uint8Array): Promise<string | undefined> {
  const hash = known.get(content) ?? hashOf(content);
  known.set(content, hash);
  return hash;
}

/** Undefined where the image is too large, or cannot be read any more. */
async function hashOf(content: Blob | Uint8Array): Promise<string | undefined> {
  if (bytesIn(content) > MOST.image) return undefined;
  try {
    const bytes = content instanceof Blob ? await content.arrayBuffer() : Uint8Array.from(content);
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
    return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
  } catch {
    return undefined;
  }
}
