import { describe, expect, it } from 'vitest';
import { QtestClient } from '../../testing/qtest-client.ts';

/** What QEMU's libqos does, step by step and in its words: how its tests start, find a device and talk to it. */

const VIRTIO = 0x1af4;
const FEATURES_WITHOUT = (bits: readonly number[], offered: number) =>
  bits.reduce((left, bit) => (left & ~(1 << bit)) >>> 0, offered);
/** VIRTIO_RING_F_INDIRECT_DESC, VIRTIO_RING_F_EVENT_IDX, and a bit that no driver may take. */
const UNWANTED = [28, 29, 30];

/** The PC's PCI bus, through the two ports. */
class PcPci {
  readonly client: QtestClient;
  #ports = 0xc000;
  #memory = 0xe000_0000;

  constructor(client: QtestClient) {
    this.client = client;
  }

  read(devfn: number, offset: number, size: 'b' | 'w' | 'l'): number {
    this.client.put('outl', 0xcf8, 2 ** 31 + devfn * 256 + offset);
    return this.client.get(`in${size}`, 0xcfc);
  }

  write(devfn: number, offset: number, size: 'b' | 'w' | 'l', value: number): void {
    this.client.put('outl', 0xcf8, 2 ** 31 + devfn * 256 + offset);
    this.client.put(`out${size}`, 0xcfc, value);
  }

  /** Measures a BAR and gives it a place. */
  map(devfn: number, bar: number): { addr: number; isPort: boolean } {
    const at = 0x10 + 4 * bar;
    this.write(devfn, at, 'l', 0xffff_ffff);
    const mask = this.read(devfn, at, 'l');
    const isPort = (mask & 1) === 1;
    const size = (~(mask & ~15) + 1) >>> 0;
    const free = isPort ? this.#ports : this.#memory;
    const addr = Math.ceil(free / size) * size;
    if (isPort) this.#ports = addr + size;
    else this.#memory = addr + size;
    this.write(devfn, at, 'l', addr + (isPort ? 1 : 0));
    return { addr, isPort };
  }

  capability(devfn: number, id: number): number {
    let at = this.read(devfn, 0x34, 'b');
    while (at !== 0 && this.read(devfn, at, 'b') !== id) at = this.read(devfn, at + 1, 'b');
    return at;
  }
}

/** A split ring of three descriptors a request, written the way libqos writes it. */
class Ring {
  readonly base: number;
  readonly size: number;
  readonly #client: QtestClient;
  readonly #align: number;
  #index = 0;

  constructor(client: QtestClient, base: number, size: number, align: number) {
    this.#client = client;
    this.base = base;
    this.size = size;
    this.#align = align;
    for (let i = 0; i < size - 1; i++) client.put('writew', base + 16 * i + 14, i + 1);
    client.put('writew', this.#avail, 0);
    client.put('writew', this.#avail + 2, 0);
  }

  get #avail(): number {
    return this.base + 16 * this.size;
  }

  get used(): number {
    const end = this.#avail + 4 + 2 * this.size + 2;
    return Math.ceil(end / this.#align) * this.#align;
  }

  /** Makes buffers available: address, length, whether the device writes. */
  add(buffers: readonly (readonly [addr: number, length: number, write: boolean])[]): void {
    for (const [i, [addr, length, write]] of buffers.entries()) {
      const at = this.base + 16 * i;
      this.#client.put('writeq', at, addr);
      this.#client.put('writel', at + 8, length);
      const next = i < buffers.length - 1 ? 1 : 0;
      this.#client.put('writew', at + 12, next + (write ? 2 : 0));
      this.#client.put('writew', at + 14, i + 1);
    }
    this.#client.put('writew', this.#avail + 4 + 2 * (this.#index % this.size), 0);
    this.#client.put('writew', this.#avail + 2, ++this.#index);
  }

  /** Whether all that was made available is used. */
  get done(): boolean {
    return this.#client.get('readw', this.used + 2) === this.#index;
  }
}

/** Writes a sector and reads it back through requests of three descriptors. */
function writeAndRead(client: QtestClient, ring: Ring, kick: () => void): void {
  const [header, data, status] = [0x20_0000, 0x20_0010, 0x20_0210].map(
    (at) => at + ring.base - (ring.base % 0x10_0000),
  ) as [number, number, number];
  const text = new TextEncoder().encode('TEST');
  for (const type of [1, 0]) {
    client.write(header, new Uint8Array(new Uint32Array([type, 1, 0, 0]).buffer));
    if (type === 1) client.write(data, text);
    else client.command(`memset 0x${data.toString(16)} 512 0`);
    client.put('writeb', status, 0xff);
    ring.add([
      [header, 16, false],
      [data, 512, type === 0],
      [status, 1, true],
    ]);
    kick();
    expect(ring.done).toBe(true);
    expect(client.get('readb', status)).toBe(0);
  }
  expect(client.read(data, 4)).toEqual(text);
}

const DRIVE = '-drive if=none,id=drive0,file=img/disk.raw,format=raw,auto-read-only=off';

it('finds out which machines and devices there are', () => {
  for (const [program, machine] of [
    ['qemu-system-x86_64', 'pc'],
    ['qemu-system-aarch64', 'virt'],
    ['qemu-system-arm', 'virt'],
  ]) {
    const client = new QtestClient(`${program} -machine none`);
    const machines = client.qmp('query-machines') as Record<string, unknown>[];
    const found = machines.find(({ alias }) => alias === machine) ?? {};
    const wanted = ['name', 'cpu-max', 'hotpluggable-cpus', 'numa-mem-supported', 'deprecated'];
    const more = ['alias', 'is-default', 'default-cpu-type', 'default-ram-id'];
    expect(Object.keys(found)).toEqual(expect.arrayContaining(wanted));
    expect([...wanted, ...more]).toEqual(expect.arrayContaining(Object.keys(found)));
    const types = client.qmp('qom-list-types', { implements: 'device', abstract: true });
    const names = (types as { name: string }[]).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['virtio-blk-pci', 'virtio-blk-device']));
  }
});

