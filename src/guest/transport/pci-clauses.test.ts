import { describe, expect, it } from 'vitest';
import { DEVICE_CONFIG } from '../../spec/regions.ts';
import { STATUS, VIRTIO_F } from '../../spec/virtio.ts';
import {
  VIRTIO_PCI_CAP_LAYOUT as CAP,
  VIRTIO_PCI_CAP,
  VIRTIO_PCI_COMMON,
} from '../../spec/virtio-pci.ts';
import {
  answerReads,
  guestOf,
  layOver,
  openGuest,
  type Touch,
  touched,
  touches,
} from '../../testing/clauses/driver-rig.ts';
import type { TransportName } from '../../testing/transports.ts';
import { VirtioPciCapability } from '../bus/pci-capabilities.ts';
import type { PciFunction } from '../bus/pci-function.ts';
import { VirtioBlk } from '../drivers/virtio-blk.ts';
import { VirtioDriver } from '../drivers/virtio-driver.ts';
import { VirtioPci } from './virtio-pci.ts';
import { virtioDeviceId } from './virtio-pci-base.ts';
import type { VirtioTransport } from './virtio-transport.ts';

const ALL: readonly TransportName[] = [
  'pci-modern on pc',
  'pci behind a root port of q35',
  'pci on virt',
];
const CAP_VENDOR = 9;
const POINTER = 0x34;
/** A place in configuration space where QEMU puts nothing. */
const FREE = 0xe0;

/** Four bytes of a number. */
const word = (value: number) => [0, 8, 16, 24].map((shift) => (value >>> shift) & 0xff);

/** Every step that the library has for a disk, one after another. */
function wholeLife(virtio: ReturnType<typeof openGuest>['virtio'], msix = false): VirtioBlk {
  const options = { ringReset: true, indirect: true, eventIdx: true, msix };
  const disk = virtio.probe(VirtioBlk, 0, options);
  disk.read(1);
  disk.write(2, 'a text');
  disk.flush();
  expect(disk.getId()).toHaveLength(0);
  const { transport } = disk;
  expect(transport.queueCount).toBe(1);
  transport.config(DEVICE_CONFIG[2]?.capacity ?? { offset: 0, width: 8 });
  disk.queue.reset();
  transport.queue(0, { size: 8 });
  transport.reset();
  const again = virtio.probe(VirtioBlk, 0, options);
  again.read(3);
  return again;
}

/** A function whose configuration space is memory, and ways to show other bytes in it. */
function forged() {
  const { hal, virtio, pci, during } = openGuest('pci on virt');
  const { at } = pci.find({ vendor: 0x1af4 });
  const base = (hal.platform.pci?.ecam?.base ?? 0) + (at.slot << 15) + (at.fn << 12);
  const shown = new Map<number, number>();
  const show = (offset: number, bytes: readonly number[]) => {
    for (const [i, byte] of bytes.entries()) shown.set(base + offset + i, byte);
  };
  const byte = (offset: number) => hal.read('memory', base + offset, 1);
  /** Places of the capabilities, in the order of the list. */
  const list = () => {
    const places: number[] = [];
    for (let place = byte(POINTER); place !== 0; place = byte(place + 1)) places.push(place);
    return places;
  };
  layOver(hal, shown);
  return {
    ...{ hal, virtio, pci, during, show, byte, list },
    /** Puts a capability in front of the list, or behind it. */
    insert(where: 'front' | 'end', [type, bar]: readonly number[], rest: readonly number[]) {
      const next = where === 'front' ? byte(POINTER) : 0;
      const from = where === 'front' ? POINTER : (list().at(-1) ?? 0) + 1;
      show(from, [FREE]);
      show(FREE, [CAP_VENDOR, next, 8 + rest.length, type ?? 0, bar ?? 0, 0, 0, 0, ...rest]);
    },
  };
}

describe('a driver’s match', () => {
  it('[4.1.2.2] is the vendor ID with every device ID from 0x1041 to 0x107f, and every transitional one', () => {
    const found = new Map<number, number>();
    for (let deviceId = 0; deviceId < 0x1_0000; deviceId++) {
      const id = virtioDeviceId({ vendorId: 0x1af4, deviceId });
      if (id !== 0) found.set(deviceId, id);
    }
    const modern = Array.from({ length: 0x3f }, (_, i) => [0x1041 + i, i + 1] as const);
    const transitional = [1, 2, 5, 3, 8, 4].map((id, i) => [0x1000 + i, id] as const);
    expect(found).toEqual(new Map([...transitional, [0x1009, 9], ...modern]));
    expect(virtioDeviceId({ vendorId: 0x1af5, deviceId: 0x1042 })).toBe(0);
  });

  it('[4.1.2.2] is one whatever the revision and the subsystem', () => {
    for (const [revision, subsystem] of [
      [0, 0x1af4_0002],
      [1, 0xffff_0000],
      [0xff, 0x0000_0001],
    ] as const) {
      const { virtio, show } = forged();
      show(0x08, [revision]);
      show(0x2c, word(subsystem));
      expect(virtio.probe(VirtioBlk).read(1)).toHaveLength(512);
    }
  });
});

