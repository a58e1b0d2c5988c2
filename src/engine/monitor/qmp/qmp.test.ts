import { describe, expect, test } from 'vitest';
import { goldenHost } from '../../../testing/golden.ts';
import { Machine } from '../../machine/machine.ts';

const machine = Machine.build(
  'qemu-system-x86_64 -M pc -m 64 -nodefaults -object rng-builtin,id=rng0 -device virtio-rng-pci,id=a,rng=rng0',
  goldenHost(),
);
const ask = (execute: string, args?: object) =>
  machine.qmp({ execute, ...(args && { arguments: args }) });

/** What QEMU 7.2 says to requests that make no sense. */
test.each([
  [[], 'QMP input must be a JSON object'],
  [3, 'QMP input must be a JSON object'],
  [{}, "QMP input lacks member 'execute'"],
  [{ execute: 3 }, "QMP input member 'execute' must be a string"],
  [{ execute: 'qom-list', arguments: [] }, "QMP input member 'arguments' must be an object"],
  [{ execute: 'qom-list', x: 1 }, "QMP input member 'x' is unexpected"],
  [{ execute: 'qom-list' }, "Parameter 'path' is missing"],
  [{ execute: 'qom-list', arguments: { x: 3 } }, "Parameter 'path' is missing"],
  [
    { execute: 'qom-list', arguments: { path: 3 } },
    "Invalid parameter type for 'path', expected: string",
  ],
  [{ execute: 'qom-list', arguments: { path: '/', x: 3 } }, "Parameter 'x' is unexpected"],
  [{ execute: 'qom-list', arguments: { path: '' } }, "Path '' is ambiguous"],
  [
    { execute: 'qom-get', arguments: { path: 'a', property: 'nosuch' } },
    "Property 'virtio-rng-pci.nosuch' not found",
  ],
  [
    { execute: 'qom-set', arguments: { path: 'a', property: 'type', value: 'x' } },
    "Property 'virtio-rng-pci.type' is not writable",
  ],
  [
    { execute: 'qom-set', arguments: { path: 'a', property: 'virtio-backend', value: 3 } },
    "Property 'virtio-rng-pci.virtio-backend' is not writable",
  ],
  [
    { execute: 'qom-set', arguments: { path: 'a', property: 'max-bytes', value: 'x' } },
    "Attempt to set property 'max-bytes' on anonymous device (type 'virtio-rng-device') after it was realized",
  ],
  [
    { execute: 'device-list-properties', arguments: { typename: 'rng-random' } },
    "Parameter 'typename' expects a non-abstract device type",
  ],
])('%j is refused', (request, desc) => {
  expect(machine.qmp(request)).toEqual({ error: { class: 'GenericError', desc } });
});

test('classes of errors tell what was not found', () => {
  expect(ask('nosuch')).toEqual({
    error: { class: 'CommandNotFound', desc: 'The command nosuch has not been found' },
  });
  for (const [command, args, desc] of [
    ['qom-list', { path: '/nosuch' }, "Device '/nosuch' not found"],
    ['device-list-properties', { typename: 'nosuch' }, "Device 'nosuch' not found"],
    ['qom-list-properties', { typename: 'virtio-blk' }, "Class 'virtio-blk' not found"],
  ] as const)
    expect(ask(command, args)).toEqual({ error: { class: 'DeviceNotFound', desc } });
});

test('an answer has the id of its request', () => {
  expect(machine.qmp({ execute: 'query-commands', id: [1] })).toMatchObject({ id: [1] });
  expect(machine.qmp({ id: null })).toMatchObject({ id: null, error: {} });
});

