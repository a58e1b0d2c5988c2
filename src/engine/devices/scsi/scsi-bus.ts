import { SCSI_OP as OP } from '../../../spec/scsi-commands.ts';
import { Bus } from '../../qdev/bus.ts';
import { Device } from '../../qdev/device.ts';
import { ConfigError } from '../../qom/errors.ts';
import { u32 } from '../../qom/property.ts';
import type { State } from '../../qom/state.ts';
import type { TypeRegistry } from '../../qom/type.ts';
import { type CdbReader, parseCdb, type ScsiCommand } from './command.ts';
import { attentionRank, knownSense, SENSE, type Sense } from './sense.ts';
import { targetCommand } from './target.ts';
import { failing, INVALID, type ScsiAnswer, type ScsiTask, type ScsiTransfer } from './unit.ts';

/** `scsi-id` and `lun` that stand for "the first that is free". */
const ANY = 0xffff_ffff;

/** Longest transfer that a CDB may ask for, in bytes. */
const MAX_TRANSFER = 2 ** 31 - 1;
/** Commands that go through while there is something to attend to. */
const UNINTERRUPTED: readonly number[] = [
  OP.INQUIRY,
  OP.REPORT_LUNS,
  OP.GET_CONFIGURATION,
  OP.GET_EVENT_STATUS_NOTIFICATION,
];

/** Something that happened and that an initiator has yet to hear of; a more important one stays. */
function moreImportant(old: Sense | undefined, sense: Sense): Sense {
  return old && attentionRank(old) <= attentionRank(sense) ? old : sense;
}

const PROPERTIES = { channel: u32(0), 'scsi-id': u32(ANY), lun: u32(ANY) } as const;

/** A device on a SCSI bus: one logical unit of a target. */
export abstract class ScsiDevice<P = unknown>
  extends Device<P & typeof PROPERTIES>
  implements CdbReader
{
  /** What happened to the unit and is not told yet. */
  attention: Sense | undefined;
  /** Sense data of the last command, until another one ends well. */
  sense: Sense | undefined;
  /** Whether that told of what happened, and no fault of the command's. */
  #senseIsAttention = false;

  /** Bytes of a block. */
  abstract readonly blockSize: number;
  abstract readonly isCd: boolean;

  /** Carries a command out. */
  protected abstract carryOut(command: ScsiCommand, buffer: ScsiTransfer): ScsiAnswer;

  /** The initiator has heard of what happened. */
  protected attentionHeard(): void {}

  override saveState(): State {
    const { attention, sense } = this;
    return {
      ...super.saveState(),
      attention,
      sense,
      senseIsAttention: this.#senseIsAttention,
    };
  }

  override loadState(state: State): void {
    super.loadState(state);
    this.attention = knownSense(state.attention);
    this.sense = knownSense(state.sense);
    this.#senseIsAttention = state.senseIsAttention as boolean;
  }

  /** Something happened that the next command is told. */
  raise(sense: Sense): void {
    this.attention = moreImportant(this.attention, sense);
  }

  /** The unit's parameters changed: the next command is told, and who listens to the bus. */
  protected changed(sense: Sense): void {
    this.raise(sense);
    (this.parentBus as ScsiBus).onChange(this, sense);
  }

  /** The last command's sense data has been sent along: there is nothing to ask for. */
  attentionReported(): void {
    if (!this.#senseIsAttention) return;
    this.attentionHeard();
    this.sense = undefined;
    this.#senseIsAttention = false;
  }

  /** The list of units has been told: that it changed is no news any more. */
  lunsReported(): void {
    const bus = this.parentBus as ScsiBus;
    if (this.attention === SENSE.reportedLunsChanged) this.attention = undefined;
    else if (!this.attention && bus.attention === SENSE.reportedLunsChanged)
      bus.attention = undefined;
  }

  /** Takes a command in for unit `lun` of this target. What happened meanwhile is told instead. */
  task(cdb: Uint8Array, lun: number): ScsiTask {
    const command = parseCdb(cdb, this);
    const opcode = cdb[0] ?? 0;
    const attention = this.#attentionFor(opcode);
    const asksTarget =
      lun !== this.address[2] ||
      opcode === OP.REPORT_LUNS ||
      (opcode === OP.REQUEST_SENSE && this.sense !== undefined);
    if (attention) return this.#told(failing(attention, command), true);
    if (!command) return this.#told(INVALID, false);
    if (command.transfer > MAX_TRANSFER)
      return this.#told(failing(SENSE.invalidField, command), false);
    const run = (buffer: ScsiTransfer) =>
      asksTarget ? targetCommand(this, lun, command, buffer) : this.carryOut(command, buffer);
    return this.#told({ command, run }, false);
  }

  /** What is told instead of a command's answer, which is old news then; undefined where nothing is. */
  #attentionFor(opcode: number): Sense | undefined {
    const bus = this.parentBus as ScsiBus;
    const found = this.attention ?? bus.attention;
    if (!found || UNINTERRUPTED.includes(opcode)) return undefined;
    if (opcode === OP.REQUEST_SENSE && this.#senseIsAttention) return undefined;
    if (this.attention) this.attention = undefined;
    else bus.attention = undefined;
    return found;
  }

  /** A task after which the unit knows how it ended. */
  #told({ command, run }: ScsiTask, isAttention: boolean): ScsiTask {
    return {
      command,
      run: (buffer) => {
        const answer = run(buffer);
        this.sense = answer.sense;
        this.#senseIsAttention = isAttention;
        return answer;
      },
    };
  }

  /** Channel, target and logical unit; fixed once plugged in. */
  get address(): readonly [channel: number, target: number, lun: number] {
    const { values } = this;
    return [values.channel as number, values['scsi-id'] as number, values.lun as number];
  }
}

