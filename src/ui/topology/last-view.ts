/** Where the person looks on the canvas: the point in its middle, and how near. */
export interface View {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

let now: View | undefined;
let restored: View | undefined;
let told: (() => void) | undefined;

/** Notes where the person moved the view; undefined: the whole machine is shown, whatever its size. */
export function noteView(view: View | undefined): void {
  now = view;
  told?.();
}

/** The view as the person moved it; undefined where they did not. */
export function viewNow(): View | undefined {
  return now;
}

/** Calls `listener` whenever the view was moved. */
export function onView(listener: (() => void) | undefined): void {
  told = listener;
}

/** Leaves a view of an earlier visit for the canvas. */
export function restoreView(view: View | undefined): void {
  restored = view;
  now = view;
}

/** The view of an earlier visit, once. */
export function takeRestoredView(): View | undefined {
  const view = restored;
  restored = undefined;
  return view;
}
