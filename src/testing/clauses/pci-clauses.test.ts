import { describe, expect, test } from 'vitest';
import { STATUS, VIRTIO_F } from '../../spec/virtio.ts';
import { VIRTIO_MSI_NO_VECTOR, VIRTIO_PCI_CAP, VIRTIO_PCI_COMMON } from '../../spec/virtio-pci.ts';
import { PCI_PLACES, pciConfigRead, pciConfigWrite } from './pci-ports.ts';
import { Registers } from './registers.ts';
import { Subject } from './subject.ts';

const CAP_VENDOR = 9;
const CAP_MSIX = 0x11;

/** A capability as configuration space shows it. */
interface Capability {
  readonly at: number;
  readonly id: number;
  readonly length: number;
  readonly type: number;
  readonly bar: number;
  readonly offset: number;
  readonly size: number;
  readonly extra: number;
}

function capabilities({ port: { machine } }: Subject): Capability[] {
  const read = (at: number, size: 1 | 2 | 4) => pciConfigRead(machine, at, size);
  const found: Capability[] = [];
  for (let at = read(0x34, 1); at !== 0; at = read(at + 1, 1))
    found.push({
      at,
      id: read(at, 1),
      length: read(at + 2, 1),
      type: read(at + 3, 1),
      bar: read(at + 4, 1),
      offset: read(at + 8, 4),
      size: read(at + 12, 4),
      extra: read(at + 16, 4),
    });
  return found;
}

function structures(subject: Subject, type: keyof typeof VIRTIO_PCI_CAP): Capability[] {
  return capabilities(subject).filter(
    (cap) => cap.id === CAP_VENDOR && cap.type === VIRTIO_PCI_CAP[type],
  );
}

function only(found: readonly Capability[]): Capability {
  expect(found).toHaveLength(1);
  return found[0] as Capability;
}

function common({ port: { machine } }: Subject) {
  return new Registers(machine, 'memory', PCI_PLACES.modern, VIRTIO_PCI_COMMON);
}

const open = (more = '') => new Subject('pci-modern', 'split', more);

describe('discovery', () => {
  test('[4.1.1] BARs answer to sizing and to addresses as PCI wants it', () => {
    const { machine } = open().port;
    pciConfigWrite(machine, 0x20, 4, 0xffff_ffff);
    expect(pciConfigRead(machine, 0x20, 4)).toBe(0xffff_c00c);
    pciConfigWrite(machine, 0x20, 4, 0xe000_0000);
    expect(machine.read('memory', 0xe000_0012, 2)).toBe(2);
    pciConfigWrite(machine, 0x04, 2, 0);
    expect(machine.read('memory', 0xe000_0012, 2)).toBe(0);
  });

  test.each([
    ['virtio-blk-pci,disable-legacy=on', 0x1042],
    ['virtio-blk-pci', 0x1001],
  ])('[4.1.2.1] %s has vendor 0x1af4 and its device ID', (device, id) => {
    const legacy = device.includes('=on') ? ',disable-legacy=on' : ',disable-legacy=off';
    const { machine } = new Subject('pci-modern', 'split', legacy).port;
    expect(pciConfigRead(machine, 0, 2)).toBe(0x1af4);
    expect(pciConfigRead(machine, 2, 2)).toBe(id);
  });

  test('[4.1.2.1] a device without legacy interface says so by revision and subsystem ID', () => {
    const { machine } = open().port;
    expect(pciConfigRead(machine, 8, 1)).toBeGreaterThanOrEqual(1);
    expect(pciConfigRead(machine, 0x2e, 2)).toBeGreaterThanOrEqual(0x40);
  });

  test('[4.1.4.11.0.1] a device without legacy interface has no I/O BAR for a legacy driver', () => {
    expect(pciConfigRead(open().port.machine, 0x10, 4)).toBe(0);
  });
});

