/** The page's keys, for the help. Function keys, so that they never collide with typing. */
export const KEYS: readonly (readonly [keys: string, what: string])[] = [
  ['F8', 'Run or pause (also Ctrl Enter)'],
  ['F10', 'Step: one event forward; F9 one back'],
  ['Ctrl F10', 'To the next line; Ctrl F9 to the one before'],
  ['Ctrl Shift F10', 'Over a device’s turn; Ctrl Shift F9 back over it'],
  ['Ctrl F8', 'Run to the line of the editor’s cursor'],
  ['Shift F9', 'Breakpoint on that line, on or off'],
  ['Ctrl Shift F8', 'Continue from the moment that is shown, as a branch'],
  ['Alt + −', 'Faster, slower: from one event a second to full speed'],
  ['Shift F8', 'Reset'],
  ['F6', 'Next panel; Shift F6 the one before'],
  ['F4', 'Watch a guest, or build its machine'],
  ['F7', 'Presentation: large type for a projector, and back'],
  ['F1', 'This help'],
  ['Ctrl M', 'In the editor: Tab moves the focus instead of indenting'],
  ['← →', 'On the timeline: one event; Page Up, Page Down a tenth; + − 0 zoom'],
  [
    'N P',
    'On the timeline: next request, the one before; 1 to 6 go to its steps; V the next violation; F folds',
  ],
  ['← ↑ → ↓', 'In a ring: from entry to entry; Enter opens its table, Space pins its bytes'],
];

/** The canvas's keys, for the help: they count while it has the focus; see `ui/build/keys.ts`. */
export const CANVAS_KEYS: readonly (readonly [keys: string, what: string])[] = [
  ['← ↑ → ↓', 'From part to part; Enter or Space chooses one'],
  ['A', 'Add a device or a back end, onto the chosen bus where one is'],
  ['C', 'Connect to…: another bus, another back end'],
  ['Delete', 'Delete what is chosen, and what hangs on it'],
  ['Ctrl D', 'Duplicate; Ctrl C, X and V copy, cut and paste as a command line'],
  ['Ctrl Z', 'Undo, from anywhere; Ctrl Y does it again'],
  ['Ctrl A', 'Choose all; Shift and a drag choose with a box'],
  ['/', 'Search the machine (also Ctrl F)'],
  ['+ − 0', 'Zoom; 0 shows the whole machine'],
];
