import { hi32 } from '../base/bits.ts';
import { GapWriter } from './gap-writer.ts';
import { JournalRing } from './ring.ts';
import {
  ACTOR,
  type Actor,
  BACKEND_OPS,
  type BackendOp,
  EVENTS,
  INTERRUPT,
  type InterruptStep,
  LOG_LEVELS,
  type LogLevel,
  RECORD_WORDS,
  RING_FORMAT,
  RULES,
  type Rule,
  SPACE,
  type Space,
} from './schema.ts';

/**
 * Writes a journal. Every method records one event and is called only where `on` is true, so that a
 * path that is not recorded pays for one test.
 */
export class JournalWriter extends GapWriter {
  /** Count of plug events. */
  plugs = 0;

  /**
   * A register access that leaves the guest. Returns a slot, or -1 where the event was dropped.
   * A read must be completed with `setValue`: until then, or until the guest's next access,
   * neither it nor what follows is published.
   */
  register(
    write: boolean,
    space: Space,
    addr: number,
    size: number,
    value: number,
    dev: number,
    region: number,
    offset: number,
  ): number {
    // Accesses of the guest do not nest, only their decoded forms do: a read that is still open has failed.
    if (space !== 'pciConfig') this.open = 0;
    const before = this.newest;
    const w = this.begin(
      write ? EVENTS.regWrite.code : EVENTS.regRead.code,
      ACTOR.driver,
      size,
      region,
    );
    if (w < 0) {
      if (!this.gap) return -1;
      const access = { dev, region, offset, size, value: value >>> 0, write };
      // Slots are not negative, -1 is none: reads in a gap are counted down from there.
      return -1 - Math.max(0, this.gap.access(access, space === 'pciConfig'));
    }
    const r = this.words;
    r[w + 2] = dev;
    r[w + 3] = offset;
    r[w + 4] = addr;
    r[w + 5] = hi32(addr);
    r[w + 6] = value;
    r[w + 7] = 0;
    r[w + 8] = SPACE[space];
    if (!write && this.open++ === 0) {
      this.openHead = (this.head - RECORD_WORDS) | 0;
      this.openBefore = before;
    }
    return w;
  }

  /** Completes the newest open `regRead` with the value that the device answered. */
  setValue(slot: number, value: number): void {
    if (slot < 0) {
      this.gap?.valueRead(-1 - slot, value >>> 0);
      return;
    }
    this.words[slot + 6] = value;
    if (this.open > 0) this.open--;
  }

  /** `sent` by the driver, or left out because of `rule`; `actor` is who decided. */
  notification(
    actor: Actor,
    dev: number,
    queue: number,
    sent: boolean,
    rule: Rule,
    desc = 0,
  ): void {
    this.gap?.notification(dev, queue, sent, desc);
    this.plain(
      EVENTS.notification.code,
      ACTOR[actor],
      sent ? 1 : 0,
      dev | (queue << 16),
      RULES.indexOf(rule),
      desc,
      hi32(desc),
    );
  }

  interrupt(dev: number, queue: number, step: InterruptStep, line: number, rule: Rule): void {
    this.gap?.interrupt(dev, queue, INTERRUPT[step], line);
    this.plain(
      EVENTS.interrupt.code,
      ACTOR.device,
      INTERRUPT[step],
      dev | (queue << 16),
      line,
      RULES.indexOf(rule),
    );
  }

  status(dev: number, old: number, now: number): void {
    this.plain(EVENTS.status.code, ACTOR.device, 0, dev, old, now);
  }

  /** Features as two 32-bit halves. */
  features(dev: number, which: 'offered' | 'accepted', lo: number, hi: number): void {
    this.plain(EVENTS.features.code, ACTOR.device, which === 'offered' ? 0 : 1, dev, 0, lo, hi);
  }

  queueConfig(
    dev: number,
    queue: number,
    enabled: boolean,
    packed: boolean,
    size: number,
    desc: number,
    driver: number,
    device: number,
    bigEndian = false,
  ): void {
    this.gap?.configured(dev, queue, enabled);
    const w = this.begin(EVENTS.queueConfig.code, ACTOR.device, 0, enabled ? 1 : 0);
    if (w < 0) return;
    const r = this.words;
    r[w + 2] = dev | (queue << 16);
    const format = packed ? 'packed' : bigEndian ? 'bigEndian' : 'split';
    r[w + 3] = size | (RING_FORMAT[format] << 16);
    r[w + 4] = desc;
    r[w + 5] = hi32(desc);
    r[w + 6] = driver;
    r[w + 7] = hi32(driver);
    r[w + 8] = device;
    r[w + 9] = hi32(device);
  }

  configChange(dev: number, generation: number): void {
    this.plain(EVENTS.configChange.code, ACTOR.device, 0, dev, generation);
  }

  plug(dev: number, realized: boolean, path: string): void {
    this.plugs++;
    this.gap?.forgetDevice(dev, false);
    this.text(EVENTS.plug.code, ACTOR.device, realized ? 1 : 0, dev, path);
  }

  reset(actor: Actor, dev: number): void {
    this.gap?.forgetDevice(dev, actor === 'driver');
    this.plain(EVENTS.reset.code, ACTOR[actor], actor === 'driver' ? 0 : 1, dev);
  }

