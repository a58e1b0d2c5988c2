import { describe, expect, it } from 'vitest';
import { MACHINES } from '../lessons/machines.ts';
import { REGION_INDEX } from '../spec/regions.ts';
import { sectionTitle } from '../spec/sections.ts';
import { VIRTIO_MMIO } from '../spec/virtio-mmio.ts';
import { VIRTIO_PCI_COMMON as COMMON } from '../spec/virtio-pci.ts';
import { DirectGuest } from '../testing/direct-guest.ts';
import { ccwCommand } from './ccw-view.ts';
import { Folder } from './fold/folder.ts';
import type { RegisterMoment } from './fold/moment.ts';
import { msixEnabled, pciConfigView } from './pci-config-view.ts';
import { configStart, registerNamed, registerWords } from './register-words.ts';

const DISK = '-drive if=none,id=d0,file=hello.img,format=raw';

function run(line: string, msix = false) {
  const guest = new DirectGuest(line);
  const script = `import { virtio, VirtioBlk } from 'guest';
virtio.probe(VirtioBlk, 0, ${JSON.stringify({ msix })}).read(1);`;
  expect(guest.run(script)).toEqual({ kind: 'ended' });
  const events = guest.events();
  const folder = new Folder(guest.store);
  const moment = folder.momentAt(events.length);
  const registers: RegisterMoment[] = [];
  for (const device of moment.devices.values()) registers.push(...device.registers.values());
  return { guest, events, folder, registers };
}

const CONTEXT = { virtioId: 2, queues: ['requestq0'], msix: false };

describe('configuration space of a PCI function', () => {
  it.each([
    ['ports', `-M pc -m 64 ${DISK} -device virtio-blk-pci,drive=d0,addr=5`, 5],
    [
      'a window',
      `qemu-system-aarch64 -M virt -cpu cortex-a57 -m 64 ${DISK} -device virtio-blk-pci,drive=d0,addr=5`,
      5,
    ],
  ])('[4.1.4] is read with its capabilities behind %s', (_, line, device) => {
    const { guest, registers } = run(line, true);
    const parts = pciConfigView(registers, { bus: 0, device, function: 0 });
    const [header] = parts;
    const field = (name: string) => header?.fields.find((one) => one.name === name);
    expect(field('VendorID')).toMatchObject({ value: 0x1af4, words: 'virtio' });
    expect(field('DeviceID')?.words).toMatch(/^block, /);
    expect(field('Command')?.words).toContain('MASTER');
    const names = parts.map(({ name }) => name);
    for (const name of ['COMMON_CFG', 'NOTIFY_CFG', 'ISR_CFG', 'DEVICE_CFG'])
      expect(names).toContain(`virtio capability: ${name}`);
    for (const part of parts)
      for (const { name, value, register, offset, width } of part.fields) {
        const event = guest.store.get(register.event);
        expect(['regRead', 'regWrite'], name).toContain(event.kind);
        expect(width).toBeLessThanOrEqual(4);
        expect(offset).toBeGreaterThanOrEqual(part.offset);
        expect(value).toBeLessThan(2 ** (8 * width));
      }
    expect(msixEnabled(parts)).toBe(true);
  });

  it('is unknown where the guest has not looked', () => {
    const { registers } = run(`-M pc -m 64 ${DISK} -device virtio-blk-pci,drive=d0,addr=5`);
    expect(msixEnabled(pciConfigView(registers, { bus: 0, device: 5, function: 0 }))).toBe(false);
    expect(pciConfigView(registers, { bus: 7, device: 5, function: 0 })).toEqual([]);
  });

  it('ends where a list of capabilities leads back into itself', () => {
    const seen = (offset: number, value: number): RegisterMoment => {
      const region = REGION_INDEX['pci-config'];
      return { region, offset, size: 1, value, write: false, event: offset };
    };
    const circle = [
      seen(0x34, 0x40),
      seen(0x40, 5),
      seen(0x41, 0x50),
      seen(0x50, 5),
      seen(0x51, 0x40),
    ];
    const parts = pciConfigView(circle, { bus: 0, device: 0, function: 0 });
    expect(parts.map(({ offset }) => offset)).toEqual([0, 0x40, 0x50]);
  });
});

