import { describe, expect, test } from 'vitest';
import type { DeviceType } from '../protocol/messages.ts';
import { buildLine, machineOf } from '../testing/built-machine.ts';
import type { MachineDocument } from './document.ts';
import { optionIdOf } from './entries.ts';
import { keepPlaces } from './keep-places.ts';
import { lineOf, readDocument } from './read.ts';
import { Tree } from './tree.ts';
import {
  deleteNodes,
  link,
  move,
  type PlugTarget,
  plug,
  setMachine,
  setProperty,
} from './wiring.ts';

/** A machine in the hands of somebody who wires. */
function bench(line: string) {
  const doc = readDocument(line);
  const machine = machineOf(line);
  const topology = machine.topology();
  const tree = new Tree(doc, topology);
  const types = machine.types();
  const key = (id: string): number => {
    const found = doc.options.find((one) => optionIdOf(one) === id || one.argument === id);
    if (!found) throw new Error(`no ${id}`);
    return found.key;
  };
  return {
    doc,
    machine,
    topology,
    types,
    key,
    type(name: string): DeviceType {
      const found = types.find((one) => one.name === name);
      if (!found) throw new Error(`no type ${name}`);
      return found;
    },
    /** A bus by its name; `below`: id of a device above it. */
    on(name: string, below?: string, kind: PlugTarget['kind'] = 'bus'): PlugTarget {
      const found = tree.buses.find(
        ({ bus }) => bus.name === name && (!below || bus.path.includes(`/${below}/`)),
      );
      if (!found) throw new Error(`no bus ${name}`);
      return { kind, bus: found.bus };
    },
  };
}

/** What an edit added to the line, and what it took off. */
function changes(before: MachineDocument, after: MachineDocument): string[] {
  const texts = ({ options }: MachineDocument) =>
    options.map(({ name, argument }) => `-${name} ${argument}`);
  const [was, is] = [texts(before), texts(after)];
  return [
    ...was.filter((text) => !is.includes(text)).map((text) => `- ${text}`),
    ...is.filter((text) => !was.includes(text)).map((text) => `+ ${text}`),
  ];
}

/** The bus, type and address of every device with an id. */
function seats(doc: MachineDocument): Record<string, string> {
  const line = lineOf(doc);
  const tree = new Tree(doc, machineOf(line).topology());
  return Object.fromEntries(
    tree.places
      .filter(({ device, key }) => key !== undefined && device.id !== '')
      .map(({ device, bus }) => [device.id, `${device.type} ${bus.name} ${device.address}`.trim()]),
  );
}

describe('plug', () => {
  test('says nothing of the bus where QEMU takes that one by itself', () => {
    const { doc, topology, type, on } = bench('-M pc -nodefaults -device virtio-scsi-pci,id=s');
    expect(changes(doc, plug(doc, topology, type('virtio-rng-pci'), on('pci.0')))).toEqual([
      '+ -device virtio-rng-pci',
    ]);
    expect(changes(doc, plug(doc, topology, type('scsi-cd'), on('s.0')))).toEqual([
      '+ -device scsi-cd',
    ]);
  });

  test('names the bus where QEMU would take another, and what carries it where it has no name', () => {
    const { doc, topology, type, on } = bench(
      '-M pc -nodefaults -device virtio-scsi-pci -device virtio-scsi-pci,id=b -device scsi-cd,bus=scsi.0,lun=1',
    );
    const next = plug(doc, topology, type('scsi-cd'), on('scsi.0'));
    expect(changes(doc, next)).toEqual([
      '- -device virtio-scsi-pci',
      '- -device scsi-cd,bus=scsi.0,lun=1',
      '+ -device virtio-scsi-pci,id=scsi0',
      '+ -device scsi-cd,bus=scsi0.0,lun=1',
      '+ -device scsi-cd,bus=scsi0.0',
    ]);
    machineOf(lineOf(next));
  });

  test('takes a slot of a board by its name', () => {
    const { doc, topology, type, on } = bench('-M microvm');
    const next = plug(doc, topology, type('virtio-rng-device'), on('virtio-mmio-bus.4'));
    expect(changes(doc, next)).toEqual(['+ -device virtio-rng-device,bus=virtio-mmio-bus.4']);
  });

  test('gives a virtio device a new transport where that is asked for', () => {
    const { doc, topology, type, on } = bench('-M q35 -nodefaults');
    const target = on('pcie.0', undefined, 'transport');
    expect(changes(doc, plug(doc, topology, type('virtio-rng-device'), target))).toEqual([
      '+ -device virtio-rng-pci',
    ]);
  });

  test('leaves it to QEMU to refuse what does not fit', () => {
    const { doc, topology, type, on } = bench('-M pc -nodefaults -device virtio-scsi-pci,id=s');
    const next = plug(doc, topology, type('virtio-rng-pci'), on('s.0'));
    expect(buildLine(lineOf(next))).toMatchObject({
      message: expect.stringContaining("can't go on SCSI bus"),
    });
  });

  test('writes JSON where others do, since QEMU makes those last', () => {
    const { doc, topology, type, on } = bench(
      `-M microvm -device '{"driver":"virtio-rng-device","id":"r"}'`,
    );
    const next = plug(doc, topology, type('virtio-rng-device'), on('virtio-mmio-bus.6'), [
      { key: 'max-bytes', value: '16' },
    ]);
    expect(changes(doc, next)).toEqual([
      '+ -device {"driver":"virtio-rng-device","bus":"virtio-mmio-bus.6","max-bytes":16}',
    ]);
    expect(seats(next).r).toBe('virtio-rng-device virtio-mmio-bus.23');
  });
});