describe('pc', () => {
  const DEVFN = 4 << 3;

  /** Enables the device at 04.0, and maps its port BAR. */
  function legacyDevice(client: QtestClient) {
    const pci = new PcPci(client);
    expect(pci.read(DEVFN, 0, 'w')).toBe(VIRTIO);
    expect(pci.read(6 << 3, 0, 'w')).toBe(0xffff);
    pci.write(DEVFN, 4, 'w', pci.read(DEVFN, 4, 'w') | 7);
    expect(pci.read(DEVFN, 4, 'w') & 7).toBe(7);
    const bar = pci.map(DEVFN, 0);
    expect(bar.isPort).toBe(true);
    for (const status of [0, 1, 3]) {
      client.put('outb', bar.addr + 18, status);
      expect(client.get('inb', bar.addr + 18)).toBe(status);
    }
    const features = FEATURES_WITHOUT(UNWANTED, client.get('inl', bar.addr));
    client.put('outl', bar.addr + 4, features);
    expect(client.get('inl', bar.addr + 4)).toBe(features);
    return { pci, ports: bar.addr };
  }

  function legacyQueue(client: QtestClient, ports: number, base: number): Ring {
    client.put('outb', ports + 14, 0);
    const ring = new Ring(client, base, client.get('inw', ports + 12), 4096);
    client.put('outl', ports + 8, base / 4096);
    return ring;
  }

  it('says how much RAM there is', () => {
    const client = new QtestClient('-M pc -m 96');
    client.put('outw', 0x510, 3);
    const bytes = Array.from({ length: 8 }, () => client.get('inb', 0x511));
    expect(bytes).toEqual([0, 0, 0, 6, 0, 0, 0, 0]);
  });

  it('serves a legacy disk, and tells of its new size', () => {
    const client = new QtestClient(
      `-M pc ${DRIVE} -device virtio-blk-pci,id=drv0,drive=drive0,addr=4.0`,
    );
    const { ports } = legacyDevice(client);
    const ring = legacyQueue(client, ports, 0x10_0000);
    client.put('outb', ports + 18, 7);
    writeAndRead(client, ring, () => client.put('outw', ports + 16, 0));
    expect(client.get('inb', ports + 19) & 1).toBe(1);
    expect(client.get('inl', ports + 20)).toBe(2048);
    client.qmp('block_resize', { device: 'drive0', size: 2 ** 19 });
    client.command('clock_step 100');
    expect(client.get('inb', ports + 19) & 2).toBe(2);
    expect(client.get('inl', ports + 20)).toBe(1024);
  });

  it('sends messages where the driver wants them', () => {
    const client = new QtestClient(
      `-M pc ${DRIVE} -device virtio-blk-pci,id=drv0,drive=drive0,addr=4.0`,
    );
    const { pci, ports } = legacyDevice(client);
    const at = pci.capability(DEVFN, 0x11);
    pci.write(DEVFN, at + 2, 'w', pci.read(DEVFN, at + 2, 'w') | 0x8000);
    const table = pci.map(DEVFN, pci.read(DEVFN, at + 4, 'l') & 7).addr;
    const message = 0x30_0000;
    for (const [offset, value] of [
      [16, message],
      [20, 0],
      [24, 0x1234_5678],
      [28, 0],
    ] as const)
      client.write(table + offset, new Uint8Array(new Uint32Array([value]).buffer));
    // With MSI-X enabled the vectors stand in front of the configuration.
    const ring = legacyQueue(client, ports, 0x10_0000);
    client.put('outw', ports + 22, 1);
    expect(client.get('inw', ports + 22)).toBe(1);
    client.put('outb', ports + 18, 7);
    writeAndRead(client, ring, () => client.put('outw', ports + 16, 0));
    expect(client.get('readl', message)).toBe(0x1234_5678);
  });

  it('lets a device go when the guest ejects it', () => {
    const client = new QtestClient('-M pc -device virtio-net-pci,addr=4.0');
    client.qmp('device_add', { driver: 'virtio-rng-pci', id: 'rng1', addr: '6' });
    client.qmp('device_del', { id: 'rng1' });
    expect(client.takeEvent('DEVICE_DELETED')).toBeUndefined();
    client.put('outl', 0xae08, 1 << 6);
    expect(client.takeEvent('DEVICE_DELETED')).toMatchObject({
      data: { path: '/machine/peripheral/rng1/virtio-backend' },
    });
    expect(client.takeEvent('DEVICE_DELETED')).toMatchObject({ data: { device: 'rng1' } });
  });

  it('takes a disk along that a reset lets go of', () => {
    const client = new QtestClient(
      '-M pc -drive if=none,id=drive0,file=null-co://,file.read-zeroes=on,format=raw -device virtio-blk-pci,drive=drive0,id=dev0',
    );
    const drives = () =>
      (client.qmp('query-block') as { device: string }[]).map(({ device }) => device);
    expect(drives()).toContain('drive0');
    client.qmp('device_del', { id: 'dev0' });
    client.qmp('system_reset');
    expect(client.takeEvent('DEVICE_DELETED')).toBeDefined();
    expect(drives()).not.toContain('drive0');
    const added = client.qmp('human-monitor-command', {
      'command-line': 'drive_add 0 if=none,id=drive0',
    });
    expect(added).toBe('OK\r\n');
  });

  it('deletes a drive under its device', () => {
    const client = new QtestClient(
      '-M pc -drive if=none,id=drive0,file=null-co://,file.read-zeroes=on,format=raw -device virtio-scsi-pci -device scsi-hd,drive=drive0,id=dev0',
    );
    const line = (text: string) => client.qmp('human-monitor-command', { 'command-line': text });
    expect(line('drive_del drive0')).toBe('');
    expect(client.qmp('query-block')).toContainEqual(
      expect.objectContaining({ device: '', qdev: 'dev0', removable: false }),
    );
    client.qmp('device_del', { id: 'dev0' });
    expect(client.takeEvent('DEVICE_DELETED')).toMatchObject({ data: { device: 'dev0' } });
    expect(line('drive_del drive0')).toBe("Device 'drive0' not found\r\n");
  });

  it('keeps a block node that its device leaves', () => {
    const client = new QtestClient('-machine pc');
    client.qmp('blockdev-add', {
      driver: 'raw',
      'node-name': 'drive0',
      file: { driver: 'null-co', 'read-zeroes': true },
    });
    client.qmp('device_add', { driver: 'virtio-blk-pci', drive: 'drive0', id: 'dev0' });
    client.qmp('device_del', { id: 'dev0' });
    client.qmp('system_reset');
    expect(client.takeEvent('DEVICE_DELETED')).toBeDefined();
    expect(client.qmp('query-named-block-nodes')).toContainEqual(
      expect.objectContaining({ 'node-name': 'drive0', drv: 'raw' }),
    );
  });
});

