import { join64 } from '../../base/bits.ts';
import { utf8Decode } from '../../base/utf8.ts';
import { PCI_PORTS } from '../../spec/pci-ports.ts';
import { REGION_INDEX, STATUS_OFFSET } from '../../spec/region-names.ts';
import { VIRTIO_F } from '../../spec/virtio.ts';
import {
  ACTOR,
  EVENTS,
  type EventKind,
  type EventOf,
  GAP,
  INTERRUPT,
  KINDS,
  LOG_LEVELS,
  NONE,
  waitedFor,
} from '../schema.ts';
import type { EventStore } from '../store.ts';
import type { FoldState } from './fold-state.ts';
import { PINS } from './moment.ts';
import type { RingArea } from './ring-areas.ts';

/** Folds the record at word `at` of `words` into `state`; its number is `state.at`. */
type Fold = (state: FoldState, words: Uint32Array, at: number, store: EventStore) => void;

interface At {
  readonly at: number;
}
const u32 = (words: Uint32Array, at: number, field: At): number => words[at + field.at] as number;
const u64 = (words: Uint32Array, at: number, field: At): number =>
  join64(words[at + field.at] as number, words[at + field.at + 1] as number);
const lo16 = (words: Uint32Array, at: number, field: At): number =>
  (words[at + field.at] as number) & 0xffff;
const hi16 = (words: Uint32Array, at: number, field: At): number =>
  (words[at + field.at] as number) >>> 16;
const aux = (words: Uint32Array, at: number): number => (words[at] as number) >>> 16;
const sizeOf = (words: Uint32Array, at: number): number => ((words[at] as number) >>> 12) & 15;
const text = (state: FoldState, store: EventStore): string =>
  utf8Decode(store.payload(state.at) ?? []);

const PORTS = REGION_INDEX['pci-config-ports'];
const CONFIG = REGION_INDEX['pci-config'];
const DATA = PCI_PORTS.CONFIG_DATA;
const register =
  (write: boolean): Fold =>
  (state, words, at) => {
    const { dev: DEV, offset: OFFSET, value: VALUE } = EVENTS.regRead.fields;
    const dev = lo16(words, at, DEV);
    if (dev === NONE) return;
    const region = aux(words, at);
    const offset = u32(words, at, OFFSET);
    const value = u64(words, at, VALUE);
    const size = sizeOf(words, at);
    if (write && value === 0 && STATUS_OFFSET.get(region) === offset)
      state.forgetRegisters(dev, false);
    const event = state.at;
    state.setRegister(dev, { region, offset, size, value, write, event });
    if (region !== PORTS || offset < DATA.offset) return;
    const selected = state.register(dev, PORTS, PCI_PORTS.CONFIG_ADDRESS.offset);
    if (selected?.size !== 4 || selected.value < 0x8000_0000) return;
    const configOffset = ((selected.value & 0xff_ffff) | (offset & 3)) >>> 0;
    state.setRegister(dev, { region: CONFIG, offset: configOffset, size, value, write, event });
  };

const memWrite: Fold = (state, words, at) => {
  const { addr: ADDR, new: NEW } = EVENTS.memWrite.fields;
  const addr = u64(words, at, ADDR);
  const size = sizeOf(words, at) || 16;
  const areas = touched(state, addr, size);
  const write = () => state.memory.writeWords(addr, words, at + NEW.at, size);
  if (areas) state.ringWrite(areas, addr, size, write);
  else write();
};

/** A payload of 32-bit words. */
function wordsOf(payload: Uint8Array | undefined): Uint32Array {
  const bytes = payload?.slice() ?? new Uint8Array();
  return new Uint32Array(bytes.buffer, 0, bytes.length >>> 2);
}

/** Ring structures under a short write; undefined where there are none. */
function touched(state: FoldState, addr: number, size: number): readonly RingArea[] | undefined {
  const near = state.rings.near(addr);
  if (near !== state.rings.near(addr + size - 1)) return state.rings.over(addr, size);
  let found: RingArea[] | undefined;
  for (const area of near)
    if (addr < area.end && addr + size > area.start) {
      found ??= [];
      found.push(area);
    }
  return found;
}