describe('move', () => {
  const BLK = '-drive if=none,id=d,driver=null-co,size=1M -device';

  test('takes a virtio device from a slot to a PCI transport and back, with id and properties', () => {
    const there = bench(
      `qemu-system-aarch64 -M virt ${BLK} virtio-blk-device,id=disk,drive=d,serial=ab,bus=virtio-mmio-bus.3`,
    );
    const onPci = move(
      there.doc,
      there.topology,
      there.types,
      there.key('disk'),
      there.on('pcie.0'),
    );
    expect(changes(there.doc, onPci)[1]).toBe('+ -device virtio-blk-pci,id=disk,drive=d,serial=ab');
    const back = bench(lineOf(onPci).replace('serial=ab', 'serial=ab,addr=7,vectors=3'));
    const slot = move(
      back.doc,
      back.topology,
      back.types,
      back.key('disk'),
      back.on('virtio-mmio-bus.9'),
    );
    expect(changes(back.doc, slot)[1]).toBe(
      '+ -device virtio-blk-device,id=disk,drive=d,serial=ab,bus=virtio-mmio-bus.9',
    );
    expect(seats(slot).disk).toBe('virtio-blk-device virtio-mmio-bus.9');
  });

  test('takes it from a PCI transport to a channel proxy', () => {
    const { doc, topology, types, key, on } = bench(
      `qemu-system-s390x -M s390-ccw-virtio ${BLK} virtio-blk-pci,id=disk,drive=d,addr=5`,
    );
    const next = move(doc, topology, types, key('disk'), on('virtual-css'));
    expect(changes(doc, next)[1]).toBe('+ -device virtio-blk-ccw,id=disk,drive=d');
  });

  test('from one controller to another, whatever stands first on the line', () => {
    const { doc, topology, types, key, on } = bench(
      '-M pc -nodefaults -device virtio-scsi-pci,id=a -device scsi-cd,id=cd,lun=2 -device virtio-scsi-pci,id=b -device scsi-cd,id=other,bus=b.0',
    );
    const next = move(doc, topology, types, key('cd'), on('b.0'));
    expect(seats(next)).toMatchObject({ cd: 'scsi-cd b.0 0:1:0', other: 'scsi-cd b.0 0:0:0' });
  });

  test('takes along what hangs on it, also behind its new carrier', () => {
    const { doc, topology, types, key, on } = bench(
      '-M q35 -nodefaults -device virtio-serial-pci,id=s -device virtserialport,id=p,bus=s.0,nr=3 -device pcie-root-port,id=rp,chassis=1',
    );
    const next = move(doc, topology, types, key('s'), on('rp'));
    expect(lineOf(next)).toBe(
      '-M q35 -nodefaults -device pcie-root-port,id=rp,chassis=1 -device virtio-serial-pci,id=s,bus=rp -device virtserialport,id=p,bus=s.0,nr=3',
    );
    expect(seats(next).p).toMatch(/^virtserialport s.0/);
  });

  test('is for devices that the line asks for', () => {
    const { doc, topology, types, on } = bench('-M pc -nodefaults');
    expect(() => move(doc, topology, types, 1, on('pci.0'))).toThrow('-device');
  });
});

describe('delete', () => {
  test('takes what hangs below along, and what refers to it; all else keeps bus and address', () => {
    const { doc, topology, key } = bench(
      '-M pc -nodefaults -device virtio-scsi-pci,id=a -device scsi-cd,bus=a.0,id=cd -device pci-bridge,id=br,chassis_nr=1 -device virtio-rng-pci,bus=br,id=r -device virtio-rng-pci,id=r2 -device virtio-scsi-pci,id=b -device scsi-cd,bus=b.0,id=cd2 -set device.r.max-bytes=1',
    );
    const next = deleteNodes(doc, topology, { devices: [key('a'), key('br')], backEnds: [] });
    expect(lineOf(next)).toBe(
      '-M pc -nodefaults -device virtio-rng-pci,id=r2 -device virtio-scsi-pci,id=b -device scsi-cd,bus=b.0,id=cd2',
    );
    const after = new Tree(next, machineOf(lineOf(next)).topology());
    const kept = keepPlaces(doc, new Tree(doc, topology), next, after);
    const was = seats(doc);
    expect(seats(kept)).toEqual({ r2: was.r2, b: was.b, cd2: was.cd2 });
  });

  test('of a back end leaves devices without it', () => {
    const { doc, topology, key } = bench(
      '-M pc -object rng-builtin,id=o -device virtio-rng-pci,rng=o -chardev null,id=c -serial chardev:c',
    );
    const next = deleteNodes(doc, topology, { devices: [], backEnds: [key('o'), key('c')] });
    expect(lineOf(next)).toBe('-M pc -device virtio-rng-pci');
  });

  test('of a controller without id leaves the numbers of the others as they were meant', () => {
    const { doc, topology, key } = bench(
      '-M pc -nodefaults -device virtio-scsi-pci,num_queues=2 -device virtio-scsi-pci -device scsi-cd,id=cd,bus=scsi.1',
    );
    const next = deleteNodes(doc, topology, {
      devices: [key('virtio-scsi-pci,num_queues=2')],
      backEnds: [],
    });
    expect(lineOf(next)).toBe(
      '-M pc -nodefaults -device virtio-scsi-pci,id=scsi0 -device scsi-cd,id=cd,bus=scsi0.0',
    );
  });
});

