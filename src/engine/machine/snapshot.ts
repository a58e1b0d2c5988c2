import type { GuestRam } from '../../memory/guest-ram.ts';
import type { Standby } from '../qdev/context.ts';
import { Device } from '../qdev/device.ts';
import type { QObject } from '../qom/object.ts';
import { copied, type State } from '../qom/state.ts';
import type { MachineState } from './machine-state.ts';

/** Bytes of RAM that are kept or left out together. */
const CHUNK = 65536;

/** What has happened to a machine since it was built that its parts themselves do not show. */
export type Happening =
  /** A line at the human monitor. */
  | { readonly hmp: string }
  /** A request of the machine protocol. */
  | { readonly qmp: unknown }
  /** The device at a path has left, whoever asked for that. */
  | { readonly gone: string }
  /** The driver of the standby with an id has asked for its primary. */
  | { readonly paired: string };

/** A machine at one moment: how it was built, what happened to it, and all that has moved. */
export interface Snapshot {
  readonly commandLine: string | readonly string[];
  readonly happenings: readonly Happening[];
  /** State by canonical path, of objects that have one. */
  readonly objects: ReadonlyMap<string, State>;
  readonly machine: State;
  /** Pieces of RAM that are not zero, by their offset in bytes. */
  readonly ram: ReadonlyMap<number, Uint8Array>;
}

/**
 * Commands that are not repeated: those that ask and change nothing, and those whose effect is a state, or
 * depends on what the guest had done: that a device left is a happening of its own. A line that QMP carries to
 * the human monitor is noted there.
 */
const UNREPEATED =
  /^((info|help|print|p|x|xp|c|cont|s|stop|q|quit|system_reset|device_del)\b|query-|x-query-|qom-list|qom-get|device-list|human-)/;

/** The happenings of one machine, as a snapshot wants them. */
export class History {
  readonly commandLine: string | readonly string[];
  readonly #happenings: Happening[] = [];

  constructor(commandLine: string | readonly string[]) {
    this.commandLine = commandLine;
  }

  get happenings(): readonly Happening[] {
    return [...this.#happenings];
  }

  /** A line at the monitor, before it is carried out. */
  hmp(line: string): void {
    if (!UNREPEATED.test(line.trimStart())) this.#happenings.push({ hmp: line });
  }

  /** A request of the machine protocol, before it is carried out. */
  qmp(request: unknown): void {
    const { execute } = (request ?? {}) as { execute?: unknown };
    if (typeof execute === 'string' && !UNREPEATED.test(execute))
      this.#happenings.push({ qmp: request });
  }

  /** Something that the management side is told. */
  event(event: string, data: Readonly<Record<string, unknown>>): void {
    if (event === 'DEVICE_DELETED') this.#happenings.push({ gone: String(data.path) });
    if (event === 'FAILOVER_NEGOTIATED')
      this.#happenings.push({ paired: String(data['device-id']) });
  }
}

/** What a snapshot is made of, and put back into. */
interface Subject {
  readonly root: QObject;
  readonly ram: GuestRam;
  readonly standbys: ReadonlyMap<string, Standby>;
  monitor(line: string): string;
  qmp(request: unknown): unknown;
}

/** What `putBack` needs to make another machine what `machine` is now; `state`: what moves in it beside objects. */
export function snapshotOf(
  { root, ram }: Subject,
  { commandLine, happenings }: History,
  state: MachineState,
): Snapshot {
  return {
    commandLine,
    happenings,
    objects: saveObjects(root),
    machine: copied(state.saveState()),
    ram: saveRam(ram),
  };
}

/** Makes a machine that was just built of a snapshot's line what the snapshot was made of. */
export function putBack(snapshot: Snapshot, machine: Subject, state: MachineState): void {
  repeat(snapshot.happenings, machine);
  loadObjects(machine.root, snapshot.objects);
  state.loadState(copied(snapshot.machine));
  loadRam(machine.ram, snapshot.ram);
}

/** Lets the same happen to a machine that was built in the same way. */
function repeat(happenings: readonly Happening[], machine: Subject): void {
  for (const happening of happenings) {
    if ('hmp' in happening) machine.monitor(happening.hmp);
    else if ('qmp' in happening) machine.qmp(happening.qmp);
    else if ('paired' in happening) machine.standbys.get(happening.paired)?.pair();
    else {
      const device = machine.root.at(happening.gone);
      if (device instanceof Device) device.unplug();
    }
  }
}

/** Objects below `root`, itself included: parents first, and a device after what carries its bus. */
function everything(root: QObject): Iterable<QObject> {
  const found = new Set<QObject>();
  const add = (object: QObject) => {
    if (found.has(object)) return;
    if (object instanceof Device && object.parentBus?.owner) add(object.parentBus.owner);
    found.add(object);
    for (const child of object.children.values()) add(child);
  };
  add(root);
  return found;
}

/** States of all objects below `root`, by path. */
function saveObjects(root: QObject): Map<string, State> {
  const states = new Map<string, State>();
  for (const object of everything(root)) {
    const state = object.saveState();
    if (Object.keys(state).length > 0) states.set(object.path, copied(state));
  }
  return states;
}

/** Puts states back into the objects of a machine that was built and changed in the same way. */
function loadObjects(root: QObject, states: ReadonlyMap<string, State>): void {
  for (const object of everything(root)) {
    const state = states.get(object.path);
    if (state) object.loadState(copied(state));
  }
}

/** Copies of the pieces of RAM that are not zero. */
function saveRam(ram: GuestRam): Map<number, Uint8Array> {
  const pieces = new Map<number, Uint8Array>();
  for (let at = 0; at < ram.size; at += CHUNK)
    if (isUsed(ram, at)) pieces.set(at, ram.u8.slice(at, Math.min(at + CHUNK, ram.size)));
  return pieces;
}

/** Makes RAM what it was. What is zero already is not touched: a host need not have memory for it. */
function loadRam(ram: GuestRam, pieces: ReadonlyMap<number, Uint8Array>): void {
  for (let at = 0; at < ram.size; at += CHUNK) {
    const piece = pieces.get(at);
    if (piece) ram.u8.set(piece, at);
    else if (isUsed(ram, at)) ram.u32.fill(0, at / 4, (at + CHUNK) / 4);
  }
}

/** Whether a piece of RAM, which is whole pages, is not all zero; eight words at a time. */
function isUsed({ u32 }: GuestRam, at: number): boolean {
  const end = Math.min((at + CHUNK) / 4, u32.length);
  for (let i = at / 4; i < end; i += 8) {
    const low = word(u32, i) | word(u32, i + 1) | word(u32, i + 2) | word(u32, i + 3);
    const high = word(u32, i + 4) | word(u32, i + 5) | word(u32, i + 6) | word(u32, i + 7);
    if ((low | high) !== 0) return true;
  }
  return false;
}

function word(words: Uint32Array, index: number): number {
  return words[index] as number;
}
