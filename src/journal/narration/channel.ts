import { hex } from '../../base/bits.ts';
import {
  CCW_CMD,
  CCW_FLAG,
  CHANNEL_OPS,
  type ChannelOp,
  CSTAT,
  DSTAT,
  SCSW_CTRL,
  SENSE,
} from '../../spec/channel-io.ts';
import {
  VIRTIO_CCW_CMD,
  VIRTIO_CCW_SECTION,
  type VirtioCcwCommand,
} from '../../spec/virtio-ccw.ts';
import { deviceName, type Teller } from './narration-types.ts';
import { count, list } from './words.ts';

const PRINCIPLES = 'z/Architecture Principles of Operation, chapter 14';

/** What each instruction does. */
const INSTRUCTIONS: Readonly<Record<ChannelOp, { name: string; does: string }>> = {
  ssch: { name: 'START SUBCHANNEL', does: 'starts a channel program on' },
  tsch: { name: 'TEST SUBCHANNEL', does: 'asks for the status of' },
  stsch: { name: 'STORE SUBCHANNEL', does: 'asks what is known about' },
  msch: { name: 'MODIFY SUBCHANNEL', does: 'sets up' },
  csch: { name: 'CLEAR SUBCHANNEL', does: 'clears' },
  hsch: { name: 'HALT SUBCHANNEL', does: 'halts' },
  rsch: { name: 'RESUME SUBCHANNEL', does: 'resumes the program of' },
  xsch: { name: 'CANCEL SUBCHANNEL', does: 'cancels the program of' },
  chsc: { name: 'CHANNEL SUBSYSTEM CALL', does: 'asks something of the channel subsystem' },
  tpi: { name: 'TEST PENDING INTERRUPTION', does: 'asks for a pending interruption' },
};

/** Instructions that are about no subchannel. */
const WITHOUT_SUBCHANNEL: readonly ChannelOp[] = ['tpi', 'chsc'];

/** What condition codes 1 to 3 say. */
const CONDITIONS: Readonly<Record<number, string>> = {
  1: 'status is pending',
  2: 'it is busy',
  3: 'it is not operational',
};

/** What each command of virtio does. */
const COMMANDS: Readonly<Record<VirtioCcwCommand, string>> = {
  SET_VQ: 'tells where a queue is',
  VDEV_RESET: 'resets the device',
  SET_IND: 'tells where the queue indicators are',
  SET_CONF_IND: 'tells where the configuration indicator is',
  SET_IND_ADAPTER: 'tells where summary and queue indicators of adapter interruptions are',
  READ_FEAT: 'reads a word of the device’s features',
  WRITE_FEAT: 'writes a word of the driver’s features',
  READ_CONF: 'reads the configuration space',
  WRITE_CONF: 'writes the configuration space',
  WRITE_STATUS: 'writes the device status',
  READ_VQ_CONF: 'asks for the size of a queue',
  SET_VIRTIO_REV: 'chooses the revision of the transport',
  READ_STATUS: 'reads the device status',
};

/** What each command of any device does. */
const COMMON: Readonly<Record<keyof typeof CCW_CMD, string>> = {
  NOOP: 'does nothing',
  BASIC_SENSE: 'asks why the last command was refused',
  TIC: 'goes on elsewhere in the program',
  SENSE_ID: 'asks what kind of control unit this is',
};

/** A channel I/O instruction of the guest. */
export const tellChannel: Teller<'channel'> = ({ event, names }) => {
  const { dev, cc, schid, interruption } = event;
  const op = CHANNEL_OPS[event.op] ?? 'stsch';
  const { name, does } = INSTRUCTIONS[op];
  const object = WITHOUT_SUBCHANNEL.includes(op)
    ? ''
    : ` subchannel ${hex(schid, 8)} (${deviceName(names, dev)})`;
  const told = { document: PRINCIPLES, tone: 'driver', at: { dev } } as const;
  const title = `${name}: ${interruption ? `program interruption ${hex(interruption)}` : `cc ${cc}`}`;
  const text = `The driver ${does}${object}`;
  if (interruption !== 0)
    return { ...told, title, text: `${text}; the CPU ends that with a program interruption.` };
  return { ...told, title, text: `${text}${outcome(op, cc)}.` };
};

function outcome(op: ChannelOp, cc: number): string {
  if (op === 'tpi') return cc === 0 ? ': there is none' : ': one is taken';
  if (op === 'tsch' && cc === 1) return ': no status is pending';
  const condition = CONDITIONS[cc];
  return condition === undefined ? '' : `: ${condition}`;
}