describe('properties', () => {
  const set = (line: string, find: string, name: string, value: string | undefined) => {
    const { doc, topology, types, machine } = bench(line);
    const place = new Tree(doc, topology).places.find(
      ({ device }) => device.id === find || device.type === find,
    );
    if (!place) throw new Error(`no ${find}`);
    const facts = machine.facts(place.device.path)?.properties.find((one) => one.name === name);
    const next = setProperty(doc, types, place.device, place.key, name, value, facts);
    machineOf(lineOf(next));
    return changes(doc, next);
  };

  test('are written into the option, and taken out where they are what they are by themselves', () => {
    expect(set('-M pc -device virtio-rng-pci,id=r', 'r', 'vectors', '3')).toEqual([
      '- -device virtio-rng-pci,id=r',
      '+ -device virtio-rng-pci,id=r,vectors=3',
    ]);
    expect(set('-M pc -device virtio-rng-pci,id=r,period=9', 'r', 'period', '65536')).toEqual([
      '- -device virtio-rng-pci,id=r,period=9',
      '+ -device virtio-rng-pci,id=r',
    ]);
  });

  test('are written also where they are what they are by themselves, if something else is said of the type', () => {
    const line = '-M pc -global virtio-rng-pci.vectors=7 -device virtio-rng-pci,id=r';
    expect(set(line, 'r', 'vectors', '2')[1]).toBe('+ -device virtio-rng-pci,id=r,vectors=2');
  });

  test('of the device inside a transport are told to the transport, in JSON by their type', () => {
    const line = `-M pc -device '{"driver":"virtio-serial-pci","id":"s"}'`;
    expect(set(line, 's', 'max_ports', '5')[1]).toBe(
      '+ -device {"driver":"virtio-serial-pci","id":"s","max_ports":5}',
    );
    expect(set(line, 's', 'packed', 'on')[1]).toBe(
      '+ -device {"driver":"virtio-serial-pci","id":"s","packed":true}',
    );
  });

  test('of what the board brings along are set for all of the type', () => {
    const line = 'qemu-system-aarch64 -M virt -nodefaults';
    const global = '-global virtio-mmio.force-legacy=off';
    expect(set(line, 'virtio-mmio', 'force-legacy', 'off')).toEqual([`+ ${global}`]);
    expect(set(`${line} ${global}`, 'virtio-mmio', 'force-legacy', undefined)).toEqual([
      `- ${global}`,
    ]);
    expect(
      set(
        `${line} -global driver=virtio-mmio,property=force-legacy,value=off`,
        'virtio-mmio',
        'force-legacy',
        'on',
      )[1],
    ).toBeUndefined();
  });

  test('that name back ends are set and taken away', () => {
    const { doc, key } = bench('-M pc -object rng-builtin,id=o -device virtio-rng-pci,id=r');
    const next = link(doc, key('r'), 'rng', 'o');
    expect(changes(doc, next)[1]).toBe('+ -device virtio-rng-pci,id=r,rng=o');
    expect(link(next, key('r'), 'rng', undefined)).toEqual(doc);
  });
});

describe('the machine type', () => {
  test.each([
    ['-M pc,smm=off,usb=on -cpu max', 'qemu-system-x86_64', 'q35', '-M q35,usb=on -cpu max'],
    [
      '-machine q35 -m 64',
      'qemu-system-aarch64',
      'virt',
      'qemu-system-aarch64 -machine virt -m 64',
    ],
    [
      '-m 64 -cpu host',
      'qemu-system-s390x',
      's390-ccw-virtio',
      'qemu-system-s390x -M s390-ccw-virtio -m 64',
    ],
    [
      '-machine usb=on -M pc -machine smm=on',
      'qemu-system-x86_64',
      'microvm',
      '-machine usb=on -M microvm',
    ],
  ])('%s becomes %s %s', (line, program, type, expected) => {
    expect(lineOf(setMachine(readDocument(line), program, type))).toBe(expected);
  });
});
