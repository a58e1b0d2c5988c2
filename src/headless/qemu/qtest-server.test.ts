import { describe, expect, it, test } from 'vitest';
import { Machine } from '../../engine/machine/machine.ts';
import { goldenHost } from '../../testing/golden.ts';
import { QtestServer } from './qtest-server.ts';

function serve(line: string, clock = true) {
  const machine = Machine.build(line, goldenHost());
  let said = '';
  const logged: string[] = [];
  const server = new QtestServer(machine, {
    send: (text) => {
      said += text;
    },
    clock,
    log: (kind, text) => logged.push(`${kind} ${text}`),
  });
  server.open();
  const ask = (...commands: string[]): string => {
    said = '';
    for (const command of commands) server.receive(`${command}\n`);
    return said.trimEnd();
  };
  return { machine, server, ask, logged };
}

const PC = '-M pc -m 64 -nodefaults -device virtio-rng-pci,addr=4';

describe('memory and ports', () => {
  const { ask, machine } = serve(PC);

  test.each([
    ['endianness', 'OK little'],
    ['outl 0xcf8 0x80002000', 'OK'],
    ['inl 0xcfc', 'OK 0x10051af4'],
    ['inw 0xcfe', 'OK 0x1005'],
    ['inb 0xcfc', 'OK 0x00f4'],
    ['inb 3324', 'OK 0x00f4'],
    ['inb 06374', 'OK 0x00f4'],
    ['writeq 0x100000 0x1122334455667788', 'OK'],
    ['readb 0x100000', 'OK 0x0000000000000088'],
    ['readw 0x100001', 'OK 0x0000000000006677'],
    ['readl 0x100004', 'OK 0x0000000011223344'],
    ['readq 0x100000', 'OK 0x1122334455667788'],
    ['writeb 0x100000 -1', 'OK'],
    ['read 0x100000 0x4', 'OK 0xff776655'],
    ['write 0x100000 4 0x0102', 'OK'],
    ['read 0x100000 0x5', 'OK 0x0102000044'],
    ['memset 0x100001 2 0x1ff', 'OK'],
    ['b64read 0x100000 3', 'OK Af//'],
    ['b64write 0x100000 2 q80=', 'OK'],
    ['read 0x100000 3', 'OK 0xabcdff'],
    ['memset 0x100000 0 0', 'OK'],
    ['write 0x100000 1 0x', 'ERR invalid argument size'],
    // Nothing is there.
    ['readl 0x7000000000', 'OK 0x0000000000000000'],
    ['readq 0xffffffffffffffff', 'OK 0x0000000000000000'],
    ['inl 0x9000', 'OK 0xffffffff'],
  ])('%s', (command, answer) => {
    expect(ask(command)).toBe(answer);
  });

  test.each([
    ['frobnicate', "FAIL Unknown command 'frobnicate'"],
    ['', "FAIL Unknown command ''"],
    ['outb', "FAIL '' is not a number"],
    ['readb zero', "FAIL 'zero' is not a number"],
    ['readb 08', "FAIL '08' is not a number"],
    ['readb 0x10000000000000000', "FAIL '0x10000000000000000' is not a number"],
    ['inb 0x10000', 'FAIL there is no port 0x10000'],
    ['read 0 0', 'FAIL 0 bytes are not to be had'],
    ['read 0 0x10000001', 'FAIL 268435457 bytes are not to be had'],
    ['irq_intercept_in nowhere', 'FAIL Unknown device'],
    ['irq_intercept_in /machine', 'FAIL Unknown device'],
    ['module_load a b', 'FAIL'],
  ])('%s is refused', (command, answer) => {
    expect(ask(command)).toBe(answer);
  });

  it('takes commands in pieces, and several at once', () => {
    const { server, ask: other } = serve(PC);
    server.receive('endian');
    expect(other('ness')).toBe('OK little');
    expect(other('writeb 0x1000 1\nreadb 0x1000')).toBe('OK\nOK 0x0000000000000001');
  });

  it('crosses from RAM to what is none, and back', () => {
    const end = machine.ram.size;
    expect(ask(`memset ${end - 2} 4 0x55`, `read ${end - 3} 6`)).toBe('OK\nOK 0x005555000000');
  });

  it('accesses registers as wide as fits, at most four bytes', () => {
    const sizes: number[] = [];
    const { read } = machine;
    machine.read = (space, addr, size) => {
      sizes.push(size);
      return read.call(machine, space, addr, size);
    };
    ask('read 0xfec00000 1', 'read 0xfec00000 2', 'readl 0xfec00000', 'readq 0xfec00000');
    expect(sizes).toEqual([1, 2, 4, 4, 4]);
    sizes.length = 0;
    ask('read 0xfec00000 7');
    expect(sizes).toEqual([4, 2, 1]);
  });
});

