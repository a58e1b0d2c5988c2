import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OPTIONS } from '../../options/option-table.ts';
import { goldenHost } from '../../testing/golden.ts';
import { startMachine } from './start.ts';

/** Lines that are tried; `FUZZ_LINES=100000` tries more. */
const LINES = Number(process.env.FUZZ_LINES ?? 2000);

/** Programs, each with a machine of its own. */
const PROGRAMS = `qemu-system-x86_64 -M pc
qemu-system-x86_64 -M q35
qemu-system-x86_64 -M microvm
qemu-system-x86_64 -M microvm,pcie=on
qemu-system-aarch64 -M virt
qemu-system-s390x -M s390-ccw-virtio
qemu-system-riscv64 -M virt
qemu-system-x86_64 -M none`.split('\n');

/** Options that mean something. */
const MEANT = `-m 64M,maxmem=1G,slots=2
-smp 2,sockets=2,cores=1
-machine memory-backend=m0
-nodefaults
-snapshot
-nographic
-S
-usb
-device virtio-rng-pci,id=a
-device virtio-rng-device
-device virtio-blk-pci,drive=d0,id=b
-device virtio-blk-device,drive=d1
-device virtio-blk-ccw,drive=d1,devno=fe.0.0001
-device virtio-net-pci,netdev=n0,mac=52:54:00:12:34:56
-device virtio-serial-pci
-device virtconsole,chardev=c0
-device virtserialport,chardev=c1,nr=3
-device virtio-scsi-pci,id=s0
-device scsi-hd,drive=d0,scsi-id=1,lun=2
-device virtio-9p-pci,fsdev=f0,mount_tag=t
-device virtio-balloon-pci,addr=3.1
-device virtio-mem-pci,memdev=m0
-device virtio-crypto-pci,cryptodev=k0
-device virtio-gpu-pci,max_outputs=2
-device virtio-iommu-pci
-device pci-bridge,id=br0,chassis_nr=1
-device pcie-root-port,id=rp0,chassis=1
-device {"driver":"virtio-rng-pci","vectors":2}
-device virtio-rng-pci,help
-drive if=none,id=d0,file=img/disk.raw,format=raw
-drive if=virtio,file=null-co://,format=raw
-drive file=null-co://,index=1
-hda img/disk.raw
-blockdev null-co,node-name=d1,size=4096
-blockdev raw,node-name=d0,file.driver=null-co,file.size=1024,offset=512
-blockdev throttle,throttle-group=t0,node-name=n,file=d1
-blockdev {"driver":"null-co","node-name":"d0","size":512}
-netdev user,id=n0,net=10.0.2.0/24,hostfwd=tcp::80-:80
-netdev hubport,hubid=0,id=n0
-netdev vhost-user,id=n0,chardev=c0
-netdev dgram,id=n1,local.type=inet,local.host=a,local.port=1
-netdev {"type":"user","id":"n0"}
-nic user,model=virtio
-net nic,model=virtio
-net user
-chardev null,id=c0
-chardev null,id=c1,mux=on
-chardev socket,id=c0,path=/s,server=on,wait=off
-chardev ringbuf,id=c1,size=1024
-serial mon:stdio
-serial tcp:a:1,server=on
-parallel udp::1@:2
-monitor unix:/s,server=on
-qmp unix:/q
-mon chardev=c0,mode=control
-fsdev local,id=f0,path=share,security_model=none
-virtfs local,path=share,mount_tag=u,security_model=none
-object rng-builtin,id=r0
-object memory-backend-ram,id=m0,size=1M,policy=bind,host-nodes=0-3
-object throttle-group,id=t0,x-iops-total=5
-object filter-buffer,id=f,netdev=n0,interval=5
-object secret,id=s,data=x
-object iothread,id=i0,poll-max-ns=5
-object cryptodev-backend-builtin,id=k0
-object {"qom-type":"memory-backend-ram","id":"m0","size":4096}
-global virtio-rng-pci.vectors=3
-global driver=virtio-pci,property=ats,value=on
-set device.a.vectors=1
-accel tcg,thread=multi
-vga std
-boot order=c,menu=on
-rtc base=2020-01-01
-display none
-cpu max`
  .split('\n')
  .map((line) => line.split(' '));

/** Pieces that spoil an argument, or make it another. */
const PIECES = [
  ...[',', ',,', '=', '.', ':', '/', '', ' ', '-', '-1', '0', '0x', '[', '{', '"', "'", '\\', '\n'],
  ...['99999999999999999999', '1e9', 'on', 'off', 'id=', 'id=a', 'no', 'help', 'constructor'],
  ...['__proto__', 'toString', 'é', '😀', '\u0000', 'null', 'bus=pci.0', 'bus=/', 'addr=3'],
];

const piece = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...PIECES) },
  fc.string({ maxLength: 8 }),
);
const changes = fc.oneof(
  { weight: 6, arbitrary: fc.constant([]) },
  fc.array(fc.tuple(fc.nat(), fc.nat(6), piece), { minLength: 1, maxLength: 3 }),
);

/** A text with some of its characters gone and others in their place. */
function spoilt(text: string, spots: readonly (readonly [number, number, string])[]): string {
  let changed = text;
  for (const [at, length, into] of spots) {
    const from = at % (changed.length + 1);
    changed = changed.slice(0, from) + into + changed.slice(from + length);
  }
  return changed;
}

const meant = fc
  .tuple(fc.constantFrom(...MEANT), changes)
  .map(([[name = '', argument], spots]) =>
    argument === undefined ? [name] : [name, spoilt(argument, spots)],
  );
const any = fc
  .tuple(fc.constantFrom(...OPTIONS.entries()), fc.constantFrom(...MEANT), changes)
  .map(([[name, { argument }], [, other = ''], spots]) =>
    argument ? [`-${name}`, spoilt(other, spots)] : [`-${name}`],
  );
const program = fc.tuple(fc.constantFrom(...PROGRAMS), changes).map(([text, spots]) => {
  const [name = '', option = '', machine = ''] = text.split(' ');
  return [name, option, spoilt(machine, spots)];
});
const words = fc
  .tuple(
    program,
    fc.array(
      fc.oneof(
        { weight: 18, arbitrary: meant },
        any,
        piece.map((word) => [word]),
      ),
      { maxLength: 8 },
    ),
  )
  .map(([start, parts]) => [...start, ...parts.flat()]);

test('a line starts a machine or is refused in words, whatever it says', {
  timeout: 3_600_000,
}, () => {
  fc.assert(
    fc.property(words, (line) => {
      const result = startMachine(line, goldenHost());
      if ('machine' in result) expect(result.machine.monitor('info qtree')).toContain('bus: ');
      else expect(result.stdout + result.stderr).not.toBe('');
    }),
    { numRuns: LINES, seed: 20_260_408 },
  );
});

test('so does a pasted text', { timeout: 3_600_000 }, () => {
  const text = fc
    .array(
      fc.oneof(
        { weight: 4, arbitrary: meant },
        piece.map((word) => [word]),
      ),
      { maxLength: 8 },
    )
    .map((parts) => parts.flat())
    .chain((parts) =>
      fc
        .array(fc.constantFrom(' ', ' ', '', '\n', "'"), {
          minLength: parts.length,
          maxLength: parts.length,
        })
        .map((blanks) => parts.map((part, i) => part + blanks[i]).join('')),
    );
  fc.assert(
    fc.property(text, (line) => {
      startMachine(line, goldenHost());
    }),
    { numRuns: LINES / 4, seed: 20_260_408 },
  );
});