describe('values of registers in words', () => {
  const common = REGION_INDEX['virtio-pci-common'];
  const words = (name: keyof typeof COMMON, value: number, selected = 0) =>
    registerWords(common, COMMON[name].offset, value, CONTEXT, selected);

  it('[4.1.4.3] of the common configuration', () => {
    expect(words('device_status', 11)).toBe('ACKNOWLEDGE | DRIVER | FEATURES_OK');
    expect(words('device_feature', 1, 1)).toBe('VIRTIO_F_VERSION_1');
    expect(words('device_feature', 2 ** 9)).toBe('VIRTIO_BLK_F_FLUSH');
    expect(words('queue_msix_vector', 0xffff)).toBe('no vector');
    expect(words('queue_select', 0)).toBe('requestq0');
    expect(words('queue_desc_lo', 0x1000)).toBe('');
  });

  it('[4.2.2] of virtio-mmio', () => {
    const mmio = REGION_INDEX['virtio-mmio'];
    expect(registerWords(mmio, VIRTIO_MMIO.Version.offset, 1, CONTEXT)).toBe('legacy');
    expect(registerWords(mmio, VIRTIO_MMIO.DeviceID.offset, 2, CONTEXT)).toBe('block');
    expect(registerNamed(mmio, 0x100, CONTEXT)).toMatchObject({ name: 'capacity', config: true });
  });

  it('[4.1.4.10] where MSI-X moves the legacy configuration', () => {
    const legacy = REGION_INDEX['virtio-pci-legacy'];
    expect(registerNamed(legacy, 0x14, CONTEXT)).toMatchObject({ name: 'capacity', config: true });
    const msix = { ...CONTEXT, msix: true };
    expect(configStart(legacy, msix)).toBe(0x18);
    expect(registerNamed(legacy, 0x16, msix)).toMatchObject({ name: 'queue_msix_vector' });
    expect(registerNamed(legacy, 0x1c, msix)).toMatchObject({ name: 'capacity', within: 4 });
  });

  it('of the MSI-X table', () => {
    const table = REGION_INDEX['msix-table'];
    expect(registerNamed(table, 0x1c, CONTEXT)?.name).toBe('[1].VectorControl');
    expect(registerWords(table, 0x1c, 1, CONTEXT)).toBe('masked');
  });

  it('name every register that a guest touched', () => {
    for (const { id, commandLine } of MACHINES.filter(({ id }) => id !== 'pc-scsi')) {
      const { registers } = run(commandLine);
      const nameless = registers.filter(({ region, offset }) => {
        const space = region === REGION_INDEX['pci-config'] || region === REGION_INDEX['pci-ecam'];
        return !space && !registerNamed(region, offset, CONTEXT);
      });
      expect(nameless, id).toEqual([]);
    }
  });
});

describe('channel commands', () => {
  it('[4.3.2] are read with what they carried, either way', () => {
    const line = MACHINES.find(({ id }) => id === 's390-ccw')?.commandLine as string;
    const { guest, events, folder } = run(line);
    const commands = events.flatMap((_, i) => {
      const at = (count: number) => folder.momentAt(count);
      return ccwCommand(guest.store, i, events.length, 2, at) ?? [];
    });
    const named = (name: string) => commands.filter((command) => command.name === name);
    const value = (name: string, field: string) =>
      named(name)
        .at(-1)
        ?.fields.find((one) => one.name === field)?.value;
    expect(value('WRITE_STATUS', 'status')).toContain('DRIVER_OK');
    expect(value('READ_VQ_CONF', 'max_queue_size')).toBe('256');
    const moment = folder.momentAt(events.length);
    const queue = [...moment.queues.values()].find(({ popped }) => popped > 0);
    expect(Number(value('SET_VQ', 'desc'))).toBe(queue?.desc);
    expect(Number(value('SET_VQ', 'size'))).toBe(queue?.size);
    const offered = named('READ_FEAT').flatMap(({ fields }) => fields[0]?.value.split(' ') ?? []);
    expect(offered).toContain('VIRTIO_F_VERSION_1');
    for (const { section } of commands) expect(sectionTitle(section)).toBeDefined();
  });

  it('shows nothing that comes later', () => {
    const line = MACHINES.find(({ id }) => id === 's390-ccw')?.commandLine as string;
    const { guest, events, folder } = run(line);
    const index = events.findIndex((event) => event.kind === 'ccw' && event.command === 0x32);
    const asked: number[] = [];
    ccwCommand(guest.store, index, index + 1, 2, (at) => {
      asked.push(at);
      return folder.momentAt(at);
    });
    expect(asked).toEqual([index + 1]);
  });
});