describe('structures', () => {
  test('[4.1.4.2] cap_len counts all of a capability', () => {
    const subject = open();
    const lengths = capabilities(subject)
      .filter(({ id }) => id === CAP_VENDOR)
      .map(({ type, length }) => [type, length]);
    expect(new Map(lengths as [number, number][])).toEqual(
      new Map([
        [VIRTIO_PCI_CAP.COMMON_CFG, 16],
        [VIRTIO_PCI_CAP.NOTIFY_CFG, 20],
        [VIRTIO_PCI_CAP.ISR_CFG, 16],
        [VIRTIO_PCI_CAP.DEVICE_CFG, 16],
        [VIRTIO_PCI_CAP.PCI_CFG, 20],
      ]),
    );
  });

  test('[4.1.3.2] both halves of a 64-bit field can be read by themselves', () => {
    const { machine } = open().port;
    const at = PCI_PLACES.modern + only(structures(open(), 'DEVICE_CFG')).offset;
    expect([machine.read('memory', at, 4), machine.read('memory', at + 4, 4)]).toEqual([128, 0]);
  });

  test('[4.1.4.3.1] one common configuration, aligned, with every half of the features', () => {
    const subject = open();
    expect(only(structures(subject, 'COMMON_CFG')).offset % 4).toBe(0);
    const registers = common(subject);
    const halves = [0, 1, 2, 99].map((select) => {
      registers.write('device_feature_select', select);
      return registers.read('device_feature');
    });
    expect(halves.slice(2)).toEqual([0, 0]);
    expect((halves[1] ?? 0) & 1).toBe(1);
    registers.write('driver_feature_select', 1);
    registers.write('driver_feature', 1);
    expect(registers.read('driver_feature')).toBe(1);
    registers.write('driver_feature_select', 0);
    expect(registers.read('driver_feature')).toBe(0);
  });

  test('[4.1.4.3.1] config_generation is another one after a change', () => {
    const subject = open();
    subject.start();
    const { port } = subject;
    const before = port.generation();
    port.config(0, 8);
    port.device.notifyConfig();
    expect(port.generation()).not.toBe(before);
    const after = port.generation();
    port.config(0, 8);
    expect(port.generation()).toBe(after);
  });

  test('[4.1.4.3.1] queue_enable and queue_reset are 0 after a reset of device or queue, and queue_reset when enabled', () => {
    const subject = open();
    subject.start([VIRTIO_F.VIRTIO_F_RING_RESET]);
    const registers = common(subject);
    const look = () => [registers.read('queue_enable'), registers.read('queue_reset')];
    expect(look()).toEqual([1, 0]);
    registers.write('queue_reset', 1);
    expect(look()).toEqual([0, 0]);
    subject.queue(0);
    expect(look()).toEqual([1, 0]);
    subject.port.reset();
    expect(look()).toEqual([0, 0]);
  });

  test('[4.1.4.3.1] queue_size is a power of 2, and 0 where there is no queue', () => {
    const { port } = open();
    expect(port.queueMax(0)).toBe(256);
    expect(port.queueMax(1)).toBe(256);
    expect(port.queueMax(2)).toBe(0);
  });

  test.each(['', ',page-per-vq=on', ',x-notification-data=on'])(
    '[4.1.4.4.1] the notification structure has room for every doorbell %s',
    (more) => {
      const subject = open(more);
      const { offset, size, extra: multiplier } = only(structures(subject, 'NOTIFY_CFG'));
      const registers = common(subject);
      expect(offset % 4).toBe(0);
      expect(Math.log2(multiplier) % 1).toBe(0);
      for (const index of [0, 1]) {
        registers.write('queue_select', index);
        const at = registers.read('queue_notify_off') * multiplier;
        expect(at + 4).toBeLessThanOrEqual(size);
      }
    },
  );

  test('[4.1.4.5.1] the ISR status tells the cause, raises the pin and is 0 once read', () => {
    const subject = open();
    const ring = subject.start();
    const { port } = subject;
    only(structures(subject, 'ISR_CFG'));
    const interruptStatus = () => (pciConfigRead(port.machine, 6, 2) >> 3) & 1;
    ring.offer(subject.request().pieces);
    port.notify(0);
    expect(interruptStatus()).toBe(1);
    expect(port.told()).toEqual({ used: true, config: false });
    expect(interruptStatus()).toBe(0);
    port.device.notifyConfig();
    expect(interruptStatus()).toBe(1);
    expect(port.told().config).toBe(true);
    expect(port.told()).toEqual({ used: false, config: false });
  });

  test('[4.1.4.6.1] the device configuration is aligned', () => {
    expect(only(structures(open(), 'DEVICE_CFG')).offset % 4).toBe(0);
  });

  test('[4.1.4.7.1] a shared memory region lies in its BAR, and no two have one ID: QEMU 7.2 has none', () => {
    const subject = open();
    const regions = structures(subject, 'SHARED_MEMORY_CFG');
    const { machine } = subject.port;
    for (const { bar, offset, size } of regions) {
      pciConfigWrite(machine, 0x10 + 4 * bar, 4, 0xffff_ffff);
      const bytes = 2 ** 32 - (pciConfigRead(machine, 0x10 + 4 * bar, 4) & ~0xf);
      expect(offset + size).toBeLessThanOrEqual(bytes);
    }
    const ids = regions.map(({ at }) => pciConfigRead(machine, at + 5, 1));
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual([]);
  });

  test('[4.1.4.8.1] no vendor data claims to be of vendor 0x1af4', () => {
    expect(structures(open(), 'VENDOR_CFG')).toEqual([]);
  });

  test('[4.1.4.9.1] registers can be reached through configuration space', () => {
    const subject = open();
    const { machine } = subject.port;
    const { at } = only(structures(subject, 'PCI_CFG'));
    const aim = (offset: number, length: number) => {
      pciConfigWrite(machine, at + 4, 1, 4);
      pciConfigWrite(machine, at + 8, 4, offset);
      pciConfigWrite(machine, at + 12, 4, length);
    };
    aim(VIRTIO_PCI_COMMON.num_queues.offset, 2);
    expect(pciConfigRead(machine, at + 16, 4) & 0xffff).toBe(2);
    aim(VIRTIO_PCI_COMMON.device_status.offset, 1);
    pciConfigWrite(machine, at + 16, 4, STATUS.ACKNOWLEDGE);
    expect(subject.port.status()).toBe(STATUS.ACKNOWLEDGE);
  });
});