describe('the driver of a PCI function', () => {
  it.each(ALL)('[4.1.3.1] accesses each register in its own width, aligned: %s', (name) => {
    const { virtio, since } = openGuest(name);
    wholeLife(virtio);
    const seen = touches(since()).filter(({ region }) =>
      ['virtio-pci-common', 'virtio-pci-isr', 'virtio-pci-device'].includes(region ?? ''),
    );
    const isRight = ({ size, region, offset, name: register }: Touch) => {
      if (region === 'virtio-pci-isr') return size === 1;
      if (offset % size !== 0) return false;
      if (region === 'virtio-pci-common')
        return size === VIRTIO_PCI_COMMON[register as keyof typeof VIRTIO_PCI_COMMON]?.width;
      return size === Math.min(4, DEVICE_CONFIG[2]?.[register]?.width ?? 0);
    };
    expect(seen.filter((touch) => !isRight(touch))).toEqual([]);
    expect(new Set(seen.map(({ region }) => region)).size).toBe(3);
  });

  it('[4.1.3.1] reads an array of bytes byte by byte, and 64 bits as two of 32', () => {
    /** A driver that only looks at the address of its card. */
    class Nic extends VirtioDriver {
      static readonly deviceId = 1;
      readonly mac: number;

      constructor(transport: VirtioTransport) {
        super(transport, [5]);
        this.mac = transport.config({ offset: 0, width: 6 });
      }
    }
    const nic = '-device virtio-net-pci,mac=52:54:00:12:34:56,disable-legacy=on';
    const { virtio, since, during } = guestOf(`-M pc -m 64 -nodefaults ${nic}`);
    expect(virtio.probe(Nic).mac).toBe(0x5634_1200_5452);
    const sizes = (seen: readonly Touch[]) =>
      seen
        .filter(({ region }) => region === 'virtio-pci-device')
        .map(({ offset, size }) => [offset, size]);
    expect(sizes(touches(since()))).toEqual([0, 1, 2, 3, 4, 5].map((offset) => [offset, 1]));
    const device = virtio.find(1).open();
    const halves = touches(during(() => device.config({ offset: 0, width: 8 })));
    expect(sizes(halves)).toEqual([
      [0, 4],
      [4, 4],
    ]);
  });
});