/** A SCSI bus; whoever carries it says how far its addresses go. */
export class ScsiBus extends Bus {
  maxChannel = 0;
  maxTarget = 255;
  maxLun = 16383;
  /** What happened on the bus and no unit has told yet. */
  attention: Sense | undefined;
  /** Called when a unit's parameters changed. */
  onChange: (device: ScsiDevice, sense: Sense) => void = () => {};
  /** Called before a unit goes. */
  onRemove: (device: ScsiDevice) => void = () => {};

  override saveState(): State {
    return { ...super.saveState(), attention: this.attention };
  }

  override loadState(state: State): void {
    super.loadState(state);
    this.attention = knownSense(state.attention);
  }

  /** Something happened that the next command to any unit is told. */
  raise(sense: Sense): void {
    this.attention = moreImportant(this.attention, sense);
  }

  /** The unit at an address; another one of that target where there is none with this number. */
  unitAt(target: number, lun: number): ScsiDevice | undefined {
    const units = this.unitsOf(0, target);
    return units.find((unit) => unit.address[2] === lun) ?? units[0];
  }

  /** Numbers of the units at the same target, newest first. */
  unitsBeside(device: ScsiDevice): number[] {
    const [channel, target] = device.address;
    return this.unitsOf(channel, target).map((unit) => unit.address[2]);
  }

  /** The units of a target, newest first. */
  unitsOf(channel: number, target: number): ScsiDevice[] {
    return this.devices
      .filter((device): device is ScsiDevice => device instanceof ScsiDevice && device.realized)
      .filter(({ address }) => address[0] === channel && address[1] === target);
  }

  override addressOf(device: Device): string {
    return device instanceof ScsiDevice ? device.address.join(':') : '';
  }

  override add(device: Device): void {
    if (device instanceof ScsiDevice) this.#settle(device);
    super.add(device);
  }

  override remove(device: Device): void {
    if (device instanceof ScsiDevice && this.realized) this.onRemove(device);
    super.remove(device);
  }

  #settle(device: ScsiDevice): void {
    const [channel, target, lun] = device.address;
    if (channel > this.maxChannel) throw new ConfigError(`bad scsi channel id: ${channel}`);
    if (target !== ANY && target > this.maxTarget)
      throw new ConfigError(`bad scsi device id: ${target | 0}`);
    if (lun !== ANY && lun > this.maxLun) throw new ConfigError(`bad scsi device lun: ${lun | 0}`);
    if (target === ANY) {
      const wanted = lun === ANY ? 0 : lun;
      const free = this.#first(this.maxTarget, (id) => !this.#at(channel, id, wanted));
      if (free === undefined) throw new ConfigError('no free target');
      device.values['scsi-id'] = free;
      device.values.lun = wanted;
    } else if (lun === ANY) {
      const free = this.#first(this.maxLun, (unit) => !this.#at(channel, target, unit));
      if (free === undefined) throw new ConfigError('no free lun');
      device.values.lun = free;
    } else {
      const holder = this.#at(channel, target, lun);
      if (holder) throw new ConfigError(`lun already used by '${holder.id || '(null)'}'`);
    }
  }

  #first(last: number, free: (n: number) => boolean): number | undefined {
    for (let n = 0; n <= last; n++) if (free(n)) return n;
    return undefined;
  }

  #at(channel: number, target: number, lun: number): Device | undefined {
    return this.devices.find(
      (device) =>
        device instanceof ScsiDevice &&
        device.address[0] === channel &&
        device.address[1] === target &&
        device.address[2] === lun,
    );
  }
}

/** Registers the SCSI bus and the abstract device on it. */
export function registerScsiBus(registry: TypeRegistry): void {
  registry.register({ name: 'SCSI', parent: 'bus', create: (init) => new ScsiBus(init) });
  registry.register({
    name: 'scsi-device',
    parent: 'device',
    abstract: true,
    bus: 'SCSI',
    properties: PROPERTIES,
  });
}
