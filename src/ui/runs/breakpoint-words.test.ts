import { expect, it } from 'vitest';
import type { EventBreakpoint } from '../../journal/breakpoints.ts';
import type { Names } from '../../journal/narration/narration-types.ts';
import { REGION_INDEX } from '../../spec/regions.ts';
import { VIRTIO_ID } from '../../spec/virtio.ts';
import { VIRTIO_PCI_COMMON } from '../../spec/virtio-pci.ts';
import { breakpointWords } from './breakpoint-words.ts';

const NAMES: Names = {
  device: (dev) => (dev === 2 ? 'disk0' : undefined),
  virtioId: () => VIRTIO_ID.BLOCK,
  queue: () => undefined,
};
const status: EventBreakpoint = {
  ...{ kind: 'register', dev: 2, region: REGION_INDEX['virtio-pci-common'] },
  ...{ offset: VIRTIO_PCI_COMMON.device_status.offset, write: true },
};

it.each<[EventBreakpoint, string, string]>([
  [
    { kind: 'used', dev: 2, queue: 0 },
    'the used index of queue 0 of disk0 changes',
    'the used index of queue 0 of disk0 changed',
  ],
  [
    { kind: 'notification' },
    'an available buffer notification comes up for any device',
    'an available buffer notification came up for any device',
  ],
  [
    { kind: 'notification', dev: 9, queue: 1, sent: true },
    'an available buffer notification is sent for queue 1 of device 9',
    'an available buffer notification was sent for queue 1 of device 9',
  ],
  [
    { kind: 'interrupt', dev: 2, outcome: 'masked' },
    'an interrupt of disk0 is masked',
    'an interrupt of disk0 was masked',
  ],
  [
    { kind: 'violation' },
    'any device finds a rule of the specification broken',
    'any device found a rule of the specification broken',
  ],
  [
    status,
    'device_status (virtio-pci-common + 0x14) of disk0 is written',
    'device_status (virtio-pci-common + 0x14) of disk0 was written',
  ],
  [
    { kind: 'memory', addr: 4096, length: 16 },
    'any of the 16 bytes from 0x1000 is written',
    'any of the 16 bytes from 0x1000 was written',
  ],
  [
    { kind: 'console', text: 'sector' },
    'the script prints a line with “sector”',
    'the script printed a line with “sector”',
  ],
])('%j', (what, waits, met) => {
  expect(breakpointWords(what, NAMES, 'waits')).toBe(waits);
  expect(breakpointWords(what, NAMES, 'met')).toBe(met);
});