const dataWrite: Fold = (state, words, at, store) => {
  const addr = u64(words, at, EVENTS.dataWrite.fields.addr);
  const bytes = store.written(state.at);
  if (bytes.length === 0) return;
  // Neither driver nor device did anything: `resume` tells what it means for rings.
  const write = () => state.memory.write(addr, bytes);
  if ((((words[at] as number) >>> 8) & 15) === ACTOR.recorder) write();
  else state.ringWrite(state.rings.over(addr, bytes.length), addr, bytes.length, write);
};

/** What each event does to the state. */
const FOLDS: { readonly [K in EventKind]: Fold } = {
  regRead: register(false),
  regWrite: register(true),
  memWrite,
  dataWrite,
  chainPopped(state, words, at) {
    const { dev, queue, availIdx } = EVENTS.chainPopped.fields;
    const head = aux(words, at);
    state
      .queue(lo16(words, at, dev), hi16(words, at, queue))
      .popped(head, u32(words, at, availIdx));
  },
  chainPushed(state, words, at) {
    const { dev, queue, usedIdx } = EVENTS.chainPushed.fields;
    const head = aux(words, at);
    state.queue(lo16(words, at, dev), hi16(words, at, queue)).pushed(head, u32(words, at, usedIdx));
  },
  notification(state, words, at) {
    const { dev: DEV, queue, desc } = EVENTS.notification.fields;
    const dev = lo16(words, at, DEV);
    const told =
      dev === NONE ? state.queueAt(u64(words, at, desc)) : state.queue(dev, hi16(words, at, queue));
    told?.notified(aux(words, at) !== 0);
  },
  interrupt(state, words, at) {
    const { dev: DEV, queue: QUEUE, line: LINE } = EVENTS.interrupt.fields;
    const dev = lo16(words, at, DEV);
    const queue = hi16(words, at, QUEUE);
    const line = u32(words, at, LINE);
    const step = aux(words, at);
    if (line < PINS) {
      if (step === INTERRUPT.raised) state.ownPins().add(dev * PINS + line);
      if (step === INTERRUPT.lowered) state.ownPins().delete(dev * PINS + line);
    }
    if (queue !== NONE && step !== INTERRUPT.lowered)
      state.queue(dev, queue).interrupted(step === INTERRUPT.raised || step === INTERRUPT.message);
  },
  status(state, words, at) {
    const { dev, new: now } = EVENTS.status.fields;
    state.device(lo16(words, at, dev)).status = u32(words, at, now);
  },
  features(state, words, at) {
    const { dev, value } = EVENTS.features.fields;
    const device = state.device(lo16(words, at, dev));
    const low = u32(words, at, value);
    const bits = join64(low, (words[at + value.at + 1] as number) & 0x1f_ffff);
    if (aux(words, at) === 0) device.offered = bits;
    else device.accepted = bits;
  },
  queueConfig(state, words, at) {
    const { dev: DEV, queue, format, size, desc, driver, device } = EVENTS.queueConfig.fields;
    const dev = lo16(words, at, DEV);
    state
      .queue(dev, hi16(words, at, queue))
      .configure(
        aux(words, at) !== 0,
        hi16(words, at, format),
        state.accepts(dev, VIRTIO_F.VIRTIO_F_IN_ORDER),
        lo16(words, at, size),
        u64(words, at, desc),
        u64(words, at, driver),
        u64(words, at, device),
        state.now.inGap ? undefined : state.memory,
      );
    state.ringsChanged();
  },
  configChange(state, words, at) {
    const { dev, generation } = EVENTS.configChange.fields;
    state.device(lo16(words, at, dev)).generation = u32(words, at, generation);
  },
  plug(state, words, at) {
    const dev = lo16(words, at, EVENTS.plug.fields.dev);
    state.now.plugs++;
    if (aux(words, at) === 0) state.removeDevice(dev);
    else state.device(dev);
  },
  reset(state, words, at) {
    const dev = lo16(words, at, EVENTS.reset.fields.dev);
    const device = state.device(dev);
    device.status = 0;
    device.accepted = 0;
    state.resetDevice(dev);
    state.forgetRegisters(dev, aux(words, at) !== 0);
  },
  backendRequest() {},
  backendCompletion() {},
  scriptLine(state, words, at) {
    state.now.line = u32(words, at, EVENTS.scriptLine.fields.line);
  },
  log(state, words, at, store) {
    const { at: event, line, run, consoleCount } = state.now;
    state.logs.console.append(consoleCount, () => {
      const level = LOG_LEVELS[aux(words, at)] ?? 'log';
      return { level, text: text(state, store), event, line, run };
    });
    state.now.consoleCount++;
  },
  violation(state, words, at) {
    const { dev, queue, index, value } = EVENTS.violation.fields;
    const { at: event, line, violationCount } = state.now;
    state.logs.violations.append(violationCount, () => ({
      event,
      dev: lo16(words, at, dev),
      queue: hi16(words, at, queue),
      code: aux(words, at),
      index: u32(words, at, index),
      value: u64(words, at, value),
      line,
    }));
    state.now.violationCount++;
  },
  vcpuWait(state, words, at, store) {
    const halts = aux(words, at) === 0;
    state.now.haltedOn = halts ? waitedFor(store.get(state.at) as EventOf<'vcpuWait'>) : undefined;
  },
  script(state, words, at, store) {
    const { now } = state;
    const step = aux(words, at);
    const line = u32(words, at, EVENTS.script.fields.line);
    now.haltedOn = undefined;
    if (step === 0) {
      now.run++;
      now.line = 0;
      now.scriptError = undefined;
      now.script = 'running';
    } else if (step === 1) now.script = 'ended';
    else {
      now.script = 'failed';
      now.scriptError = { message: text(state, store), line };
    }
  },
  dropped(state, words, at) {
    state.now.dropped += u32(words, at, EVENTS.dropped.fields.count);
  },
  // What channel I/O changes are storage, status and queues, which have events of their own.
  channel() {},
  ccw() {},
  channelStatus() {},
  hypercall() {},
  gap(state, words, at) {
    const { line, actions, events } = EVENTS.gap.fields;
    const { now } = state;
    const step = aux(words, at);
    now.line = u32(words, at, line);
    now.inGap = step !== GAP.end;
    if (step !== GAP.end) return;
    now.actions += u64(words, at, actions);
    now.unrecorded += u64(words, at, events);
    state.resume();
  },
  queueState(state, words, at, store) {
    const { fields } = EVENTS.queueState;
    const count = (field: { at: number }) => u32(words, at, field);
    const queue = state.queue(lo16(words, at, fields.dev), hi16(words, at, fields.queue));
    queue.count({
      popped: count(fields.popped),
      pushed: count(fields.pushed),
      notificationsSent: count(fields.sent),
      notificationsSuppressed: count(fields.unsent),
      interruptsRaised: count(fields.raised),
      interruptsSuppressed: count(fields.quiet),
    });
    const moved = aux(words, at);
    queue.moved(
      moved & 1 ? lo16(words, at, fields.availIdx) : undefined,
      moved & 2 ? hi16(words, at, fields.usedIdx) : undefined,
      wordsOf(store.payload(state.at)),
      state.memory,
    );
  },
  unsent(state, words, at) {
    const { desc, count } = EVENTS.unsent.fields;
    state.queueAt(u64(words, at, desc))?.count({ notificationsSuppressed: u32(words, at, count) });
  },
  register(state, words, at) {
    const { dev, offset, value, write } = EVENTS.register.fields;
    state.setRegister(lo16(words, at, dev), {
      region: aux(words, at),
      offset: u32(words, at, offset),
      size: sizeOf(words, at),
      value: u64(words, at, value),
      write: u32(words, at, write) !== 0,
      event: state.at,
    });
  },
  input(state, words, at) {
    const { dev, line } = EVENTS.input.fields;
    const pin = u32(words, at, line);
    if (pin >= PINS) return;
    if (aux(words, at) === 0) state.ownPins().delete(lo16(words, at, dev) * PINS + pin);
    else state.ownPins().add(lo16(words, at, dev) * PINS + pin);
  },
};

/** `FOLDS` by code. A record of no known kind folds as one lost event, as it decodes. */
export const FOLD: readonly Fold[] = Array.from({ length: 256 }, (_, code) => {
  const kind = KINDS[code];
  if (kind) return FOLDS[kind];
  return (state: FoldState) => {
    state.now.dropped++;
  };
});