describe('MSI-X', () => {
  /** Turns MSI-X on, with a message for each of `count` vectors that writes its number into RAM. */
  function messages(subject: Subject, count: number): () => number[] {
    const { machine } = subject.port;
    const cap = only(capabilities(subject).filter(({ id }) => id === CAP_MSIX));
    const places = Array.from({ length: count }, (_, i) => machine.ram.base + 0x8000 + 16 * i);
    for (const [i, place] of places.entries()) {
      const entry = PCI_PLACES.msix + 16 * i;
      machine.write('memory', entry, 4, place);
      machine.write('memory', entry + 4, 4, 0);
      machine.write('memory', entry + 8, 4, i + 1);
      machine.write('memory', entry + 12, 4, 0);
    }
    pciConfigWrite(machine, cap.at + 2, 2, 0x8000);
    return () =>
      places.map((place) => {
        const value = subject.bytes.get32(place);
        subject.bytes.set32(place, 0);
        return value;
      });
  }

  function live(more = ''): { subject: Subject; took: () => number[]; serve: () => void } {
    const subject = open(more);
    const took = messages(subject, 3);
    subject.negotiate();
    const ring = subject.queue();
    const serve = () => {
      ring.offer(subject.request().pieces, subject.table());
      subject.port.notify(0);
    };
    return { subject, took, serve };
  }

  test('[4.1.5.1.2.1] the table has as many vectors as the device supports, at least two', () => {
    const subject = open();
    const { at } = only(capabilities(subject).filter(({ id }) => id === CAP_MSIX));
    expect((pciConfigRead(subject.port.machine, at + 2, 2) & 0x7ff) + 1).toBe(3);
  });

  test('[4.1.5.1.2.1] any event goes to any vector, and to none again; a reset unmaps all', () => {
    const { subject, took, serve } = live();
    const registers = common(subject);
    registers.write('config_msix_vector', 2);
    subject.port.setStatus(subject.live);
    for (const vector of [0, 1, 2]) {
      registers.write('queue_msix_vector', vector);
      expect(registers.read('queue_msix_vector')).toBe(vector);
      serve();
      expect(took()).toEqual([0, 1, 2].map((i) => (i === vector ? i + 1 : 0)));
    }
    subject.port.device.notifyConfig();
    expect(took()).toEqual([0, 0, 3]);
    registers.write('queue_msix_vector', VIRTIO_MSI_NO_VECTOR);
    expect(registers.read('queue_msix_vector')).toBe(VIRTIO_MSI_NO_VECTOR);
    registers.write('config_msix_vector', 1);
    subject.port.reset();
    expect([registers.read('queue_msix_vector'), registers.read('config_msix_vector')]).toEqual([
      VIRTIO_MSI_NO_VECTOR,
      VIRTIO_MSI_NO_VECTOR,
    ]);
  });

  test('[4.1.5.1.2.1] a vector that the table has not reads back as none', () => {
    const registers = common(live().subject);
    registers.write('config_msix_vector', 3);
    registers.write('queue_msix_vector', 3);
    expect(registers.read('config_msix_vector')).toBe(VIRTIO_MSI_NO_VECTOR);
    expect(registers.read('queue_msix_vector')).toBe(VIRTIO_MSI_NO_VECTOR);
  });

  test('[4.1.5.3.1] a queue without a vector interrupts nobody', () => {
    const { subject, took, serve } = live();
    subject.port.setStatus(subject.live);
    serve();
    expect(took()).toEqual([0, 0, 0]);
    expect((pciConfigRead(subject.port.machine, 6, 2) >> 3) & 1).toBe(0);
  });

  test('[4.1.5.4] one interrupt may tell of a used buffer and of a new configuration', () => {
    const subject = open();
    const ring = subject.start();
    const { port } = subject;
    const interruptStatus = () => (pciConfigRead(port.machine, 6, 2) >> 3) & 1;
    port.device.notifyConfig();
    ring.offer(subject.request().pieces);
    port.notify(0);
    expect(interruptStatus()).toBe(1);
    expect(port.told()).toEqual({ used: true, config: true });
    expect(interruptStatus()).toBe(0);
  });

  test('[4.1.5.4] a change goes to its vector, and not to the pin', () => {
    const { subject, took } = live();
    common(subject).write('config_msix_vector', 1);
    subject.port.setStatus(subject.live);
    subject.port.device.notifyConfig();
    expect(took()).toEqual([0, 2, 0]);
    expect((pciConfigRead(subject.port.machine, 6, 2) >> 3) & 1).toBe(0);
  });

  test('[4.1.5.4.1] configuration changes without a vector interrupt nobody', () => {
    const { subject, took } = live();
    subject.port.setStatus(subject.live);
    subject.port.device.notifyConfig();
    expect(took()).toEqual([0, 0, 0]);
    expect((pciConfigRead(subject.port.machine, 6, 2) >> 3) & 1).toBe(0);
  });
});