  backendRequest(
    dev: number,
    queue: number,
    op: BackendOp,
    id: number,
    position: number,
    length: number,
  ): void {
    const w = this.begin(EVENTS.backendRequest.code, ACTOR.device, 0, BACKEND_OPS.indexOf(op));
    if (w < 0) return;
    const r = this.words;
    r[w + 2] = dev | (queue << 16);
    r[w + 3] = id;
    r[w + 4] = position;
    r[w + 5] = hi32(position);
    r[w + 6] = length;
  }

  backendCompletion(
    dev: number,
    queue: number,
    op: BackendOp,
    id: number,
    status: number,
    length: number,
  ): void {
    const w = this.begin(EVENTS.backendCompletion.code, ACTOR.backend, 0, BACKEND_OPS.indexOf(op));
    if (w < 0) return;
    const r = this.words;
    r[w + 2] = dev | (queue << 16);
    r[w + 3] = id;
    r[w + 4] = status;
    r[w + 6] = length;
  }

  scriptLine(line: number): void {
    this.line = line;
    this.plain(EVENTS.scriptLine.code, ACTOR.driver, 0, line);
  }

  log(actor: Actor, level: LogLevel, text: string): void {
    this.text(EVENTS.log.code, ACTOR[actor], LOG_LEVELS.indexOf(level), 0, text);
  }

  /** `code` is an index into `VIOLATIONS`. */
  violation(dev: number, queue: number, code: number, index: number, value: number): void {
    this.plain(
      EVENTS.violation.code,
      ACTOR.device,
      code,
      (dev | (queue << 16)) >>> 0,
      index >>> 0,
      value >>> 0,
      hi32(value),
    );
  }

  /** `inputs`: those waited for, 0 to 255; `input`: the one that ended it. */
  vcpuWait(step: 'halt' | 'wake', inputs: readonly number[], input: number): void {
    const w = this.begin(EVENTS.vcpuWait.code, ACTOR.driver, 0, step === 'halt' ? 0 : 1);
    if (w < 0) return;
    const r = this.words;
    r.fill(0, w + 2, w + RECORD_WORDS);
    const { fields } = EVENTS.vcpuWait;
    r[w + fields.input.at] = input;
    for (const wanted of inputs) {
      const at = w + (wanted < 32 ? fields.mask.at : fields.mask1.at - 1 + (wanted >>> 5));
      r[at] = r[at]! | (1 << (wanted & 31));
    }
  }

  /** `cc`: the condition code, or the negative of a program interruption code. */
  channel(dev: number, op: number, schid: number, address: number, cc: number): void {
    const w = this.begin(EVENTS.channel.code, ACTOR.driver, 0, op);
    if (w < 0) return;
    const r = this.words;
    r[w + 2] = dev;
    r[w + 3] = schid;
    r[w + 4] = address;
    r[w + 5] = hi32(address);
    r[w + 6] = Math.max(0, cc);
    r[w + 7] = Math.max(0, -cc);
  }

  ccw(dev: number, command: number, flags: number, count: number, cda: number, addr: number): void {
    const w = this.begin(EVENTS.ccw.code, ACTOR.device, 0, command);
    if (w < 0) return;
    const r = this.words;
    r[w + 2] = dev;
    r[w + 3] = flags;
    r[w + 4] = count;
    r[w + 5] = cda;
    r[w + 6] = hi32(cda);
    r[w + 7] = addr;
    r[w + 8] = hi32(addr);
  }

  channelStatus(
    dev: number,
    ctrl: number,
    dstat: number,
    cstat: number,
    residual: number,
    cpa: number,
    sense: number,
  ): void {
    const w = this.begin(EVENTS.channelStatus.code, ACTOR.device, 0, ctrl);
    if (w < 0) return;
    const r = this.words;
    r[w + 2] = dev;
    r[w + 3] = dstat;
    r[w + 4] = cstat;
    r[w + 5] = residual;
    r[w + 6] = cpa;
    r[w + 7] = hi32(cpa);
    r[w + 8] = sense;
  }

  /** Arguments are whole numbers below 2^53, `result` is signed. */
  hypercall(dev: number, subcode: number, a: number, b: number, c: number, result: number): void {
    const w = this.begin(EVENTS.hypercall.code, ACTOR.driver, 0, subcode & 0xffff);
    if (w < 0) return;
    const r = this.words;
    r[w + 2] = dev;
    r[w + 3] = a;
    r[w + 4] = hi32(a);
    r[w + 5] = b;
    r[w + 6] = hi32(b);
    r[w + 7] = c;
    r[w + 8] = hi32(c);
    r[w + 9] = result;
  }

  script(step: 'start' | 'end' | 'fail', line: number, text: string): void {
    this.text(
      EVENTS.script.code,
      ACTOR.driver,
      step === 'start' ? 0 : step === 'end' ? 1 : 2,
      line,
      text,
    );
  }
}

/** A writer that records nothing, for code that runs without a journal. */
export function silentJournal(): JournalWriter {
  const writer = new JournalWriter(JournalRing.create(1, 1));
  writer.on = false;
  return writer;
}
