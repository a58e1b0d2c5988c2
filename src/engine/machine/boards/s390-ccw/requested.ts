import { assert } from '../../../../base/assert.ts';
import type { Bus } from '../../../qdev/bus.ts';
import type { Device } from '../../../qdev/device.ts';
import { ConfigError } from '../../../qom/errors.ts';
import { Answered } from '../../answered.ts';
import type { BuildSite } from '../board.ts';
import { addNics } from '../nics.ts';

/** The only NIC that the machine makes by itself, as `-nic model=` calls it. */
const NIC_MODEL = 'virtio';
/** Types of the consoles that serial ports become, by the number of the port. */
const CONSOLES = ['sclpconsole', 'sclplmconsole'] as const;

/** Makes the NICs and consoles that the line asks for, or that a machine has anyway. Throws ConfigError. */
export function addRequested(site: BuildSite): void {
  checkNicModels(site);
  addNics(site, {
    bus: busAt(site, '/machine/virtual-css-bridge/virtual-css'),
    model: NIC_MODEL,
    virtio: 'virtio-net-ccw',
    parent: 'virtio-ccw-device',
  });
  const events = busAt(site, '/machine/sclp/s390-sclp-event-facility/s390-sclp-events-bus.0');
  for (const [port, type] of CONSOLES.entries()) {
    const chardev = site.backEnds.serials[port];
    if (!chardev) continue;
    const { registry } = site.context;
    const console = site.unattached.addChild(
      'device[*]',
      registry.create(type, site.context) as Device,
    );
    console.values.chardev = chardev;
    console.option = site.backEnds.origins.optionOf(chardev);
    console.plugInto(events);
  }
}

/** Throws where a NIC is asked for by a name that the machine does not know. */
function checkNicModels(site: BuildSite): void {
  for (const { model = NIC_MODEL } of site.backEnds.nics.requests) {
    if (model === 'help' || model === '?')
      throw new Answered(`Supported NIC models:\n${NIC_MODEL}\n`);
    if (model !== NIC_MODEL) throw new ConfigError(`Unsupported NIC model: ${model}`);
  }
}

function busAt({ root }: BuildSite, path: string): Bus {
  const bus = root.at(path);
  assert(bus, `no ${path}`);
  return bus as Bus;
}
