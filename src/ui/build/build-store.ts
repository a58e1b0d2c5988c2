import { create } from 'zustand';

/** Something of the palette's or of the canvas's that is being dragged or connected. */
export type Item =
  /** A device type that will be plugged. */
  | { readonly kind: 'type'; readonly name: string }
  /** A kind of back end that will be made. */
  | { readonly kind: 'template'; readonly name: string }
  /** A device that is there. `path`: its QOM path. */
  | { readonly kind: 'device'; readonly path: string }
  /** A back end that is there. */
  | { readonly kind: 'backend'; readonly backEnd: string; readonly id: string };

/** Where a drag may end. Ids are those of the graph's nodes. */
export type Spot =
  | { readonly kind: 'node'; readonly id: string }
  /** A new transport on a bus, for a device of a virtio-bus. */
  | { readonly kind: 'transport'; readonly bus: string }
  /** Between the nodes. */
  | { readonly kind: 'canvas' };

/** What the person is about to do to the machine; nothing here outlives the page. */
export interface BuildState {
  readonly drag: Drag | undefined;
  /** Where the pointer is, while something is dragged. */
  readonly over: Spot | undefined;
  /** What `Connect to…` asks about, while it is open. */
  readonly connect: Connect | undefined;
  /** Whether the palette stands open as a dialog of its own. */
  readonly adding: boolean;
  readonly searching: boolean;
  /** Where the menu of the chosen nodes stands open, in pixels of the page. */
  readonly menu: { readonly x: number; readonly y: number } | undefined;
}

/** A drag under way. `x`, `y`: where it began, in pixels of the page. */
export interface Drag {
  readonly item: Item;
  readonly label: string;
  readonly x: number;
  readonly y: number;
}

/** A question of `Connect to…`. `only`: path of the one device that it is about. */
export interface Connect {
  readonly item: Item;
  readonly only?: string;
}

/** What is being built by hand right now; panels read it through narrow selectors. */
export const useBuild = create<BuildState>()(() => ({
  drag: undefined,
  over: undefined,
  connect: undefined,
  adding: false,
  searching: false,
  menu: undefined,
}));

/** Opens `Connect to…`. */
export function connectTo(item: Item, only?: string): void {
  useBuild.setState({
    adding: false,
    connect: only === undefined ? { item } : { item, only },
  });
}
