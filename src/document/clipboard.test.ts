import { describe, expect, test } from 'vitest';
import { machineOf } from '../testing/built-machine.ts';
import { copyText, duplicate, pasteText } from './clipboard.ts';
import { DocumentError, type MachineDocument } from './document.ts';
import { optionIdOf } from './entries.ts';
import { lineOf, optionText, readDocument } from './read.ts';
import { Tree } from './tree.ts';

function bench(line: string) {
  const doc = readDocument(line);
  const machine = machineOf(line);
  const topology = machine.topology();
  const { buses } = new Tree(doc, topology);
  return {
    doc,
    topology,
    types: machine.types(),
    keys: (...ids: string[]) =>
      doc.options.filter((one) => ids.includes(optionIdOf(one) ?? '')).map(({ key }) => key),
    on(name: string) {
      const bus = buses.find((place) => place.bus.name === name)?.bus;
      if (!bus) throw new Error(`no bus ${name}`);
      return { kind: 'bus' as const, bus };
    },
  };
}

/** What came to the line; the machine that it makes stands. */
function fresh(before: MachineDocument, after: MachineDocument): string[] {
  machineOf(lineOf(after));
  const known = new Set(before.options.map(({ key }) => key));
  return after.options.filter(({ key }) => !known.has(key)).map(optionText);
}

const SCSI =
  '-M pc -nodefaults -drive if=none,id=d0,driver=null-co,size=1M -blockdev null-co,node-name=d1,size=1048576 -object iothread,id=t -device virtio-scsi-pci,id=s,addr=7,iothread=t -device scsi-hd,bus=s.0,drive=d0,lun=3,bootindex=1 -device scsi-hd,drive=d1,id=hd1';

describe('copied text', () => {
  test('has what was chosen, what hangs on it and what they use, each on the bus where it is', () => {
    const { doc, topology, keys } = bench(SCSI);
    expect(copyText(doc, topology, keys('s')).split(' \\\n')).toEqual([
      '-drive if=none,id=d0,driver=null-co,size=1M',
      '-blockdev null-co,node-name=d1,size=1048576',
      '-object iothread,id=t',
      '-device virtio-scsi-pci,id=s,addr=7,iothread=t',
      '-device scsi-hd,bus=s.0,drive=d0,lun=3,bootindex=1',
      '-device scsi-hd,drive=d1,id=hd1,bus=s.0',
    ]);
  });

  test('names carriers that have no name, and goes down the chain of block nodes', () => {
    const { doc, topology } = bench(
      '-M pc -nodefaults -blockdev null-co,node-name=low,size=1048576 -blockdev raw,node-name=top,file=low -device virtio-scsi-pci -device scsi-hd,drive=top',
    );
    const key = doc.options.at(-2)?.key ?? 0;
    expect(copyText(doc, topology, [key]).split(' \\\n')).toEqual([
      '-blockdev null-co,node-name=low,size=1048576',
      '-blockdev raw,node-name=top,file=low',
      '-device virtio-scsi-pci,id=scsi0',
      '-device scsi-hd,drive=top,bus=scsi0.0',
    ]);
    expect(copyText(doc, topology, [])).toBe('');
  });
});

describe('duplicate', () => {
  test('makes a controller with its disks once more, with drives and ids of their own', () => {
    const { doc, topology, keys } = bench(SCSI);
    expect(fresh(doc, duplicate(doc, topology, keys('s')))).toEqual([
      '-drive if=none,id=d2,driver=null-co,size=1M',
      '-blockdev null-co,node-name=d3,size=1048576',
      '-object iothread,id=t0',
      '-device virtio-scsi-pci,id=s0,iothread=t0',
      '-device scsi-hd,bus=s0.0,drive=d2,lun=3',
      '-device scsi-hd,drive=d3,id=hd0,bus=s0.0',
    ]);
  });

  test('of one disk stays on its controller, at another address', () => {
    const { doc, topology, keys } = bench(SCSI);
    expect(fresh(doc, duplicate(doc, topology, keys('hd1'))).at(-1)).toBe(
      '-device scsi-hd,drive=d2,id=hd0',
    );
  });

  test('of ports and consoles goes with their controller', () => {
    const { doc, topology, keys } = bench(
      '-M pc -nodefaults -chardev null,id=c -device virtio-serial-pci,id=v,max_ports=4 -device virtconsole,chardev=c -device virtserialport,id=p,nr=2,name=org.x',
    );
    expect(fresh(doc, duplicate(doc, topology, keys('v')))).toEqual([
      '-chardev null,id=c0',
      '-device virtio-serial-pci,id=v0,max_ports=4',
      '-device virtconsole,chardev=c0,bus=v0.0',
      '-device virtserialport,id=p0,nr=2,name=org.x0,bus=v0.0',
    ]);
  });

  test('leaves alone what is called like an address and is none', () => {
    const { doc, topology, keys } = bench(
      '-M q35 -nodefaults -device virtio-scsi-pci -device pcie-root-port,id=rp,port=3,chassis=1,addr=5',
    );
    expect(optionText(duplicate(doc, topology, keys('rp')).options.at(-1)!)).toBe(
      '-device pcie-root-port,id=rp0,port=3,chassis=1',
    );
  });
});

