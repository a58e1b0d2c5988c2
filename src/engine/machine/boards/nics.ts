import type { Bus } from '../../qdev/bus.ts';
import type { Device } from '../../qdev/device.ts';
import { ConfigError } from '../../qom/errors.ts';
import type { ResolvedType } from '../../qom/type.ts';
import { Answered } from '../answered.ts';
import type { NicRequest } from '../netdevs.ts';
import type { BuildSite } from './board.ts';

/** Letter of the catalog's group of network devices. */
const NETWORK = 'N';
const VIRTIO = 'virtio-net-pci';
const PARENT = 'pci-device';

/** How a board makes the NICs that it is asked for. */
export interface NicRules {
  /** The bus that they go on. */
  readonly bus: Bus;
  /** Model where the user names none. */
  readonly model: string;
  /** What the name `virtio` means. */
  readonly virtio?: string;
  /** Type that every model descends from. */
  readonly parent?: string;
}

/** Makes the NICs that the line asks for, each `/machine/unattached/device[N]`. Throws ConfigError with QEMU's sentence. */
export function addNics(site: BuildSite, rules: NicRules): void {
  const { requests } = site.backEnds.nics;
  if (requests.some(({ model }) => model === 'help' || model === '?'))
    throw new Answered(`Supported NIC models:\n${models(site, rules).join('\n')}\n`);
  for (const request of requests)
    site.backEnds.log.about(request.option, () => addNic(site, rules, request));
}

/** Every model that goes on the board's bus, by name; `virtio` stands behind what it means. */
function models({ context }: BuildSite, { virtio = VIRTIO, parent = PARENT }: NicRules): string[] {
  const types = [...context.registry.types()].filter((type) => isModel(type, parent));
  const names = types.map(({ name }) => name).sort();
  return names.flatMap((name) => (name === virtio ? [name, 'virtio'] : [name]));
}

function isModel(type: ResolvedType, parent: string): boolean {
  return type.isA(parent) && !type.info.abstract && (type.info.groups?.includes(NETWORK) ?? false);
}

function addNic(site: BuildSite, rules: NicRules, request: NicRequest): void {
  const { registry } = site.context;
  const { bus, virtio = VIRTIO, parent = PARENT } = rules;
  const named = request.model ?? rules.model;
  const model = named === 'virtio' ? virtio : named;
  const type = registry.find(model);
  if (!type || !isModel(type, parent)) throw new ConfigError(`Unsupported NIC model: ${model}`);
  if (!type.inherited('create')) {
    if (request.option === undefined) return;
    throw new ConfigError(`'${model}' is not modelled yet`);
  }
  const device = registry.create(model, site.context) as Device;
  const { addr } = request;
  if (addr !== undefined)
    try {
      device.set('addr', addr);
    } catch {
      throw new ConfigError(`Invalid PCI device address ${addr} for device ${model}`);
    }
  const set = (name: string, value: unknown) => {
    const found = device.findProperty(name);
    if (found) found.owner.values[found.name] = value;
  };
  set('mac', request.mac);
  if (request.peer) set('netdev', [request.peer]);
  if (request.vectors !== undefined) set('vectors', request.vectors);
  site.unattached.addChild('device[*]', device);
  device.option = request.option;
  site.backEnds.nics.markMade(request);
  device.plugInto(bus);
}
