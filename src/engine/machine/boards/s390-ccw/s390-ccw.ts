import { S390_INPUT } from '../../../../spec/channel-io.ts';
import type { VirtualCssBridge } from '../../../hw/css/css-bridge.ts';
import { registerCss } from '../../../hw/css/register.ts';
import type { PlatformNode } from '../../../hw/platform.ts';
import { registerS390Pci } from '../../../hw/s390-pci/register.ts';
import type { S390PciHost } from '../../../hw/s390-pci/s390-pcihost.ts';
import type { HotplugHandler } from '../../../qdev/hotplug.ts';
import { ConfigError } from '../../../qom/errors.ts';
import { CcwHypercalls } from '../../../transports/virtio-ccw/hypercalls.ts';
import { registerVirtioCcw } from '../../../transports/virtio-ccw/register.ts';
import { addCpus, addNodes, type Board, type BuildSite } from '../board.ts';
import { hasPci, S390_CPU } from './cpu.ts';
import { addRequested } from './requested.ts';
import { registerTerminal3270 } from './terminal-3270.ts';
import { registerS390Types } from './types.ts';

const SCLP = '/machine/sclp';
const EVENT_FACILITY = `${SCLP}/s390-sclp-event-facility`;
const EVENTS = 's390-sclp-events-bus.0';
const MIB = 2 ** 20;

/** The service processor and what it tells the guest, which are there before the CPUs. */
export const SERVICE_NODES: readonly PlatformNode[] = [
  { type: 'sclp', owner: '/machine', name: 'sclp' },
  {
    type: 's390-sclp-event-facility',
    bus: 'main-system-bus',
    owner: SCLP,
    name: 's390-sclp-event-facility',
  },
  { type: 'sclpquiesce', bus: EVENTS, owner: EVENT_FACILITY, name: 'sclpquiesce' },
  { type: 'sclp-cpu-hotplug', bus: EVENTS, owner: EVENT_FACILITY, name: 'sclp-cpu-hotplug' },
];

/** What belongs to the memory: keys and attributes of its pages. */
const MEMORY_NODES: readonly PlatformNode[] = [
  { type: 's390-skeys-qemu', owner: '/machine', name: 's390-skeys' },
  { type: 's390-storage_attributes-qemu', owner: '/machine', name: 's390-storage_attributes' },
];

/** The other devices of the board, in the order in which they are realized. */
const BOARD_NODES: readonly PlatformNode[] = [
  { type: 's390-flic-qemu', bus: 'main-system-bus', owner: '/machine', name: 's390-flic-qemu' },
  {
    type: 'virtual-css-bridge',
    bus: 'main-system-bus',
    owner: '/machine',
    name: 'virtual-css-bridge',
  },
  { type: 's390-ipl', owner: '/machine', name: 's390-ipl' },
  { type: 's390-pcihost', bus: 'main-system-bus', owner: '/machine', name: 's390-pcihost' },
  { type: 's390-tod-qemu', owner: '/machine', name: 's390-tod' },
];

/** Characters of the load parameter that the loader sees. */
const LOADPARM_LENGTH = 8;

/** Throws ConfigError where the load parameter has a character that the loader does not know. */
function checkLoadparm(text: string): void {
  const bad = /[^A-Za-z0-9. ]/.exec(text.slice(0, LOADPARM_LENGTH))?.[0];
  if (bad !== undefined)
    throw new ConfigError(
      `LOADPARM: invalid character '${bad}' (ASCII 0x${bad.charCodeAt(0).toString(16).padStart(2, '0')})`,
    );
}

/** CPUs come, and stay. */
const CPU_HANDLER: HotplugHandler = {
  unplugRequest() {
    throw new ConfigError('CPU hot unplug not supported on this machine');
  },
};

/** Lets the CPUs do channel I/O, call the hypervisor, and be interrupted. */
function connectCpus({ context, root }: BuildSite): void {
  const { css } = root.at('/machine/virtual-css-bridge') as VirtualCssBridge;
  const { subsystem } = css;
  const hypercalls = new CcwHypercalls(css, context);
  context.cpu.channel = (op, schid, address) => subsystem.execute(op, schid, address);
  context.cpu.hypercall = (subcode, a, b, c) => hypercalls.call(subcode, a, b, c);
  context.cpu.takeInterruption = (input) => {
    if (input === S390_INPUT.io) subsystem.interruptions.take();
  };
}

function build(site: BuildSite): void {
  const { context } = site;
  checkLoadparm(site.options.get('loadparm') ?? '');
  if (context.ram.size % MIB !== 0) throw new ConfigError('ram size must be multiples of 1 MiB');
  if (site.ram) context.memory.root.addSubregion(0, site.ram);
  addNodes(site, SERVICE_NODES);
  addNodes(site, MEMORY_NODES);
  addCpus(site, {});
  addNodes(site, BOARD_NODES);
  connectCpus(site);
  const pci = site.root.at('/machine/s390-pcihost') as S390PciHost;
  site.platform.channelIo = true;
  site.platform.bigEndian = true;
  pci.cpuHasPci = hasPci(site.cpu);
  site.handlers.push((device) => (device.type.isA(S390_CPU.parent) ? CPU_HANDLER : undefined));
  addRequested(site);
}

/** The machine of the channel subsystem: QEMU's default on s390x. */
export const S390_CCW: Board = {
  type: 's390-ccw-virtio-7.2-machine',
  ancestors: ['s390-ccw-machine', 'machine'],
  arch: 's390x',
  names: ['s390-ccw-virtio-7.2', 's390-ccw-virtio'],
  isDefault: true,
  ramBytes: 128 * MIB,
  maxRamBytes: 2 ** 40,
  ramBase: 0,
  ramId: 's390.ram',
  cpu: S390_CPU,
  hotpluggableCpus: true,
  smp: { most: 248 },
  defaults: { driveInterface: 'virtio', without: ['cdrom', 'floppy', 'sdcard', 'parallel'] },
  registerTypes(registry) {
    registerS390Types(registry);
    registerCss(registry);
    registerTerminal3270(registry);
    registerS390Pci(registry);
    registerVirtioCcw(registry);
  },
  build,
};