it('swaps bytes for a big-endian guest', () => {
  const { ask } = serve('qemu-system-s390x -M s390-ccw-virtio -m 64 -nodefaults');
  expect(ask('endianness', 'writel 0x1000 0x11223344', 'read 0x1000 4', 'readw 0x1002')).toBe(
    'OK big\nOK\nOK 0x11223344\nOK 0x0000000000003344',
  );
});

describe('the clock', () => {
  it('stands still but for its commands', () => {
    const { ask } = serve(PC);
    expect(ask('clock_step', 'clock_step 100', 'clock_set 50', 'clock_set 0x1000')).toBe(
      'OK 0\nOK 100\nOK 100\nOK 4096',
    );
    expect(ask('clock_set')).toBe('FAIL clock_set needs a time');
    expect(ask('clock_step x')).toBe("FAIL 'x' is not a number");
  });

  it('is nobody’s where CPUs run', () => {
    expect(serve(PC, false).ask('clock_step')).toBe("FAIL Unknown command 'clock_step'");
  });
});

describe('interrupts', () => {
  /** The device's pin is raised and lowered by hand, through the interrupt controller's own input. */
  const pulse = (input: number) => [
    `set_irq_in /machine/i440fx/ioapic unnamed-gpio-in ${input} 1`,
    `set_irq_in /machine/i440fx/ioapic unnamed-gpio-in ${input} 0`,
  ];

  it('tells of each change of a watched controller, before the answer', () => {
    const { ask } = serve(PC);
    expect(ask(...pulse(11))).toBe('OK\nOK');
    expect(ask('irq_intercept_in ioapic')).toBe('OK');
    expect(ask('irq_intercept_in /machine/i440fx/ioapic')).toBe('OK');
    expect(ask(...pulse(11))).toBe('IRQ raise 11\nOK\nIRQ lower 11\nOK');
    const [up = ''] = pulse(3);
    expect(ask(up, up)).toBe('IRQ raise 3\nOK\nOK');
  });

  it('numbers the inputs of each controller from 0', () => {
    const { ask, machine } = serve(PC);
    const second = machine.devices.filter(({ type }) => type.name === 'isa-i8259')[1]?.path;
    expect(ask(`irq_intercept_in ${second}`)).toBe('OK');
    expect(ask(...pulse(11), ...pulse(3))).toBe('IRQ raise 3\nOK\nIRQ lower 3\nOK\nOK\nOK');
    expect(ask('irq_intercept_in ioapic')).toBe('FAIL IRQ intercept already enabled');
    expect(ask('set_irq_in ioapic name 1 1')).toBe('FAIL ioapic has no input name 1');
  });

  it('knows the inputs of virt, far above the first 32', () => {
    const line =
      'qemu-system-aarch64 -M virt -m 64 -nodefaults -global virtio-mmio.force-legacy=false -device virtio-balloon-device';
    const { ask, machine } = serve(line);
    const gic = machine.devices.find(({ type }) => type.name === 'arm_gic')?.path;
    expect(ask(`irq_intercept_in ${gic}`)).toBe('OK');
    ask('writel 0xa003e70 0xf');
    machine.qmp({ execute: 'balloon', arguments: { value: 2 ** 25 } });
    expect(ask('readl 0xa003e60')).toBe('OK 0x0000000000000003');
    expect(ask('writel 0xa003e64 3')).toBe('IRQ lower 47\nOK');
  });

  it('watches nothing where only outputs are asked for', () => {
    const { ask } = serve(PC);
    expect(ask('irq_intercept_out ioapic', ...pulse(11))).toBe('OK\nOK\nOK');
  });
});

it('logs what comes and goes', () => {
  const { ask, server, logged } = serve(PC);
  ask('endianness');
  server.close();
  expect(logged).toEqual(['I OPENED\n', 'R endianness\n', 'S OK little\n', 'I CLOSED\n']);
});
