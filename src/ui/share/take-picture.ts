import type { DeviceNode } from '../../protocol/topology.ts';
import type { Session } from '../session/session.ts';
import { useUi } from '../state/ui-store.ts';
import { pictureOf } from '../topology/flow.ts';
import { guestState, markOf, quietName, STEPS, statusText } from '../topology/nodes.tsx';
import { COLOURS, type Colours, type PictureLook, pictureSvg, type Svg } from './picture.ts';

/** Pixels of the screen for each of the picture's, where a browser can hold that many. */
const SHARP = 2;
/** Browsers refuse canvases with longer sides, or more pixels. */
const MOST = { side: 16_000, pixels: 100_000_000 } as const;

/** The whole machine as it is drawn now: era, theme, what is unfolded, status of the devices. */
export function takePicture(session: Session, title: string, line: string): Svg | undefined {
  const { topology, moment } = session.getState();
  if (!topology) return undefined;
  const { expanded, era } = useUi.getState();
  const canvas = document.createElement('canvas').getContext('2d');
  let last: string | undefined;
  const look: PictureLook = {
    ...looks(),
    title,
    description: line,
    guest: guestState(moment),
    markOf,
    groupName: quietName,
    measure: (text, font) => {
      if (!canvas) return text.length * 7;
      // A font is parsed anew each time that it is set.
      if (font !== last) canvas.font = font;
      last = font;
      return canvas.measureText(text).width;
    },
    stateOf: (device: DeviceNode) => {
      const status = moment.devices.get(device.dev)?.status ?? 0;
      return { text: statusText(status), marks: STEPS.map(([, bit]) => (status & bit) !== 0) };
    },
  };
  return pictureSvg(pictureOf(topology, expanded, era).graph, look);
}

/** A picture's pixels as PNG. `scale` tells how sharp it could be made. */
export async function pngOf(svg: Svg): Promise<{ png: Blob; scale: number }> {
  const scale = Math.min(
    SHARP,
    MOST.side / Math.max(svg.width, svg.height),
    Math.sqrt(MOST.pixels / (svg.width * svg.height)),
  );
  const url = URL.createObjectURL(new Blob([svg.text], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = Math.floor(svg.width * scale);
    canvas.height = Math.floor(svg.height * scale);
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const png = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/png'));
    if (!png) throw new Error('The browser cannot make so large a picture. Take the SVG.');
    return { png, scale };
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** The page's colours and fonts as they are now. */
function looks(): Pick<PictureLook, 'colours' | 'sans' | 'mono'> {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => style.getPropertyValue(`--${name}`).trim().replace(/\s+/g, ' ');
  return {
    // A short `#rgb` is what the style sheet's compression may have made of it.
    colours: Object.fromEntries(
      COLOURS.map((name) => [name, token(name).replace(/^#(.)(.)(.)$/, '#$1$1$2$2$3$3')]),
    ) as Colours,
    sans: token('sans'),
    mono: token('mono'),
  };
}