describe.each(['arm', 'aarch64'])('virt of %s', (arch) => {
  it('serves the disk of the last legacy transport, whose pages are of 512 bytes', () => {
    const client = new QtestClient(
      `qemu-system-${arch} -M virt ${DRIVE} -device virtio-blk-device,drive=drive0`,
    );
    const base = 0x0a00_3e00;
    expect(client.get('readl', base)).toBe(0x7472_6976);
    expect(client.get('readl', base + 4)).toBe(1);
    expect(client.get('readl', base + 8)).toBe(2);
    client.put('writel', base + 0x28, 512);
    for (const status of [0, 1, 3]) client.put('writel', base + 0x70, status);
    client.put('writel', base + 0x14, 0);
    client.put('writel', base + 0x24, 0);
    client.put('writel', base + 0x20, FEATURES_WITHOUT(UNWANTED, client.get('readl', base + 0x10)));
    client.put('writel', base + 0x30, 0);
    expect(client.get('readl', base + 0x40)).toBe(0);
    client.put('writel', base + 0x3c, 512);
    const size = client.get('readl', base + 0x34);
    client.put('writel', base + 0x38, size);
    const ring = new Ring(client, 0x4010_0000, size, 512);
    client.put('writel', base + 0x40, 0x4010_0000 / 512);
    client.put('writel', base + 0x70, 7);
    writeAndRead(client, ring, () => client.put('writel', base + 0x50, 0));
    expect(client.get('readl', base + 0x60)).toBe(1);
    client.put('writel', base + 0x64, 1);
    expect(client.get('readl', base + 0x60)).toBe(0);
    expect(client.get('readl', base + 0x100)).toBe(2048);
  });
});

it('virt of aarch64 has its functions in ECAM, far above 4 GiB', () => {
  const client = new QtestClient(
    `qemu-system-aarch64 -M virt ${DRIVE} -device virtio-blk-pci,id=drv0,drive=drive0,addr=4.0`,
  );
  const at = 0x40_1000_0000 + ((4 << 3) << 12);
  expect([...client.read(at, 4)]).toEqual([0xf4, 0x1a, 0x01, 0x10]);
  expect([...client.read(0x40_1000_0000 + ((5 << 3) << 12), 2)]).toEqual([0xff, 0xff]);
});
