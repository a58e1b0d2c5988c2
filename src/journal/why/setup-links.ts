import { DSTAT } from '../../spec/channel-io.ts';
import { featureNames, flagNames, STATUS_BITS } from '../../spec/constants.ts';
import { PCI_COMMAND, PCI_CONFIG } from '../../spec/pci.ts';
import { REGION_INDEX } from '../../spec/regions.ts';
import { VIOLATION_INDEX } from '../../spec/violations.ts';
import { STATUS, VIRTIO_F } from '../../spec/virtio.ts';
import { VIRTIO_CCW_CMD } from '../../spec/virtio-ccw.ts';
import { VIRTIO_MMIO } from '../../spec/virtio-mmio.ts';
import { VIRTIO_PCI_COMMON, VIRTIO_PCI_LEGACY } from '../../spec/virtio-pci.ts';
import { registerKey } from '../fold/moment.ts';
import { accepted } from '../narration/narration-types.ts';
import { address, combined, count, list } from '../narration/words.ts';
import type { Finding } from './chain.ts';
import type { Scene } from './scene.ts';
import { after, INDICATOR_COMMANDS } from './trace.ts';

const { ACKNOWLEDGE, DRIVER, DRIVER_OK, FEATURES_OK, FAILED } = STATUS;

/** By transport: where its devices are found. */
const DISCOVERY = { pci: '4.1.2', mmio: '4.2.1', ccw: '4.3.1', 's390-virtio': '3.1.1' } as const;
/** By transport: how its queues are set up. */
const QUEUE_SETUP = {
  pci: '4.1.5.1.3',
  mmio: '4.2.3.2',
  ccw: '4.3.2.2',
  's390-virtio': '2.7.2',
} as const;

/** The driver has found the device. */
export function found(scene: Scene): Finding {
  const { transport, name, device, trace, status, moment, settled } = scene;
  const section = DISCOVERY[transport ?? 's390-virtio'];
  const touched = status !== 0 || trace.touched !== undefined || (device?.registers.size ?? 0) > 0;
  if (touched)
    return { state: 'ok', text: `The driver talks to ${name}.`, section, event: trace.touched };
  const others = [...moment.devices.values()].some(
    (other) => other.status !== 0 && other.dev !== scene.dev,
  );
  if (settled && !others && moment.script !== 'idle')
    return {
      state: 'broken',
      text: `The run is over, and no driver has touched ${name}, nor any other virtio device.`,
      section,
      advice: 'Look for the device on its bus: virtio.find() or virtio.probe().',
    };
  return {
    state: 'notYet',
    text: others
      ? `No driver has touched ${name}: what runs drives another device.`
      : `No driver has touched ${name} so far.`,
    section,
  };
}

/** ACKNOWLEDGE and DRIVER are set. */
export function acknowledged(scene: Scene): Finding {
  const { status, name, trace, settled, known } = scene;
  const section = '3.1.1';
  const event = trace.status;
  const shown = combined(flagNames(STATUS_BITS, status));
  if (status & FAILED)
    return {
      state: 'broken',
      text: `The driver has given ${name} up: it set FAILED (status ${shown}).`,
      section: '2.1',
      advice: 'Find out why the driver gave up; a reset begins anew.',
      event,
    };
  const missing = [
    ...(status & ACKNOWLEDGE ? [] : ['ACKNOWLEDGE']),
    ...(status & DRIVER ? [] : ['DRIVER']),
  ];
  if (missing.length === 0)
    return { state: 'ok', text: `The driver knows ${name} and can drive it.`, section, event };
  const beyond = (status & (FEATURES_OK | DRIVER_OK)) !== 0 || known?.enabled === true;
  if (beyond && settled)
    return {
      state: 'broken',
      text: `The driver went on without ${list(missing)}: the status is ${shown}.`,
      section,
      advice: 'Set ACKNOWLEDGE, then DRIVER, right after the reset.',
      event,
    };
  return { state: 'notYet', text: `The status of ${name} is ${shown}.`, section, event };
}

