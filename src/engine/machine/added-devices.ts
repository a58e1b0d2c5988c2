import { assert } from '../../base/assert.ts';
import type { QObject } from '../qom/object.ts';
import type { Board } from './boards/board.ts';
import type { DeviceOption } from './command-line.ts';
import { addDevice, type DeviceHome, type DeviceRequest } from './device-add.ts';
import type { Drive } from './drives.ts';
import { entriesOf } from './opts.ts';
import type { Place, StartLog } from './start-log.ts';

/** What adding devices needs of a machine. */
interface HostMachine
  extends Pick<
    DeviceHome,
    'registry' | 'sysbus' | 'standbys' | 'started' | 'bootOrder' | 'resolve'
  > {
  readonly root: QObject;
  readonly type: Pick<Board, 'dynamicSysBus'>;
}

/** Devices that a person adds, below `/machine/peripheral` and, without id, `/machine/peripheral-anon`. */
export class AddedDevices {
  readonly #home: DeviceHome;
  #anonymous = 0;

  /** The board of `machine` stands. */
  constructor(machine: HostMachine) {
    const at = (path: string): QObject => {
      const found = machine.root.at(path);
      assert(found, `no ${path}`);
      return found;
    };
    const { registry, sysbus, standbys, bootOrder, type } = machine;
    this.#home = {
      registry,
      sysbus,
      peripheral: at('/machine/peripheral'),
      peripheralAnon: at('/machine/peripheral-anon'),
      context: machine,
      get started() {
        return machine.started;
      },
      standbys,
      dynamicSysBus: type.dynamicSysBus ?? [],
      bootOrder,
      numberAnonymous: () => this.#anonymous++,
      resolve: (property, id, wanted) => machine.resolve(property, id, wanted),
    };
  }

  /** `option` of the line asks for it, or the monitor. Throws ConfigError with QEMU's sentence. */
  add(request: DeviceRequest, option?: number): void {
    addDevice(this.#home, request, option);
  }

  /** Those of the line, in QEMU's order: of options, then those that drives ask for, then JSON. */
  addOptions(options: readonly DeviceOption[], drives: readonly Drive[], log: StartLog): void {
    const add = (location: Place, request: DeviceRequest) =>
      log.at(location, () => this.add(request, location.option));
    for (const option of options) if (!option.json) add(option.location, option);
    for (const { interface: kind, id, location } of drives)
      if (kind === 'virtio')
        add(location, { id: undefined, entries: entriesOf({ driver: 'virtio-blk', drive: id }) });
    for (const option of options) if (option.json) add(option.location, option);
  }
}