/** A command of a channel program. */
export const tellCcw: Teller<'ccw'> = ({ event, names }) => {
  const { dev, command, flags, count: bytes, cda, addr } = event;
  const [name, does, section] = commandWords(command);
  const chained = Object.entries(CCW_FLAG).flatMap(([flag, bit]) => (flags & bit ? [flag] : []));
  const with_ = chained.length > 0 ? `, with ${list(chained, 8)}` : '';
  const data = bytes > 0 ? ` ${count(bytes, 'byte')} at ${hex(cda)}${with_}.` : '';
  return {
    title: `Channel command ${name}`,
    text: `The command at ${hex(addr)} for ${deviceName(names, dev)} ${does}.${data && ` Data:${data}`}`,
    section,
    tone: 'device',
    at: { dev, ...(bytes > 0 && { addr: cda, length: bytes }) },
  };
};

function commandWords(command: number): readonly [name: string, does: string, section: string] {
  for (const [name, code] of Object.entries(VIRTIO_CCW_CMD))
    if (code === command) {
      const known = name as VirtioCcwCommand;
      return [known, COMMANDS[known], VIRTIO_CCW_SECTION[known]];
    }
  for (const [name, code] of Object.entries(CCW_CMD))
    if (code === command) return [name, COMMON[name as keyof typeof CCW_CMD], '4.3.1'];
  return [hex(command, 2), 'is one that virtio does not define', '4.3.1.3'];
}

/** How a function of a subchannel ended. */
export const tellChannelStatus: Teller<'channelStatus'> = ({ event, names }) => {
  const { dev, ctrl, dstat, cstat, residual, sense } = event;
  const name = deviceName(names, dev);
  const at = { dev };
  if (cstat & CSTAT.programCheck)
    return {
      title: 'Program check',
      text: `The channel program of ${name} is wrong: a command, its address or its length cannot be.`,
      section: '4.3.1.3',
      tone: 'violation',
      at,
    };
  if (dstat & DSTAT.unitCheck) {
    const rejected = (sense & SENSE.commandReject) !== 0;
    const why = rejected ? 'it rejects the command' : 'somebody must see to the device';
    return {
      title: rejected ? 'Unit check: command reject' : 'Unit check',
      text: `${name} does not carry the command out: ${why}.`,
      section: '4.3.1.3',
      tone: 'violation',
      at,
    };
  }
  const told = { document: PRINCIPLES, tone: 'device', at } as const;
  if (ctrl & SCSW_CTRL.suspended)
    return {
      ...told,
      title: 'Suspended',
      text: `The channel program of ${name} waits to be resumed.`,
    };
  if (!(ctrl & SCSW_CTRL.start))
    return { ...told, title: 'Function done', text: `The subchannel of ${name} is at rest.` };
  if (!(dstat & DSTAT.deviceEnd))
    return { ...told, title: 'No path', text: `The program names no path to ${name}.` };
  const rest = residual > 0 ? ` ${residual} bytes were not moved.` : '';
  return {
    ...told,
    title: 'Channel end, device end',
    text: `The channel program of ${name} has ended well.${rest}`,
  };
};

/** What DIAGNOSE 500 asks for, by its subcode: its name, what it says, and where that is defined. */
const HYPERCALLS: readonly {
  readonly name: string;
  readonly text: (device: string, a: number, b: number) => string;
  readonly section?: string;
}[] = [
  {
    name: 'KVM_S390_VIRTIO_NOTIFY',
    text: (device, ring) =>
      `The driver tells ${device} that the ring at ${hex(ring)} has new available buffers.`,
  },
  { name: 'KVM_S390_VIRTIO_RESET', text: (device) => `The driver resets ${device}.` },
  {
    name: 'KVM_S390_VIRTIO_SET_STATUS',
    text: (device) => `The driver has written the status in the descriptor of ${device}.`,
  },
  {
    name: 'KVM_S390_VIRTIO_CCW_NOTIFY',
    text: (device, schid, data) =>
      `The driver tells ${device}, subchannel ${hex(schid)}, that queue ${data & 0xffff} has new available buffers.`,
    section: '4.3.3.2',
  },
];

/** A call to the hypervisor. */
export const tellHypercall: Teller<'hypercall'> = ({ event, names }) => {
  const { dev, subcode, a, b } = event;
  const call = HYPERCALLS[subcode];
  const name = call?.name ?? `DIAGNOSE 500, subcode ${subcode}`;
  const result = event.result | 0;
  const device = deviceName(names, dev);
  const text = call?.text(device, a, b) ?? `The driver calls the hypervisor about ${device}.`;
  const refused =
    result < 0 ? ` The hypervisor refuses: there is nothing of the kind (${result}).` : '';
  return {
    title: `Hypercall ${name}: ${result}`,
    text: `${text}${refused}`,
    ...(call?.section === undefined
      ? { document: 'Linux 4.4, kvm_virtio.h' }
      : { section: call.section }),
    tone: 'notification',
    at: { dev },
  };
};
