import { assert } from '../../base/assert.ts';
import { NONE } from '../../journal/schema.ts';
import { RealizeError } from '../qom/errors.ts';
import { QObject } from '../qom/object.ts';
import { live, type Values } from '../qom/property.ts';
import type { State } from '../qom/state.ts';
import type { ObjectInit, TypeInfo } from '../qom/type.ts';
import type { Bus } from './bus.ts';
import type { DeviceContext } from './context.ts';

/**
 * A device: an object that plugs into a bus (or none) and may carry buses of its own.
 * Constructed, configured through properties, then realized once.
 */
export abstract class Device<P = unknown> extends QObject {
  readonly context: DeviceContext;
  /** The user's `id=`, or ''. Set before realize. */
  id = '';
  /** Bus that it sits on, from `plugInto` until `unplug`. */
  parentBus: Bus | undefined;
  /** Number in journal events; set when realized. */
  dev = NONE;
  realized = false;
  /** Whether it came while the machine was running; set when it is realized. */
  hotplugged = false;
  /** The guest was asked to let go of it. */
  unplugPending = false;
  /** Option of the command line that asked for it, counted from 0. Set before realize. */
  option: number | undefined;
  /** What `device_add` was given, in the notation of `-device`. Set before realize. */
  asAdded: string | undefined;
  /** Newest first, as `info qtree` lists them. */
  readonly childBuses: Bus[] = [];
  /** GPIO groups as `info qtree` prints them: `gpio-in "" 2`. */
  readonly gpios: string[] = [];

  constructor(init: ObjectInit) {
    super(init);
    this.context = init.context as DeviceContext;
  }

  /** Property values, typed. */
  get props(): Values<P> {
    return this.values as Values<P>;
  }

  /** Whether the type is data only: its place in the tree is true, its registers are not there. */
  get platform(): boolean {
    return false;
  }

  /** Checks properties and takes up work; throws RealizeError to refuse. Called once, on the bus. */
  abstract realize(): void;

  /** Undoes `realize`. */
  unrealize(): void {}

  /** Back to the state after power-on. */
  reset(): void {}

  override saveState(): State {
    return this.unplugPending ? { unplugPending: true } : {};
  }

  override loadState(state: State): void {
    this.unplugPending = state.unplugPending === true;
  }

  /** Plugs into `bus` (or none), and realizes. On refusal nothing stays behind. */
  plugInto(bus: Bus | undefined): void {
    assert(!this.realized, `${this.type.name} is realized already`);
    bus?.add(this);
    this.parentBus = bus;
    this.dev = this.context.numberDevice(this);
    this.hotplugged = this.context.started;
    const hotplugHandler = this.context.handlerOf(this) ?? bus?.hotplugHandler;
    try {
      hotplugHandler?.prePlug?.(this);
      this.realize();
    } catch (error) {
      this.#unplugChildren();
      this.#detach();
      throw error;
    }
    try {
      hotplugHandler?.plug?.(this);
    } catch (error) {
      this.#unplugChildren();
      this.unrealize();
      this.#detach();
      throw error;
    }
    this.realized = true;
    if (this.context.journal.on && !this.#ofTheBoard)
      this.context.journal.plug(this.dev, true, this.path);
  }

  /** Whether it is part of the board: the story begins with what a person asked for. */
  get #ofTheBoard(): boolean {
    return this.platform || (!this.context.started && /^\/machine\/(?!peripheral)/.test(this.path));
  }

  /** Whether it may come and go while the machine runs: its type and its bus must agree. */
  get hotpluggable(): boolean {
    return this.type.inherited('hotpluggable') !== false && (this.parentBus?.hotpluggable ?? true);
  }

  /** Leaves its bus and the composition tree at once; what it carries goes first. */
  unplug(): void {
    this.#unplugChildren();
    const { context, path } = this;
    if (context.journal.on) context.journal.plug(this.dev, false, path);
    context.emit('DEVICE_DELETED', { ...(this.id !== '' && { device: this.id }), path });
    if (this.realized) this.unrealize();
    this.realized = false;
    this.#detach();
    this.parent?.removeChild(this);
  }

  /** Stops to work but keeps its place in the trees, as `realized=false` does to it; it does not come back. */
  retire(): void {
    for (const bus of this.childBuses) for (const child of bus.devices) child.retire();
    if (!this.realized) return;
    this.unrealize();
    this.realized = false;
    this.parentBus?.vacate(this);
  }

  #unplugChildren(): void {
    for (const bus of [...this.childBuses]) for (const child of [...bus.devices]) child.unplug();
  }

  #detach(): void {
    this.parentBus?.remove(this);
    this.parentBus = undefined;
  }

  /** Refuses to be realized, with QEMU's sentence. */
  protected fail(message: string): never {
    throw new RealizeError(message);
  }
}

/** The abstract root of all devices. */
export const DEVICE_TYPE: TypeInfo = {
  name: 'device',
  parent: 'object',
  abstract: true,
  properties: {},
  classProperties: {
    hotpluggable: live('bool', (object) => (object as Device).hotpluggable),
    hotplugged: live('bool', (object) => (object as Device).hotplugged),
    realized: live('bool', (object) => (object as Device).realized),
    parent_bus: live('link<bus>', (object) => (object as Device).parentBus?.path ?? ''),
  },
};