describe('paste', () => {
  const TEXT =
    '-netdev user,id=n -device virtio-net-pci,netdev=n,id=nic,addr=3,mac=52:54:00:00:00:01';

  test('gives what is taken another name, here and where the text speaks of it', () => {
    const { doc, topology, types } = bench(`-M pc -nodefaults ${TEXT}`);
    expect(fresh(doc, pasteText(doc, topology, types, TEXT))).toEqual([
      '-netdev user,id=n0',
      '-device virtio-net-pci,netdev=n0,id=nic0,mac=52:54:00:00:00:01',
    ]);
  });

  test('goes onto the chosen bus, in the form that it has there', () => {
    const there = bench('qemu-system-aarch64 -M virt -device pcie-root-port,id=rp,chassis=1');
    const paste = (bus: string, text = `${TEXT},vectors=2`) =>
      fresh(there.doc, pasteText(there.doc, there.topology, there.types, text, there.on(bus)));
    expect(paste('rp').at(-1)).toMatch(/^-device virtio-net-pci,.*vectors=2,bus=rp$/);
    expect(paste('virtio-mmio-bus.5').at(-1)).toBe(
      '-device virtio-net-device,netdev=n,id=nic,mac=52:54:00:00:00:01,bus=virtio-mmio-bus.5',
    );
  });

  test('puts onto the bus only what fits there', () => {
    const { doc, topology, types, on } = bench(
      '-M q35 -nodefaults -device pcie-root-port,id=rp,chassis=1',
    );
    const text =
      '-device virtio-scsi-pci,id=s -drive if=none,id=x,driver=null-co,size=1M -device scsi-hd,drive=x';
    expect(fresh(doc, pasteText(doc, topology, types, text, on('rp')))).toEqual([
      '-device virtio-scsi-pci,id=s,bus=rp',
      '-drive if=none,id=x,driver=null-co,size=1M',
      '-device scsi-hd,drive=x',
    ]);
    const wrong = pasteText(doc, topology, types, '-device virtio-scsi-pci', on('isa.0'));
    expect(() => machineOf(lineOf(wrong))).toThrow("can't go on ISA bus");
  });

  test('of a bus that is not here leaves the place to QEMU', () => {
    const { doc, topology, types } = bench('-M pc -nodefaults');
    const text = '-device virtio-rng-pci,bus=pcie.0,addr=9';
    expect(fresh(doc, pasteText(doc, topology, types, text))).toEqual(['-device virtio-rng-pci']);
  });

  test.each(['-M pc', '-S -device virtio-rng-pci', '', '# nothing', "-device 'x"])(
    '%j is refused in words',
    (text) => {
      const { doc, topology, types } = bench('-M pc -nodefaults');
      expect(() => pasteText(doc, topology, types, text)).toThrow(DocumentError);
    },
  );

  test('takes no time to speak of, however much it is', () => {
    const { doc, topology, types, on } = bench('-M pc -nodefaults -device virtio-rng-pci,id=r0');
    const text = '-device virtio-rng-pci,id=r0 '.repeat(9000);
    const started = performance.now();
    const { options } = pasteText(doc, topology, types, text, on('pci.0'));
    expect(performance.now() - started).toBeLessThan(5000);
    expect(new Set(options.map(({ key }) => key)).size).toBe(options.length);
  });
});