/** The features are agreed on. */
export function features(scene: Scene): Finding {
  const { status, name, device, trace, legacy, moment, dev, names, place } = scene;
  const section = '2.2.1';
  const id = names.virtioId(dev) ?? place?.node.virtio?.deviceId;
  const agreed = featureNames(id, device?.accepted ?? 0);
  const shown = agreed.length === 0 ? 'none' : list(agreed, 6);
  if (status & FEATURES_OK)
    return {
      state: 'ok',
      text: `FEATURES_OK stands: agreed on ${shown}.`,
      section,
      event: trace.features ?? trace.status,
    };
  if (legacy)
    return {
      state: 'notApplicable',
      text: `A legacy driver has no step FEATURES_OK; it accepted ${shown}.`,
      section: '3.1.2',
      event: trace.features,
    };
  const tried = triedFeaturesOk(scene);
  // The device answers the write: whether it took it shows when the driver goes on.
  if (tried !== undefined && after(trace.touched, tried)) {
    const lacking = accepted(moment, dev, VIRTIO_F.VIRTIO_F_VERSION_1)
      ? accepted(moment, dev, VIRTIO_F.VIRTIO_F_ACCESS_PLATFORM)
        ? ''
        : ' VIRTIO_F_ACCESS_PLATFORM is not among them, which a device behind an IOMMU needs.'
      : ' VIRTIO_F_VERSION_1 is not among them.';
    return {
      state: 'broken',
      text: `${name} refused the features: FEATURES_OK reads back as 0. The driver wanted ${shown}.${lacking}`,
      section: '2.2.2',
      advice: 'Accept only what is offered, and all that the device needs; read FEATURES_OK back.',
      event: tried,
    };
  }
  if (status & DRIVER_OK)
    return {
      state: 'broken',
      text: `The driver set DRIVER_OK without FEATURES_OK: nothing was agreed on.`,
      section: '3.1.1',
      advice: 'Write the features, set FEATURES_OK, read it back, and only then DRIVER_OK.',
      event: trace.status,
    };
  return {
    state: 'notYet',
    text: `FEATURES_OK is not set; accepted so far: ${shown}.`,
    section,
    event: trace.features,
  };
}

const STATUS_REGISTERS = [
  registerKey(REGION_INDEX['virtio-pci-common'], VIRTIO_PCI_COMMON.device_status.offset),
  registerKey(REGION_INDEX['virtio-pci-legacy'], VIRTIO_PCI_LEGACY.device_status.offset),
  registerKey(REGION_INDEX['virtio-mmio'], VIRTIO_MMIO.Status.offset),
];

/** Event at which FEATURES_OK was written and not taken. */
function triedFeaturesOk({ device, store, trace, moment, dev }: Scene): number | undefined {
  const seen = STATUS_REGISTERS.flatMap((key) => device?.registers.get(key) ?? []);
  for (const { event, region, offset } of seen)
    for (let i = event; i >= Math.max(store.first, event - 16); i--) {
      const found = store.get(i);
      if (found.kind !== 'regWrite' || found.dev !== dev) continue;
      if (found.region === region && found.offset === offset && i > (trace.reset ?? -1))
        return found.value & FEATURES_OK ? i : undefined;
    }
  // A subchannel rejects the command that writes a status which the device does not take.
  const command = trace.commands.get(VIRTIO_CCW_CMD.WRITE_STATUS);
  if (command === undefined) return undefined;
  for (let i = command + 1; i < Math.min(moment.at, command + 8); i++) {
    const found = store.get(i);
    if (found.kind === 'channelStatus' && found.dev === dev)
      return found.dstat & DSTAT.unitCheck ? command : undefined;
  }
  return undefined;
}

/** The queue is set up. */
export function queueReady(scene: Scene): Finding {
  const { known, name, queue, transport, status, settled, moment, dev, trace } = scene;
  const section = QUEUE_SETUP[transport ?? 's390-virtio'];
  if (known?.enabled) {
    const { size, packed, desc, driver, device } = known;
    return {
      state: 'ok',
      text: `A ${packed ? 'packed' : 'split'} ring of ${size === 1 ? '1 entry' : `${size} entries`}: descriptors at ${address(desc)}, driver area at ${address(driver)}, device area at ${address(device)}.`,
      section,
      event: trace.queueConfig,
    };
  }
  const others = [...moment.queues.values()].filter((one) => one.dev === dev && one.enabled);
  const wanted = trace.notifiedRule === 'queueNotEnabled' && trace.notified !== undefined;
  const { reset, enabled } = trace;
  const thisRun = !after(trace.scriptStart, enabled);
  const forgot = enabled !== undefined && reset !== undefined && after(reset, enabled) && thisRun;
  const since = forgot && wanted && after(trace.notified, reset);
  if (since || (forgot && settled && (status & DRIVER_OK) !== 0 && others.length === 0))
    return {
      state: 'broken',
      text: `The reset at event ${(reset + 1).toLocaleString('en')} made ${name} forget queue ${queue}, which had been set up at event ${(enabled + 1).toLocaleString('en')}${since ? '; the driver notified it all the same' : ''}.`,
      section: '2.4',
      advice: 'After a reset begin anew: status, features, then the queues, then DRIVER_OK.',
      event: reset,
    };
  if (wanted || (settled && (status & DRIVER_OK) !== 0 && others.length === 0))
    return {
      state: 'broken',
      text: wanted
        ? `The driver notified queue ${queue} of ${name}, which it has not enabled.`
        : `${name} is live, and none of its queues is set up.`,
      section,
      advice:
        'Give the queue its size and the addresses of its areas, then enable it, before DRIVER_OK.',
      event: wanted ? trace.notified : trace.status,
    };
  return {
    state: 'notYet',
    text:
      others.length > 0
        ? `The driver does not use queue ${queue}; it has set up ${list(others.map((one) => String(one.queue)))}.`
        : `The driver has not set queue ${queue} up.`,
    section,
    event: trace.queueConfig,
  };
}

