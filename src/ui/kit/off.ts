/** What a button gets that is off for now: it does nothing, but keeps the focus that a person has brought to it. */
export function off(isOff: boolean, act: () => void) {
  return { 'aria-disabled': isOff || undefined, onClick: isOff ? undefined : act };
}

/** Before a button goes away with what it stood in: its panel takes the focus, so that it is not lost. */
export function leaveToPane({ currentTarget }: { readonly currentTarget: Element }): void {
  currentTarget.closest<HTMLElement>('[data-pane]')?.focus();
}
