import { expect, test } from 'vitest';
import { goldenHost } from '../../testing/golden.ts';
import type { Machine } from './machine.ts';
import { startMachine } from './start.ts';

function start(line: string): Machine {
  const result = startMachine(line, goldenHost());
  if ('machine' in result) return result.machine;
  throw new Error(result.stderr);
}

const network = (line: string) => start(`-nodefaults ${line}`).monitor('info network');

test('a NIC is shown with its back end, and one that leads nowhere is complained of', () => {
  const machine = start(
    '-nodefaults -netdev user,id=n0 -netdev user,id=n1,restrict=on,net=192.168.7.0/24 -device virtio-net-pci,netdev=n0 -device virtio-net-pci,id=x',
  );
  expect(machine.monitor('info network')).toBe(
    [
      'n1: index=0,type=user,net=192.168.7.0,restrict=on',
      'virtio-net-pci.0: index=0,type=nic,model=virtio-net-pci,macaddr=52:54:00:12:34:56',
      ' \\ n0: index=0,type=user,net=10.0.2.0,restrict=off',
      'x: index=0,type=nic,model=virtio-net-pci,macaddr=52:54:00:12:34:57',
      '',
    ].join('\n'),
  );
  expect(machine.stderr).toBe(
    'qemu-system-x86_64: warning: netdev n1 has no peer\nqemu-system-x86_64: warning: nic x has no peer\n',
  );
});

test('QEMU gives the first address of its own that nobody has', () => {
  const macs = network(
    '-device virtio-net-pci,mac=52:54:00:12:34:57 -device virtio-net-pci -device virtio-net-pci',
  ).matchAll(/macaddr=(\S+)/g);
  expect(Array.from(macs, ([, mac]) => mac?.slice(-2))).toEqual(['57', '56', '58']);
});

test('hubs stand first, their newest port on top', () => {
  expect(network('-net nic,model=virtio -net user')).toMatch(
    /^hub 0\n \\ hub0port1: #net\d+: index=0,type=user,.*\n \\ hub0port0: virtio-net-pci.0: /,
  );
});

test('a class says how long the network’s part of an address is', () => {
  for (const [net, shown] of [
    ['10.0.3.0', '10.0.0.0'],
    ['172.20.1.1', '172.16.0.0'],
    ['192.168.5.4', '192.168.0.0'],
    ['10.0.3.0/255.255.255.0', '10.0.3.0'],
  ])
    expect(network(`-netdev user,id=n,net=${net}`)).toContain(`net=${shown},`);
});

test.each([
  ['-netdev user', "Parameter 'id' is missing"],
  ['-netdev user,id=n,foo=1', "Invalid parameter 'foo'"],
  ['-netdev user,id=n,host=1.2.3.4', "Host doesn't belong to network"],
  ['-netdev user,id=n,hostfwd=tcp:x', "Invalid host forwarding rule 'tcp:x' (Missing : separator)"],
  ['-netdev user,id=n,ipv6-host=fec1::2', "IPv6 Host doesn't belong to network"],
  ['-netdev hubport,id=n,hubid=0,netdev=x', "netdev 'x' not found"],
  ['-netdev vhost-user,id=n,chardev=c', 'chardev "c" not found'],
  ['-nic user,mac=ff:ff:ff:ff:ff:ff', 'NIC cannot have multicast MAC address'],
  ['-chardev null', 'chardev: no id specified'],
  ['-chardev socket,id=c,path=/x', "Failed to connect to '/x': No such file or directory"],
  ['-chardev ringbuf,id=c,size=1000', 'size of ringbuf chardev must be power of two'],
  ['-object rng-builtin,id=r,opened=on', "Property 'rng-builtin.opened' is not writable"],
  ['-object memory-backend-ram,id=m,size=1M,policy=bind', 'host-nodes must be set for policy bind'],
  ['-object iothread,id=i,thread-pool-max=0', 'bad thread-pool-min/thread-pool-max values'],
  [
    '-object throttle-group,id=t,x-iops-total=1,x-iops-read=1',
    'bps/iops/max total values and read/write values cannot be used at the same time',
  ],
])('%s is refused', (line, message) => {
  expect(() => start(`-nodefaults ${line}`)).toThrow(message);
});

test('a refusal names its option where QEMU still knows it, and says everything that came before', () => {
  const stderr = (line: string) => {
    const result = startMachine(`-nodefaults ${line}`, goldenHost());
    return 'stderr' in result ? result.stderr : '';
  };
  expect(stderr('-object secret,id=s')).toBe(
    "qemu-system-x86_64: Either 'file' or 'data' must be provided\n",
  );
  expect(stderr('-serial nosuch')).toBe(
    "qemu-system-x86_64: -serial nosuch: 'nosuch' is not a valid char driver\n" +
      "qemu-system-x86_64: -serial nosuch: could not connect serial device to character backend 'nosuch'\n",
  );
});

test('character devices come in the order of QEMU’s table', () => {
  const line =
    '-chardev null,id=c0 -chardev null,id=c1,mux=on -qmp unix:/q -serial null -serial vc -nodefaults';
  expect(start(line).monitor('info chardev').split('\n').sort()).toEqual([
    '',
    'c0: filename=null',
    'c1-base: filename=null',
    'c1: filename=mux',
    'compat_monitor0: filename=unix:',
    'serial0: filename=null',
    'serial1: filename=vc',
  ]);
  expect(
    start(
      '-chardev null,id=c0 -chardev null,id=c1 -nodefaults -qmp unix:/q -qtest unix:/t',
    ).monitor('info chardev'),
  ).toBe(
    'c0: filename=null\nqtest: filename=unix:\nc1: filename=null\ncompat_monitor0: filename=unix:\n',
  );
});

test('four share a multiplexer, the fifth is one too many', () => {
  const consoles = (count: number) =>
    `-nodefaults -chardev null,id=c,mux=on -device virtio-serial-pci ${'-device virtconsole,chardev=c '.repeat(count)}`;
  start(consoles(4));
  expect(() => start(consoles(5))).toThrow(
    "Property 'virtconsole.chardev' can't take value 'c': Device 'c' is in use",
  );
});

test('an object that the line names is the machine’s RAM', () => {
  const object = '-object memory-backend-ram,id=mine,size=8M';
  const machine = start(`-nodefaults ${object} -machine memory-backend=mine`);
  expect(machine.ram.size).toBe(8 * 2 ** 20);
  expect(machine.root.at('/objects/pc.ram')).toBeUndefined();
  expect(() => start(`-nodefaults -m 9 ${object} -machine memory-backend=mine`)).toThrow(
    'Machine memory size does not match the size of the memory backend',
  );
});