/** The driver has said that it is ready. */
export function driverOk(scene: Scene): Finding {
  const { status, name, known, settled, trace, violations } = scene;
  const section = '3.1.1';
  const event = trace.status;
  if (status & DRIVER_OK)
    return { state: 'ok', text: `${name} is live: the driver has set DRIVER_OK.`, section, event };
  if (violations.some(({ code }) => code === VIOLATION_INDEX.busMasterOff))
    return {
      state: 'notApplicable',
      text: 'DRIVER_OK fell when bus mastering was turned off.',
      section,
      event,
    };
  if (settled && known?.enabled)
    return {
      state: 'broken',
      text: `DRIVER_OK was never set: ${name} need not look at its queues. Its status is ${combined(flagNames(STATUS_BITS, status))}.`,
      section,
      advice: 'Set DRIVER_OK once the queues are set up, before the first notification.',
      event,
    };
  return { state: 'notYet', text: 'DRIVER_OK is not set.', section, event };
}

/** The device can get at the guest: as a bus master, or by indicators. */
export function reach(scene: Scene): Finding {
  const { transport } = scene;
  if (transport === 'pci') return busMaster(scene);
  if (transport === 'ccw') return indicators(scene);
  return {
    state: 'notApplicable',
    text:
      transport === 'mmio'
        ? 'A device on virtio-mmio reads and writes guest memory without being allowed to.'
        : 'This transport gives the device the guest’s memory as it is.',
    section: transport === 'mmio' ? '4.2.3' : '2.7',
  };
}

function busMaster(scene: Scene): Finding {
  const { config, name, status, legacy } = scene;
  const section = '4.1.4';
  const command = config?.(PCI_CONFIG.Command.offset, 2);
  if (!command)
    return { state: 'notYet', text: 'Nobody has written the Command register.', section };
  const { value, event } = command;
  if (value & PCI_COMMAND.MASTER)
    return {
      state: 'ok',
      text: `Bus mastering is on: Command is 0x${value.toString(16)}.`,
      section,
      event,
    };
  // A legacy driver’s DRIVER_OK turns it on, as in QEMU.
  if (legacy && status & DRIVER_OK)
    return {
      state: 'ok',
      text: 'DRIVER_OK of a legacy driver turned bus mastering on.',
      section,
      event,
    };
  const needed = (status & (FEATURES_OK | DRIVER_OK)) !== 0 || scene.known?.enabled;
  return {
    state: needed ? 'broken' : 'notYet',
    text: `Bus mastering is off (Command is 0x${value.toString(16)}): ${name} may neither read the queue nor send a message.`,
    section,
    ...(needed && { advice: 'Set bit 2, bus master, in the function’s Command register.' }),
    event,
  };
}

function indicators(scene: Scene): Finding {
  const { trace, known, name, guest } = scene;
  const section = '4.3.2.6';
  if (trace.notOperational !== undefined)
    return {
      state: 'broken',
      text: `START SUBCHANNEL ended with condition code 3: the subchannel of ${name} is not enabled.`,
      section: '4.3.1',
      advice: 'Enable the subchannel with MODIFY SUBCHANNEL first.',
      event: trace.notOperational,
    };
  const set = INDICATOR_COMMANDS.flatMap((code) => trace.commands.get(code) ?? []).filter((event) =>
    after(event, trace.reset),
  );
  if (set.length > 0 || (known?.interruptsRaised ?? 0) > 0)
    return {
      state: 'ok',
      text: `The subchannel is enabled, and ${name} knows where its queue indicators are.`,
      section,
      ...(set.length > 0 && { event: Math.max(...set) }),
    };
  const missed = guest === 'halted' && (known?.pushed ?? 0) > 0;
  return {
    state: missed ? 'broken' : 'notYet',
    text: missed
      ? `${name} has returned ${count(known?.pushed ?? 0, 'chain')} and cannot say so: it was told of no queue indicators.`
      : 'The driver has told of no queue indicators.',
    section,
    ...(missed && { advice: 'Tell the device of indicators with SET_IND or SET_IND_ADAPTER.' }),
  };
}

/** The device works. */
export function alive(scene: Scene): Finding {
  const { status, name, stopped, trace } = scene;
  const section = '2.1.2';
  if (status & STATUS.DEVICE_NEEDS_RESET || stopped)
    return {
      state: 'broken',
      text: `${name} has met an error and serves none of its queues before a reset.`,
      section,
      advice: 'Mend the error, then reset the device: status 0.',
      event: stopped?.event ?? trace.status,
    };
  return { state: 'ok', text: `${name} has met no error that stops it.`, section };
}
