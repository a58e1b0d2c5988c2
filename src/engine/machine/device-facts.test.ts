import { describe, expect, test } from 'vitest';
import { goldenHost } from '../../testing/golden.ts';
import { Machine } from './machine.ts';
import { startMachine } from './start.ts';

function build(line: string): Machine {
  return Machine.build(line, goldenHost());
}

describe('device types', () => {
  test.each(['x86_64', 'aarch64', 's390x', 'riscv64'])('are those of -device help: %s', (arch) => {
    const help = startMachine(`qemu-system-${arch} -device help`, goldenHost());
    if ('machine' in help) throw new Error('a machine was started');
    const first = new Map<string, string>();
    let heading = '';
    for (const line of help.stdout.split('\n')) {
      if (/devices:$/.test(line)) heading = line.slice(0, -1);
      const [, name, bus] = /^name "([^"]*)"(?:, bus (\S+?))?(?:,|$)/.exec(line) ?? [];
      if (name !== undefined && !first.has(name)) first.set(name, `${heading} ${bus}`);
    }
    const types = build(
      `qemu-system-${arch} -M ${arch.startsWith('s') ? 's390-ccw-virtio' : arch === 'x86_64' ? 'pc' : 'virt'}`,
    ).deviceTypes();
    expect(new Map(types.map(({ name, category, bus }) => [name, `${category} ${bus}`]))).toEqual(
      first,
    );
  });

  test('a short name is the architecture’s', () => {
    const called = (line: string) =>
      build(line)
        .deviceTypes()
        .flatMap(({ name, aliases }) => (aliases.includes('virtio-blk') ? name : []));
    expect(called('-M pc')).toEqual(['virtio-blk-pci']);
    expect(called('qemu-system-s390x')).toEqual(['virtio-blk-ccw']);
  });

  test('know what their properties link to, those of the device inside a transport too', () => {
    const types = build('-M pc').deviceTypes();
    const links = (name: string) => types.find((type) => type.name === name)?.links;
    expect(links('virtio-blk-pci')).toEqual([
      { property: 'drive', kinds: ['drive', 'blockdev'] },
      { property: 'iothread', kinds: ['object'], type: 'iothread' },
    ]);
    expect(links('virtio-rng-device')).toEqual([
      { property: 'rng', kinds: ['object'], type: 'rng-backend' },
    ]);
    expect(links('virtio-9p-pci')).toEqual([{ property: 'fsdev', kinds: ['fsdev'] }]);
    expect(links('virtio-net-pci')).toEqual([{ property: 'netdev', kinds: ['netdev'] }]);
    expect(links('virtconsole')).toEqual([{ property: 'chardev', kinds: ['chardev'] }]);
    expect(links('pcie-root-port')).toEqual([]);
  });

  test('to look at them changes nothing', () => {
    const machine = build('-M pc -nodefaults');
    const before = machine.topology();
    machine.deviceTypes();
    expect(machine.topology()).toEqual(before);
    const twin = build('-M pc -nodefaults');
    for (const one of [machine, twin]) one.monitor('device_add virtio-serial-pci');
    expect(machine.monitor('info qtree')).toBe(twin.monitor('info qtree'));
  });
});

describe('what is known of a device', () => {
  const machine = build(
    '-nodefaults -object iothread,id=t -drive if=none,id=d,file=null-co://,format=raw -device virtio-blk-pci,id=v,drive=d,iothread=t,serial=x -device virtio-rng-pci,id=r',
  );
  const property = (path: string, name: string) =>
    machine.deviceFacts(path)?.properties.find((one) => one.name === name);

  test('nothing where there is none', () => {
    expect(machine.deviceFacts('/machine/nosuch')).toBeUndefined();
    expect(machine.deviceFacts('/objects/t')).toBeUndefined();
  });

  test('its bus, and its properties with those of the device inside', () => {
    expect(machine.deviceFacts('/machine/peripheral/v')).toMatchObject({
      type: 'virtio-blk-pci',
      bus: '/machine/i440fx/pci.0',
    });
    expect(property('/machine/peripheral/v', 'drive')).toEqual({
      name: 'drive',
      type: 'str',
      description: 'Node name or ID of a block device to use as a backend',
      defaultValue: undefined,
      value: 'd',
      printed: undefined,
      settable: true,
      declaredBy: 'virtio-blk-device',
      link: { property: 'drive', kinds: ['drive', 'blockdev'] },
    });
    expect(property('/machine/peripheral/v', 'iothread')).toMatchObject({ value: 't' });
    expect(property('/machine/peripheral/v', 'addr')).toMatchObject({
      value: '02.0',
      printed: '02.0',
      defaultValue: undefined,
      declaredBy: 'pci-device',
    });
    expect(property('/machine/peripheral/v', 'disable-legacy')).toMatchObject({
      type: 'OnOffAuto',
      choices: ['auto', 'on', 'off'],
      defaultValue: 'auto',
    });
    expect(property('/machine/peripheral/v/virtio-backend', 'event_idx')).toMatchObject({
      type: 'bool',
      value: 'on',
      defaultValue: 'on',
      printed: 'true',
      choices: ['on', 'off'],
    });
    expect(property('/machine/peripheral/v', 'realized')).toBeUndefined();
  });

  test('what was never set is empty', () => {
    expect(property('/machine/peripheral/r', 'failover_pair_id')).toMatchObject({ value: '' });
    expect(property('/machine/peripheral/r', 'addr')).toMatchObject({ value: '03.0' });
  });

  test('every value that can be set can be typed again', () => {
    const facts = machine.deviceFacts('/machine/peripheral/v');
    const values = (facts?.properties ?? []).filter(
      ({ settable, value, name, link }) =>
        settable && value !== '' && !link && name !== 'x-pci-p2pdma',
    );
    expect(values.length).toBeGreaterThan(50);
    const entries = values
      .filter(({ name }) => name !== 'iothread')
      .map(({ name, value }) => `${name}=${value.replaceAll(',', ',,')}`);
    const again = build(
      `-nodefaults -drive if=none,id=d,file=null-co://,format=raw -device 'virtio-blk-pci,id=v,drive=d,${entries.join(',')}'`,
    );
    const told = again.deviceFacts('/machine/peripheral/v')?.properties;
    for (const { name, value } of values)
      expect(told?.find((one) => one.name === name)?.value, name).toBe(value);
  });
});
