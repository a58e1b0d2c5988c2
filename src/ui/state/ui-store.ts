import { create } from 'zustand';

export type Theme = 'auto' | 'light' | 'dark';
/** Before transports carried a virtio-bus (QEMU 1.2), or since (1.3). */
export type Era = 'before' | 'since';
export type RingLook = 'picture' | 'table';
/** Tabs of the two tabbed panes. */
export type SideTab = 'story' | 'inspector';
export type OutputTab = 'console' | 'monitor';

/** What the person chose to look at. Nothing about the machine: that is the session's. */
export interface UiState {
  readonly theme: Theme;
  /** Path of the selected device, or undefined while nothing was chosen. */
  readonly selected: string | undefined;
  /** Queue that the ring panel shows, of the selected device. */
  readonly queue: number;
  /** Paths of buses whose platform devices are drawn one by one. */
  readonly expanded: ReadonlySet<string>;
  /** Whether the machine is drawn as QEMU 1.2 had it: transports without a virtio-bus. */
  readonly era: Era;
  readonly ringLook: RingLook;
  readonly sideTab: SideTab;
  readonly outputTab: OutputTab;
  readonly helpOpen: boolean;
  /** What was last said to the person about an act of theirs, with a way back where there is one. */
  readonly notice: Notice | undefined;
}

/** A short message after an act, which may be undone. */
export interface Notice {
  readonly text: string;
  readonly undo?: () => void;
}

/** UI-only state; panels read it through narrow selectors. */
export const useUi = create<UiState>()(() => ({
  theme: 'auto',
  selected: undefined,
  queue: 0,
  expanded: new Set<string>(),
  era: 'since',
  ringLook: 'picture',
  sideTab: 'story',
  outputTab: 'console',
  helpOpen: false,
  notice: undefined,
}));

/** Selects a device; the ring panel follows to its queue 0, and the inspector opens on it. */
export function selectDevice(path: string): void {
  useUi.setState({ selected: path, queue: 0, sideTab: 'inspector' });
}

/** Shows a bus's platform devices one by one, or as one node again. */
export function toggleExpanded(busPath: string): void {
  const expanded = new Set(useUi.getState().expanded);
  if (!expanded.delete(busPath)) expanded.add(busPath);
  useUi.setState({ expanded });
}

/** Says something about what the person just did. */
export function say(text: string, undo?: () => void): void {
  useUi.setState({ notice: undo ? { text, undo } : { text } });
}
