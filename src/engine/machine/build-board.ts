import { assert } from '../../base/assert.ts';
import type { Platform } from '../../spec/platform.ts';
import type { ByteSource } from '../backends/byte-source.ts';
import type { Bus } from '../qdev/bus.ts';
import type { DeviceContext } from '../qdev/context.ts';
import { addRegion } from '../qdev/regions.ts';
import type { QObject } from '../qom/object.ts';
import type { BackEnds } from './back-ends.ts';
import type { BuildSite, PlugRule } from './boards/board.ts';
import type { CommandLine } from './command-line.ts';
import type { MachineSettings } from './machine-options.ts';
import { showSettings } from './machine-values.ts';

/** A machine without its board. */
interface BareMachine extends DeviceContext {
  /** Root of the composition tree; `/machine` and `/objects` are there. */
  readonly root: QObject;
  readonly backEnds: BackEnds;
  openImage(name: string): ByteSource | undefined;
}

/**
 * Builds the board of the line into `bare`, which may add to `handlers`; `ramBytes`: with what the board itself adds.
 * Returns the system bus, and what guests are told. Throws ConfigError.
 */
export function buildBoard(
  bare: BareMachine,
  config: CommandLine,
  settings: MachineSettings,
  ramBytes: number,
  handlers: PlugRule[],
): { readonly sysbus: Bus; readonly platform: Platform } {
  const { registry, root, ramRegion, memory, io } = bare;
  const { machine: board, machineTree } = config;
  const { firmware } = machineTree;
  const machine = root.at('/machine');
  const objects = root.at('/objects');
  assert(machine && objects, 'no machine');
  const { memoryBackend = board.ramId } = settings;
  showSettings(machine, { ...settings, ramBytes }, objects.at(memoryBackend));
  const unattached = machine.addChild('unattached', registry.create('container', bare));
  machine.addChild('peripheral', registry.create('container', bare));
  machine.addChild('peripheral-anon', registry.create('container', bare));
  const sysbus = unattached.addChild('sysbus', registry.create('System', bare) as Bus);
  sysbus.busName = 'main-system-bus';
  addRegion(unattached, memory.root);
  addRegion(unattached, io.root);
  const platform: BuildSite['platform'] = { virtioMmio: [] };
  board.build({
    context: bare,
    platform,
    root,
    machine,
    unattached,
    sysbus,
    cpu: settings.cpu ?? '',
    cpuInfo: board.cpu,
    ram: ramRegion,
    ramBytes,
    maxRamBytes: settings.maxRamBytes,
    ramSlots: settings.ramSlots,
    handlers,
    cpus: settings.cpus,
    options: settings.options,
    firmwareBytes: typeof firmware === 'string' ? bare.openImage(firmware)?.length : undefined,
    defaults: config.defaults,
    backEnds: bare.backEnds,
    without: config.without,
    vga: config.vga,
    optionOf: config.optionOf,
  });
  if (ramRegion && !ramRegion.shown) memory.root.addSubregion(board.ramBase, ramRegion);
  return { sysbus, platform };
}
