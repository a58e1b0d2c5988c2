import { describe, expect, it } from 'vitest';
import type { BusNode, DeviceNode, MachineTopology } from '../../protocol/topology.ts';
import { namesOf } from './names.ts';

const device = (dev: number, type: string, more: Partial<DeviceNode> = {}): DeviceNode => ({
  kind: 'device',
  path: `/${dev}`,
  type,
  id: '',
  dev,
  address: '',
  facts: [],
  properties: [],
  ancestors: [],
  platform: false,
  backends: [],
  buses: [],
  ...more,
});
const bus = (...children: DeviceNode[]): BusNode => ({
  kind: 'bus',
  path: `/bus${children[0]?.dev}`,
  name: 'bus',
  type: 'BUS',
  ancestors: ['BUS', 'bus', 'object'],
  full: false,
  hotpluggable: false,
  children,
});
const BLK = { deviceId: 2, name: 'virtio-blk', queues: [{ name: 'requestq0', maxSize: 256 }] };

const names = namesOf({
  machineType: 'pc',
  ramBytes: 0,
  devices: [],
  backEnds: [],
  root: bus(
    device(0, 'host', {
      buses: [
        bus(
          device(1, 'virtio-blk-pci', {
            id: 'disk0',
            buses: [bus(device(2, 'virtio-blk-device', { virtio: BLK }))],
          }),
          device(3, 'PIIX3', { address: '01.0' }),
        ),
      ],
    }),
  ),
} satisfies MachineTopology);

describe('namesOf', () => {
  it('calls a virtio device by the id of the transport that carries it', () => {
    expect(names.device(1)).toBe('disk0');
    expect(names.device(2)).toBe('disk0');
  });

  it('calls a device without an id by type and address', () => {
    expect(names.device(3)).toBe('PIIX3 01.0');
    expect(names.device(9)).toBeUndefined();
  });

  it('knows the virtio ID and the queues, of the transport too', () => {
    expect([names.virtioId(1), names.virtioId(2), names.virtioId(3)]).toEqual([2, 2, undefined]);
    expect(names.queue(2, 0)).toBe('requestq0');
    expect(names.queue(2, 1)).toBeUndefined();
  });

  it('knows nothing while there is no machine', () => {
    expect(namesOf(undefined).device(0)).toBeUndefined();
  });
});
