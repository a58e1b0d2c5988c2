import { describe, expect, test } from 'vitest';
import { type BuiltMachine, machineOf } from '../testing/built-machine.ts';
import type { MachineDocument } from './document.ts';
import { addOption, removeOptions, setOption } from './edits.ts';
import { optionIdOf } from './entries.ts';
import { counted, follow, hotPlan, type LiveMachine, withHotIds } from './hot.ts';
import { lineOf, readDocument } from './read.ts';
import { Tree } from './tree.ts';

function started(line: string): { doc: MachineDocument; machine: BuiltMachine; live: LiveMachine } {
  const doc = readDocument(line);
  const machine = machineOf(line);
  const keys = doc.options.map(({ key }) => key);
  return { doc, machine, live: { topology: machine.topology(), keys, plugged: new Map() } };
}

const keyOf = (doc: MachineDocument, id: string): number =>
  doc.options.find((one) => optionIdOf(one) === id)?.key ?? 0;

describe('the plan', () => {
  const { doc, live } = started(
    '-M pc -nodefaults -device virtio-rng-pci -device virtio-rng-pci,id=r',
  );

  test('makes back ends first, and takes away by id or path', () => {
    const device = addOption(doc, 'device', 'virtio-net-pci,netdev=n,id=x');
    const both = addOption(device, 'netdev', 'user,id=n');
    const more = removeOptions(both, [3, keyOf(doc, 'r')]);
    expect(hotPlan(doc, more, live)).toEqual({
      lines: [
        'device_del /machine/peripheral-anon/device[0]',
        'device_del r',
        'netdev_add user,id=n',
        'device_add virtio-net-pci,netdev=n,id=x',
      ],
      back: [undefined, undefined, 'netdev_del n', 'device_del x'],
    });
  });

  test('brings a drive, which nothing takes away again', () => {
    const drive = addOption(doc, 'drive', 'if=none,id=d,driver=null-co');
    expect(hotPlan(doc, addOption(drive, 'device', 'virtio-blk-pci,drive=d'), live)).toEqual({
      lines: ['drive_add 0 if=none,id=d,driver=null-co', 'device_add virtio-blk-pci,drive=d'],
      back: [undefined, undefined],
    });
  });

  test.each([
    ['virtio-rng-pci,id=a b', 'device_add "virtio-rng-pci,id=a b"'],
    ['virtio-rng-pci,x="', 'device_add "virtio-rng-pci,x=\\""'],
    [
      '{"driver":"virtio-rng-pci"}',
      '{"execute":"device_add","arguments":{"driver":"virtio-rng-pci"}}',
    ],
  ])('says %s so that the monitor understands it', (argument, line) => {
    expect(hotPlan(doc, addOption(doc, 'device', argument), live)?.lines).toEqual([line]);
  });

  test('is for devices that have an id, since numbers depend on what came before', () => {
    const more = addOption(
      addOption(doc, 'device', 'virtio-serial-pci'),
      'device',
      'pci-bridge,id=b',
    );
    expect(lineOf(withHotIds(doc, more))).toBe(
      '-M pc -nodefaults -device virtio-rng-pci -device virtio-rng-pci,id=r -device virtio-serial-pci,id=serial0 -device pci-bridge,id=b',
    );
  });

  test('is none where more than devices and their back ends change', () => {
    expect(hotPlan(doc, doc, live)).toBeUndefined();
    expect(hotPlan(doc, { ...doc, program: 'qemu-system-s390x' }, live)).toBeUndefined();
    expect(hotPlan(doc, addOption(doc, 'object', 'rng-builtin,id=o'), live)).toBeUndefined();
    const device = addOption(doc, 'device', 'virtio-rng-pci');
    expect(hotPlan(doc, addOption(device, 'm', '64'), live)).toBeUndefined();
    const changed = setOption(device, keyOf(doc, 'r'), 'virtio-rng-pci,id=r,vectors=2');
    expect(hotPlan(doc, changed, live)).toBeUndefined();
    expect(hotPlan(doc, addOption(doc, 'device', 'a\nb'), live)).toBeUndefined();
  });
});

describe('a document follows its running machine', () => {
  /** All but what no option can say: the number of a subchannel, and that nobody asked for a device number. */
  const qtree = (machine: BuiltMachine) =>
    machine.qtree().replace(/^ +(?:devno|subch_id) = .*\n/gm, '');

  function followed(line: string, monitor: readonly string[]) {
    const { doc, machine, live } = started(line);
    for (const text of monitor) expect(machine.monitor(text)).toBe('');
    const now = machine.topology();
    const next = follow(doc, live, now);
    return { ...next, machine, live: { ...live, topology: now, plugged: next.plugged } };
  }

  test.each([
    [
      '-M pc -nodefaults -device virtio-rng-pci,id=a -device virtio-rng-pci,id=b',
      [
        'device_del a',
        'system_reset',
        'device_add virtio-rng-pci,id=c',
        'device_add virtio-rng-pci,addr=9',
      ],
    ],
    [
      '-M pc -nodefaults -device virtio-scsi-pci,id=s -device scsi-cd,id=a -device scsi-cd,id=b -device scsi-cd,id=c',
      ['device_del a', 'device_add scsi-cd,id=d,lun=3'],
    ],
    [
      '-M pc -nodefaults -device virtio-serial-pci,id=s -device virtserialport,id=a -device virtserialport,id=b',
      ['device_del a', 'device_add virtserialport,id=c,name=x'],
    ],
    [
      'qemu-system-s390x -M s390-ccw-virtio -nodefaults -device virtio-rng-ccw,id=a -device virtio-rng-ccw,id=b',
      ['device_del a', 'device_add virtio-rng-ccw,id=c'],
    ],
  ])('%s %j', (line, monitor) => {
    const { doc, machine } = followed(line, monitor);
    expect(qtree(machineOf(lineOf(doc)))).toBe(qtree(machine));
  });

  test('its options are counted anew where some came or went', () => {
    const { doc, live } = followed(
      '-M pc -nodefaults -device virtio-rng-pci,id=a -device virtio-rng-pci,period=7 -device virtio-rng-pci,period=8',
      ['device_del a', 'system_reset', 'device_add virtio-rng-pci,period=9'],
    );
    const tree = new Tree(doc, counted(doc, live));
    const periods = doc.options
      .filter(({ name }) => name === 'device')
      .map(({ key, argument }) => [
        /period=\d/.exec(argument ?? '')?.[0],
        tree
          .placeOf(key)
          ?.device.buses[0]?.children[0]?.properties.find(([name]) => name === 'period')?.[1],
      ]);
    expect(periods).toEqual([
      ['period=7', '7 (0x7)'],
      ['period=8', '8 (0x8)'],
      ['period=9', '9 (0x9)'],
    ]);
  });

  test('nothing is copied where nothing came or went', () => {
    const { doc, live } = started('-M pc -device virtio-rng-pci');
    expect(counted(doc, live)).toBe(live.topology);
    expect(follow(doc, live, live.topology).doc).toBe(doc);
  });
});