describe('the driver of a list of capabilities', () => {
  /** Offset and length that no BAR has. */
  const nowhere = [...word(0xffff_f000), ...word(0x1000)];

  it.each([
    ['a reserved cfg_type', 6, 4],
    ['another reserved cfg_type', 0xff, 4],
    ['bar 6', VIRTIO_PCI_CAP.COMMON_CFG, 6],
    ['bar 255', VIRTIO_PCI_CAP.COMMON_CFG, 0xff],
  ])('[4.1.4.1] ignores one with %s', (_, type, bar) => {
    const { virtio, insert, pci } = forged();
    insert('front', [type, bar], nowhere);
    const [first] = pci.find({ vendor: 0x1af4 }).capabilities();
    expect(first?.at).toBe(FREE);
    // The fields of a type that nobody knows may be anything.
    expect(first instanceof VirtioPciCapability).toBe(type === VIRTIO_PCI_CAP.COMMON_CFG);
    expect(virtio.probe(VirtioBlk).read(1)).toHaveLength(512);
  });

  it.each(['COMMON_CFG', 'NOTIFY_CFG', 'ISR_CFG', 'DEVICE_CFG'] as const)(
    '[4.1.4.1] uses the first structure that is a %s',
    (type) => {
      const far = 0xffff_f000;
      const another = (where: 'front' | 'end') => {
        const { virtio, pci, insert, during } = forged();
        insert(where, [VIRTIO_PCI_CAP[type], 4], [...nowhere, ...word(4)]);
        const seen = touches(
          during(() => {
            try {
              wholeLife(virtio);
            } catch (error) {
              // A driver that is led astray may come to no good end.
              if (where === 'end') throw error;
            }
          }),
        );
        const bar = pci
          .find({ vendor: 0x1af4 })
          .enable()
          .bars.find(({ index }) => index === 4);
        const from = (bar?.addr ?? 0) + far;
        return seen.filter(({ addr }) => addr >= from && addr < from + 0x1000).length;
      };
      expect(another('end')).toBe(0);
      expect(another('front')).toBeGreaterThan(0);
    },
  );

  it('[4.1.4.1] takes capabilities and structures that are longer than it knows', () => {
    const { virtio, show, byte, list } = forged();
    const own = list().filter((place) => byte(place) === CAP_VENDOR);
    for (const place of own) {
      show(place + CAP.cap_len, [0x80]);
      show(place + CAP.length, word(0xffff_ffff));
    }
    expect(own).toHaveLength(5);
    expect(virtio.probe(VirtioBlk).read(1)).toHaveLength(512);
  });

  it.each(ALL)(
    '[4.1.4.1, 4.1.4.9.2] writes none, and leaves the window on BARs alone: %s',
    (name) => {
      const { virtio, pci, since } = openGuest(name);
      wholeLife(virtio, true);
      const fn = pci.find({ vendor: 0x1af4 });
      const virtios = fn.capabilities().filter(({ id }) => id === CAP_VENDOR);
      const window = virtios.find(
        (cap) => cap instanceof VirtioPciCapability && cap.cfgType === VIRTIO_PCI_CAP.PCI_CFG,
      );
      const seen = configTouches(touches(since()), fn);
      const meets = (at: number, length: number, { offset, size }: Touch) =>
        offset < at + length && offset + size > at;
      const written = seen.filter(
        (touch) =>
          touch.write && virtios.some(({ at }) => meets(at, fn.config8(at + CAP.cap_len), touch)),
      );
      expect(written).toEqual([]);
      // Without a place to look at, pci_cfg_data is not to be read either.
      expect(window).toBeDefined();
      expect(seen.filter((touch) => meets((window?.at ?? 0) + CAP.extra, 4, touch))).toEqual([]);
      // It did look at what the capabilities say.
      expect(seen.some((touch) => meets(virtios[0]?.at ?? 0, 16, touch))).toBe(true);
    },
  );

  it('[4.1.4.8.2] looks at whose vendor data are, and at nothing else of them', () => {
    const { virtio, insert, pci, during } = forged();
    // What would be BAR, offset and length elsewhere is the vendor's own here.
    insert('front', [VIRTIO_PCI_CAP.VENDOR_CFG, 0x86], nowhere);
    const events = during(() => wholeLife(virtio));
    const fn = pci.find({ vendor: 0x1af4 });
    const seen = configTouches(touches(events), fn).filter(
      ({ offset }) => offset >= FREE && offset < FREE + 16,
    );
    expect(seen.map(({ offset, size, write }) => [offset - FREE, size, write])).toEqual([
      [0, 4, false],
      [4, 2, false],
    ]);
    expect(`${fn.capabilities()[0]}`).toBe('0xe0: VENDOR_CFG of vendor 0x0086');
  });
});

