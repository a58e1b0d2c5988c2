/** Kinds of input events. */
export type InputKind = 'key' | 'btn' | 'rel' | 'abs';

/** Something that a person did with a keyboard or a pointer. */
export type InputEvent =
  | { readonly kind: 'key'; readonly key: string; readonly down: boolean }
  | { readonly kind: 'btn'; readonly button: string; readonly down: boolean }
  | { readonly kind: 'rel' | 'abs'; readonly axis: 'x' | 'y'; readonly value: number };

/** A device that takes events. */
export interface InputHandler {
  readonly kinds: readonly InputKind[];
  event(event: InputEvent): void;
  /** What came since the last time belongs together. */
  sync(): void;
}

/** Leads what the person does to the devices that want it. */
export class InputRouter {
  /** The one that was started last comes first. */
  readonly #handlers: InputHandler[] = [];

  /** Devices that take events, the one that was started last first. */
  get handlers(): readonly InputHandler[] {
    return this.#handlers;
  }

  /** A device's driver is ready: events go there from now on. */
  activate(handler: InputHandler): void {
    this.deactivate(handler);
    this.#handlers.unshift(handler);
  }

  /** A device takes no more events. */
  deactivate(handler: InputHandler): void {
    const at = this.#handlers.indexOf(handler);
    if (at >= 0) this.#handlers.splice(at, 1);
  }

  /** Whether any device takes events of a kind. */
  takes(kind: InputKind): boolean {
    return this.#find(kind) !== undefined;
  }

  /** Sends events that happened at the same time. */
  send(events: readonly InputEvent[]): void {
    const told = new Set<InputHandler>();
    for (const event of events) {
      const handler = this.#find(event.kind);
      if (!handler) continue;
      handler.event(event);
      told.add(handler);
    }
    for (const handler of told) handler.sync();
  }

  #find(kind: InputKind): InputHandler | undefined {
    return this.#handlers.find(({ kinds }) => kinds.includes(kind));
  }
}

/** The router of the machine whose services a device got as its context. */
export function inputOf(context: unknown): InputRouter {
  return (context as { readonly input: InputRouter }).input;
}