describe('the object model', () => {
  test('types are chosen by ancestor or interface', () => {
    const types = ask('qom-list-types', { implements: 'rng-backend', abstract: true });
    expect(types).toMatchObject({
      return: expect.arrayContaining([
        { name: 'rng-backend', parent: 'object', abstract: true },
        { name: 'rng-random', parent: 'rng-backend' },
      ]),
    });
    expect(ask('qom-list-types', { implements: 'nosuch' })).toEqual({ return: [] });
  });

  test('a bus lists its device before its hot-plug handler, as QEMU 7.2 does', () => {
    expect(ask('qom-list', { path: 'a/virtio-bus' })).toEqual({
      return: [
        { name: 'type', type: 'string' },
        { name: 'realized', type: 'bool' },
        { name: 'child[0]', type: 'link<virtio-rng-device>' },
        { name: 'hotplug-handler', type: 'link<hotplug-handler>' },
      ],
    });
    expect(ask('qom-get', { path: 'a/virtio-bus/child[0]', property: 'rng' })).toEqual({
      return: '/objects/rng0',
    });
  });

  test('a memory region knows its container', () => {
    const path = '/machine/peripheral/a/msix-pba[0]';
    expect(ask('qom-get', { path, property: 'container' })).toEqual({
      return: '/machine/peripheral/a/virtio-rng-pci-msix[0]',
    });
    expect(ask('qom-get', { path, property: 'addr' })).toEqual({ return: 0x800 });
  });

  test('a device that is unrealized stays in the tree, and its slot is free', () => {
    const own = Machine.build('-M pc -nodefaults -device virtio-rng-pci,id=b,addr=5', goldenHost());
    const set = (value: boolean) =>
      own.qmp({ execute: 'qom-set', arguments: { path: 'b', property: 'realized', value } });
    const vendor = () => {
      own.write('io', 0xcf8, 4, 0x8000_0000 | (5 << 11));
      return own.read('io', 0xcfc, 2);
    };
    expect(vendor()).toBe(0x1af4);
    expect(set(false)).toEqual({ return: {} });
    expect(vendor()).toBe(0xffff);
    expect(own.monitor('info qom-tree /machine/peripheral')).toContain('/b (virtio-rng-pci)');
    expect(set(true)).toHaveProperty('error');
    expect(own.monitor('device_del b')).toBe('');
  });
});

describe('back ends', () => {
  const host = { ...goldenHost(), quit: () => {} };
  const rich = Machine.build(
    '-M pc -m 64 -nodefaults -netdev hubport,hubid=0,id=h -device virtio-net-pci,id=a,netdev=h,mac=52:54:00:12:34:56 -device e1000,id=e -drive if=none,id=d,file=img/disk.raw,format=raw,bps=1000 -device virtio-blk-pci,drive=d,id=b -chardev null,id=c -device virtio-serial-pci -device virtconsole,chardev=c',
    host,
  );
  const answer = (execute: string, args: object = {}) => {
    const reply = rich.qmp({ execute, arguments: args });
    return 'return' in reply ? reply.return : reply.error.desc;
  };

  test('are what QEMU calls them', () => {
    expect(answer('query-block')).toMatchObject([
      {
        device: 'd',
        'io-status': 'ok',
        removable: false,
        qdev: '/machine/peripheral/b/virtio-backend',
        inserted: {
          drv: 'raw',
          bps: 1000,
          bps_rd: 0,
          group: 'd',
          image: { 'virtual-size': 2 ** 20 },
        },
      },
    ]);
    expect(answer('query-named-block-nodes')).toMatchObject([
      { drv: 'raw', bps: 0 },
      { drv: 'file' },
    ]);
    expect(answer('query-chardev')).toEqual([
      { label: 'c', filename: 'null', 'frontend-open': true },
    ]);
    expect(answer('block_resize', { device: 'nosuch', size: 512 })).toMatch('Cannot find device');
  });

  test('let packets through', () => {
    expect(answer('query-rx-filter')).toMatchObject([
      {
        name: 'a',
        'main-mac': '52:54:00:12:34:56',
        promiscuous: true,
        unicast: 'normal',
        vlan: 'all',
      },
    ]);
    expect(answer('query-rx-filter', { name: 'e' })).toBe(
      "net client(e) doesn't support rx-filter querying",
    );
    expect(answer('query-rx-filter', { name: 'h' })).toBe("net client(h) isn't a NIC");
    expect(answer('query-rx-filter', { name: 'x' })).toBe('invalid net client name: x');
  });

  test('a machine that is a program ends', () => {
    rich.takeEvents();
    expect(answer('quit')).toEqual({});
    expect(rich.takeEvents()).toEqual([
      { event: 'SHUTDOWN', data: { guest: false, reason: 'host-qmp-quit' } },
    ]);
    expect(ask('quit')).toMatchObject({ error: { class: 'GenericError' } });
  });
});