describe('the driver of the common configuration', () => {
  /** Accesses to the common configuration while `run` runs. */
  const common = (seen: readonly Touch[]) =>
    seen.filter(({ region }) => region === 'virtio-pci-common');

  it.each(ALL)('[4.1.4.3.2] writes no register that it may only read: %s', (name) => {
    const { virtio, since } = openGuest(name);
    wholeLife(virtio, true);
    const written = new Set(
      common(touches(since())).flatMap(({ write, name: register }) => (write ? [register] : [])),
    );
    const allowed = Object.entries(VIRTIO_PCI_COMMON).filter(([, { access }]) => access === 'RW');
    // A whole life writes each of the others.
    expect([...written].sort()).toEqual(allowed.map(([register]) => register).sort());
  });

  it('[4.1.4.3.2] writes no queue size but powers of two, of a packed queue any but 0', () => {
    for (const [features, sizes] of [
      [[], { good: [1, 2, 256], bad: [0, 3, 6, 255, 512, -2, 1.5] }],
      [[VIRTIO_F.VIRTIO_F_RING_PACKED], { good: [1, 3, 255], bad: [0, 257, -2, 1.5] }],
    ] as const) {
      const { virtio, since } = openGuest('pci-modern on pc', '-global virtio-blk-pci.packed=on');
      const device = virtio.find(2).open();
      for (const size of [...sizes.good, ...sizes.bad]) {
        device.reset();
        device.negotiate(features);
        const queue = () => device.queue(0, { size });
        if ((sizes.good as readonly number[]).includes(size)) queue();
        else expect(queue).toThrow(RangeError);
      }
      const written = common(touches(since())).filter(
        ({ write, name }) => write && name === 'queue_size',
      );
      expect(written.map(({ value }) => value)).toEqual(sizes.good);
    }
  });

  it.each([false, true])(
    '[4.1.4.3.2] writes everything of a queue before it enables it, and never 0 into queue_enable: msix %s',
    (msix) => {
      const { virtio, since } = openGuest('pci-modern on pc');
      wholeLife(virtio, msix);
      const seen = common(touches(since())).filter(({ write }) => write);
      const values = seen.filter(({ name }) => name === 'queue_enable').map(({ value }) => value);
      expect(values).toEqual([1, 1, 1]);
      const needed = ['queue_size', 'queue_desc_lo', 'queue_driver_lo', 'queue_device_lo'];
      if (msix) needed.push('queue_msix_vector');
      let since0: string[] = [];
      for (const { name } of seen) {
        if (name === 'queue_select') since0 = [];
        else if (name === 'queue_enable') {
          expect(since0).toEqual(expect.arrayContaining(needed));
          since0 = ['enabled'];
        } else {
          expect(since0.includes('enabled') && name.startsWith('queue_')).toBe(false);
          since0.push(name);
        }
      }
    },
  );

  it('[4.1.4.3.2] goes on after a reset when device_status reads 0, and not before', () => {
    const { hal, virtio, during } = openGuest('pci-modern on pc');
    const device = virtio.find(2).open();
    const at = registerAddress(device, 'device_status');
    let slow = 3;
    answerReads(hal, (said, _space, addr) => (addr === at && said === 0 && slow-- > 0 ? 4 : said));
    device.status = STATUS.ACKNOWLEDGE;
    expect(touched(during(() => device.reset()))).toEqual([
      'device_status=0',
      ...Array.from({ length: 4 }, () => 'device_status?'),
    ]);
    slow = Number.POSITIVE_INFINITY;
    expect(() => new VirtioBlk(device)).toThrow('does not finish its reset');
  });

  it('[4.1.4.3.2] takes a queue for reset when queue_reset reads 0, and not before', () => {
    const { hal, virtio, during } = openGuest('pci-modern on pc');
    const { queue, transport } = virtio.probe(VirtioBlk, 0, { ringReset: true });
    const at = registerAddress(transport, 'queue_reset');
    let slow = 2;
    answerReads(hal, (said, _space, addr) => (addr === at && slow-- > 0 ? 1 : said));
    const steps = touched(during(() => queue.reset()));
    expect(steps.slice(0, 2)).toEqual(['queue_select=0', 'queue_reset=1']);
    expect(steps.filter((step) => step === 'queue_reset?')).toHaveLength(3);
    const again = transport.queue(0);
    slow = Number.POSITIVE_INFINITY;
    expect(() => again.reset()).toThrow('does not reset queue 0');
  });
});

/** Accesses to configuration space of `fn`, with their offset in it, through ports or a window. */
function configTouches(seen: readonly Touch[], { at }: PciFunction): Touch[] {
  const place = (at.bus << 16) | (at.slot << 11) | (at.fn << 8);
  let selected = 0;
  return seen.flatMap((touch) => {
    const { region, name, offset, value, addr } = touch;
    if (name === 'CONFIG_ADDRESS') selected = value & 0x7fff_ffff;
    if (name === 'CONFIG_DATA' && (selected & ~0xff) === place)
      return [{ ...touch, offset: (selected & 0xfc) + (addr & 3) }];
    if (region === 'pci-ecam' && offset >>> 12 === place >>> 8)
      return [{ ...touch, offset: offset & 0xfff }];
    return [];
  });
}

/** Address of a register of the common configuration. */
function registerAddress(device: VirtioTransport, name: keyof typeof VIRTIO_PCI_COMMON): number {
  if (!(device instanceof VirtioPci)) throw new Error('no modern PCI device');
  const fn = device.function;
  for (const cap of fn.capabilities())
    if (cap instanceof VirtioPciCapability && cap.cfgType === VIRTIO_PCI_CAP.COMMON_CFG) {
      const bar = fn.bars.find(({ index }) => index === cap.bar);
      return (bar?.addr ?? 0) + cap.offset + VIRTIO_PCI_COMMON[name].offset;
    }
  throw new Error('no common configuration');
}
