import { create } from 'zustand';

export type Theme = 'auto' | 'light' | 'dark';
/** Before transports carried a virtio-bus (QEMU 1.2), or since (1.3). */
export type Era = 'before' | 'since';
/** What the page is arranged for: watching a guest run, or building its machine. */
export type Workspace = 'watch' | 'build';
export type RingLook = 'picture' | 'table';
/** Tabs of the two tabbed panes. */
export type SideTab = 'story' | 'why' | 'inspector';
export type OutputTab = 'console' | 'monitor';

/** What the person chose to look at. Nothing about the machine: that is the session's. */
export interface UiState {
  readonly theme: Theme;
  /** Node that the person looks at: a QOM path, or `backend:KIND:ID`; undefined while nothing was chosen. */
  readonly selected: string | undefined;
  /** Nodes that the next act is about, by the same names; holds `selected` unless that is undefined. */
  readonly selection: ReadonlySet<string>;
  /** Node under the pointer or with the focus in any view, by the same names: lit in all of them. */
  readonly pointed: string | undefined;
  /** Queue that the ring panel shows, of the selected device. */
  readonly queue: number;
  /** Paths of buses whose platform devices are drawn one by one. */
  readonly expanded: ReadonlySet<string>;
  /** Whether the machine is drawn as QEMU 1.2 had it: transports without a virtio-bus. */
  readonly era: Era;
  readonly workspace: Workspace;
  /** The document as a command line: the machine's own, and what was plugged since; undefined at first. */
  readonly line: string | undefined;
  /** Whether type and lines are as large as a room with a projector needs. */
  readonly presentation: boolean;
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
  selection: new Set<string>(),
  pointed: undefined,
  queue: 0,
  expanded: new Set<string>(),
  era: 'since',
  workspace: 'watch',
  line: undefined,
  presentation: false,
  ringLook: 'picture',
  sideTab: 'story',
  outputTab: 'console',
  helpOpen: false,
  notice: undefined,
}));

/** Selects one node and no other; the ring panel follows to its queue 0, and the inspector opens on it. */
export function selectNode(id: string): void {
  useUi.setState({ selected: id, selection: new Set([id]), queue: 0, sideTab: 'inspector' });
}

/** Selects several nodes and no others; the last is the one to look at. None at all leaves nothing selected. */
export function selectNodes(ids: readonly string[]): void {
  useUi.setState({ selected: ids.at(-1), selection: new Set(ids), queue: 0 });
}

/** Takes a node into the selection, or out of it. */
export function toggleSelected(id: string): void {
  const selection = new Set(useUi.getState().selection);
  if (!selection.delete(id)) selection.add(id);
  selectNodes([...selection]);
}

/** Arranges the page for another purpose; the side panel shows what that is mostly about. */
export function turnTo(workspace: Workspace): void {
  useUi.setState({ workspace, sideTab: workspace === 'build' ? 'inspector' : 'story' });
}

/** Lights one node in every view, or none. */
export function pointAt(id: string | undefined): void {
  if (useUi.getState().pointed !== id) useUi.setState({ pointed: id });
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
