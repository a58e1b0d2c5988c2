import { bytesSource } from '../engine/backends/byte-source.ts';
import { Machine } from '../engine/machine/machine.ts';
import { PciBus } from '../guest/bus/pci.ts';
import { PciConfigPorts } from '../guest/bus/pci-config.ts';
import { GuestContext } from '../guest/context.ts';
import { VirtioPci } from '../guest/transport/virtio-pci.ts';
import type { VirtQueue } from '../guest/virtqueue/queue.ts';
import { silentJournal } from '../journal/writer.ts';
import { P9 } from '../spec/9p.ts';
import { VIRTIO_GPU_CMD } from '../spec/gpu.ts';
import { VIRTIO_IOMMU_T } from '../spec/iommu.ts';
import { VIRTIO_MEM_REQ } from '../spec/mem.ts';
import { PCI_VENDOR_VIRTIO } from '../spec/pci.ts';
import { DirectHal } from '../worker/direct-hal.ts';

const DISK_BYTES = 1 << 16;
/** I/O ports of the helper for PCI hot-plug of a pc: slots that came, that shall go, and what the guest lets go of. */
const ACPI = { up: 0xae00, down: 0xae04, eject: 0xae08 } as const;

/** Numbers of 32 bits as bytes, little-endian. */
const words = (...values: readonly number[]) => [
  ...new Uint8Array(Uint32Array.from(values).buffer),
];
const zeros = (length: number) => new Array<number>(length).fill(0);

/** Data that a request has beside its header, or room for such. */
interface Data {
  readonly out?: readonly number[];
  readonly room?: number;
}

/** A machine whose virtio functions a driver has taken over, by its guest library. */
class Run {
  readonly machine: Machine;
  readonly #bus: PciBus;
  readonly #context: GuestContext;

  /** `line`: devices and back ends, in QEMU's words, behind `board`. */
  constructor(line: string, board = '-M pc') {
    let seed = 1;
    this.machine = Machine.build(`${board} -m 16 -nodefaults ${line}`, {
      journal: silentJournal(),
      allocateRam: (bytes) => new SharedArrayBuffer(bytes),
      openImage: (name) =>
        name === 'disk' ? bytesSource(new Uint8Array(DISK_BYTES).fill(7)) : undefined,
      fileKind: (name) => (name === 'share' ? 'directory' : 'file'),
      random: (into) => into.set(into.map(() => seed++ & 0xff)),
    });
    const hal = new DirectHal(this.machine);
    this.#context = new GuestContext(hal);
    this.#bus = new PciBus(new PciConfigPorts(hal));
  }

  /** The queues of the `index`th virtio function, which accepts all that is offered of `wanted`, and goes live. */
  start(wanted: readonly number[] = [], count = 1, index = 0): VirtQueue[] {
    const fn = this.#bus.findAll({ vendor: PCI_VENDOR_VIRTIO })[index];
    if (!fn) throw new Error(`there is no function ${index}`);
    const transport = new VirtioPci(this.#context, fn.enable());
    transport.reset();
    transport.status |= 3;
    transport.negotiate(wanted);
    const queues = Array.from({ length: count }, (_, i) => transport.queue(i));
    transport.status |= 4;
    return queues;
  }

  /** Sends one chain: a header, and what follows it in a buffer of its own; rooms for answers. */
  send(queue: VirtQueue, bytes: readonly number[], room: number, more?: Data): void {
    const { dma } = this.#context;
    const sent = [bytes, more?.out ?? []].filter(({ length }) => length > 0);
    const rooms = [room, more?.room ?? 0].filter((length) => length > 0);
    const readable = sent.map((part) => dma.alloc(part.length).write(Uint8Array.from(part)));
    queue.publish(queue.add({ readable, writable: rooms.map((length) => dma.alloc(length)) }));
    queue.notify();
  }

  /** Writes a register of the function in a slot of the first bus. */
  configure(slot: number, register: number, value: number): void {
    this.machine.write('io', 0xcf8, 4, 2 ** 31 + (slot << 11) + register);
    this.machine.write('io', 0xcfc, 4, value);
  }

  /** Lines for the human monitor. */
  say(...lines: readonly string[]): void {
    for (const line of lines) this.machine.monitor(line);
  }
}

/** A 9P message. */
function message(type: number, tag: number, body: readonly number[]): number[] {
  return [...words(7 + body.length), type, tag & 0xff, tag >> 8, ...body];
}

const text = (name: string) => [name.length & 0xff, name.length >> 8, ...Buffer.from(name)];
const u16 = (value: number) => [value & 0xff, value >> 8];

/**
 * What drivers and people do to devices, one run a line: each leaves something behind in a device or back end that
 * what follows depends on. Runs build their machines themselves, and are the same each time.
 */
export const DEVICE_RUNS: Readonly<Record<string, () => void>> = {
  'files: a request waits until it is given up, in a fid that was walked to before'() {
    const run = new Run('-fsdev synth,id=f -device virtio-9p-pci,fsdev=f,mount_tag=t');
    const [queue] = run.start() as [VirtQueue];
    const send = (type: number, tag: number, body: readonly number[]) =>
      run.send(queue, message(type, tag, body), 256);
    send(P9.TVERSION, 0xffff, [...words(8192), ...text('9P2000.L')]);
    send(P9.TATTACH, 1, [...words(1, 0xffff_ffff), ...text('me'), ...text(''), ...words(0)]);
    send(P9.TWALK, 2, [...words(1, 2), ...u16(1), ...text('FLUSH')]);
    send(P9.TLOPEN, 3, words(2, 1));
    send(P9.TWRITE, 4, [...words(2, 0, 0, 1), 1]);
    send(P9.TWRITE, 5, [...words(2, 0, 0, 1), 1]);
    send(P9.TFLUSH, 6, u16(4));
    send(P9.TFLUSH, 7, u16(5));
  },
  'files: what was made in memory is still there'() {
    const run = new Run(
      '-fsdev local,id=f,path=share,security_model=none -device virtio-9p-pci,fsdev=f,mount_tag=t',
    );
    const [queue] = run.start() as [VirtQueue];
    const send = (type: number, tag: number, body: readonly number[]) =>
      run.send(queue, message(type, tag, body), 512);
    send(P9.TVERSION, 0xffff, [...words(8192), ...text('9P2000.L')]);
    send(P9.TATTACH, 1, [...words(1, 0xffff_ffff), ...text('me'), ...text(''), ...words(0)]);
    send(P9.TMKDIR, 1, [...words(1), ...text('folder'), ...words(0o755, 0)]);
    send(P9.TWALK, 1, [...words(1, 2), ...u16(1), ...text('folder')]);
    send(P9.TLCREATE, 1, [...words(2), ...text('file'), ...words(2, 0o644, 0)]);
    send(P9.TWRITE, 1, [...words(2, 0, 0, 3), 1, 2, 3]);
    send(P9.TLINK, 1, [...words(1, 2), ...text('again')]);
    send(P9.TWRITE, 1, [...words(2, 3, 0, 1), 4]);
    send(P9.TWALK, 1, [...words(1, 3), ...u16(1), ...text('again')]);
    send(P9.TLOPEN, 1, words(3, 0));
    send(P9.TREAD, 1, words(3, 0, 0, 16));
    send(P9.TGETATTR, 1, words(3, 0x7ff, 0));
  },
  'pictures: resources, their memory and what displays show'() {
    const run = new Run('-device virtio-gpu-pci');
    const [queue] = run.start() as [VirtQueue];
    const send = (type: number, ...rest: readonly number[]) =>
      run.send(queue, [...words(type), ...zeros(20), ...words(...rest)], 24);
    send(VIRTIO_GPU_CMD.RESOURCE_CREATE_2D, 1, 1, 32, 32);
    send(VIRTIO_GPU_CMD.RESOURCE_CREATE_2D, 1, 1, 32, 32);
    send(VIRTIO_GPU_CMD.RESOURCE_ATTACH_BACKING, 1, 1, 0x1000, 0, 4096, 0);
    send(VIRTIO_GPU_CMD.TRANSFER_TO_HOST_2D, 0, 0, 32, 32, 0, 0, 1, 0);
    send(VIRTIO_GPU_CMD.SET_SCANOUT, 0, 0, 32, 32, 0, 1);
    send(VIRTIO_GPU_CMD.RESOURCE_FLUSH, 0, 0, 32, 32, 1, 0);
    send(VIRTIO_GPU_CMD.RESOURCE_DETACH_BACKING, 1, 0);
    send(VIRTIO_GPU_CMD.RESOURCE_UNREF, 1, 0);
    send(VIRTIO_GPU_CMD.RESOURCE_UNREF, 1, 0);
  },
  'ciphers: a session, and the vector that goes on from request to request'() {
    const run = new Run(
      '-object cryptodev-backend-builtin,id=c -device virtio-crypto-pci,cryptodev=c',
    );
    const [data, control] = run.start([], 2) as [VirtQueue, VirtQueue];
    const key = Array.from({ length: 16 }, (_, i) => i);
    const create = [...words(2, 0, 0, 0, 3, 16, 1), ...zeros(36), ...words(1, 0), ...key];
    run.send(control, create, 16);
    run.send(control, create, 16);
    const encrypt = (session: number, vector: readonly number[]) =>
      run.send(
        data,
        [
          ...words(0, 0, session, 0, 0, 0, vector.length, 16, 16),
          ...zeros(28),
          ...words(1, 0),
          ...vector,
          ...zeros(16),
        ],
        17,
      );
    encrypt(0, key);
    encrypt(0, []);
    encrypt(1, []);
    run.send(control, [...words(3, 0, 0, 0, 0, 0), ...zeros(48)], 1);
    encrypt(0, []);
    encrypt(1, []);
  },
  'addresses: domains and what is mapped in them'() {
    const run = new Run('-device virtio-iommu-pci,addr=5 -device virtio-rng-pci,addr=6');
    const [queue] = run.start([6]) as [VirtQueue];
    const send = (type: number, body: readonly number[]) =>
      run.send(queue, [type, 0, 0, 0, ...body], 4);
    const range = (first: number, last: number) => words(first, 0, last, 0);
    send(VIRTIO_IOMMU_T.ATTACH, [...words(7, 0x30, 0), ...zeros(4)]);
    send(VIRTIO_IOMMU_T.MAP, [...words(7), ...range(0x1000, 0x1fff), ...words(0, 0, 3)]);
    send(VIRTIO_IOMMU_T.MAP, [...words(7), ...range(0x1000, 0x2fff), ...words(0, 0, 3)]);
    run.say('info mtree -f');
    send(VIRTIO_IOMMU_T.UNMAP, [...words(7), ...range(0x1000, 0x17ff), ...zeros(4)]);
    send(VIRTIO_IOMMU_T.DETACH, [...words(7, 0x30), ...zeros(8)]);
    send(VIRTIO_IOMMU_T.DETACH, [...words(7, 0x30), ...zeros(8)]);
  },
  'memory: blocks that are plugged, and how many shall be'() {
    const run = new Run(
      '-m maxmem=256M,slots=1 -object memory-backend-ram,id=m,size=8M -device virtio-mem-pci,id=v,memdev=m',
    );
    const [queue] = run.start() as [VirtQueue];
    // The device lies where memory that can come later begins: behind the first 4 GiB.
    const send = (type: number, block: number, count: number) =>
      run.send(
        queue,
        [...u16(type), ...zeros(6), ...words(block * 2 ** 21, 1), ...u16(count), ...zeros(6)],
        10,
      );
    send(VIRTIO_MEM_REQ.PLUG, 0, 1);
    run.say('qom-set v requested-size 4M');
    send(VIRTIO_MEM_REQ.PLUG, 0, 1);
    send(VIRTIO_MEM_REQ.PLUG, 0, 1);
    send(VIRTIO_MEM_REQ.STATE, 0, 2);
    send(VIRTIO_MEM_REQ.UNPLUG, 0, 1);
    send(VIRTIO_MEM_REQ.STATE, 0, 2);
  },
  'balloon: a chain that stays with the device, and pages that were given'() {
    const run = new Run('-device virtio-balloon-pci,id=b');
    const [inflate, , statistics] = run.start([1], 3) as [VirtQueue, VirtQueue, VirtQueue];
    run.send(statistics, [...u16(4), ...words(4096, 0)], 0);
    run.say('balloon 8');
    run.send(inflate, words(0x100, 0x101), 0);
    run.say('qom-get b guest-stats');
    run.say('qom-set b guest-stats-polling-interval 1');
    run.send(statistics, [...u16(5), ...words(8192, 0)], 0);
    run.say('qom-get b guest-stats', 'info balloon');
    run.send(statistics, [...u16(5), ...words(1, 0)], 0);
  },
  'network: a packet that waits at its receiver, filters, and a link that is down'() {
    const run = new Run(
      [
        '-netdev hubport,id=n0,hubid=0 -netdev hubport,id=n1,hubid=0',
        '-device virtio-net-pci,id=a,netdev=n0,addr=5 -device virtio-net-pci,id=b,netdev=n1,addr=6',
      ].join(' '),
    );
    const CTRL = [16, 17, 18, 19, 20, 21, 23];
    const [, sender, control] = run.start(CTRL, 3, 0) as [VirtQueue, VirtQueue, VirtQueue];
    const packet = [...zeros(12), ...new Array<number>(6).fill(0xff), ...zeros(60)];
    run.send(sender, packet, 0);
    run.send(sender, packet, 0);
    run.send(control, [0, 0, 0], 1);
    run.send(control, [2, 0, 5, 0], 1);
    run.send(control, [1, 1, 2, 2, 2, 2, 2, 2], 1);
    run.say('info network');
    const [receiver] = run.start(CTRL, 3, 1) as [VirtQueue];
    run.send(receiver, [], 128);
    run.send(receiver, [], 128);
    run.send(receiver, [], 128);
    run.machine.qmp({ execute: 'query-rx-filter' });
    run.say('set_link a off', 'announce_self');
    run.send(sender, packet, 0);
    run.say('set_link a on');
    run.send(sender, packet, 0);
  },
  'input: what a person does goes to the driver that was ready last, and a question stays asked'() {
    const run = new Run('-device virtio-keyboard-pci -device virtio-keyboard-pci');
    const queues = [0, 1].map((index) => run.start([], 1, index)[0] as VirtQueue);
    for (const queue of queues) for (let i = 0; i < 6; i++) run.send(queue, [], 8);
    run.say('sendkey a');
    run.say('sendkey b');
  },
  'serial: ports that the driver opened, and bytes that wait for it'() {
    const run = new Run(
      '-chardev null,id=c -device virtio-serial-pci,max_ports=4 -device virtserialport,chardev=c,nr=1,name=p,id=p',
    );
    const queues = run.start([1], 6);
    const [, , told, control, receive, transmit] = queues as VirtQueue[];
    if (!told || !control || !receive || !transmit) throw new Error('too few queues');
    for (let i = 0; i < 6; i++) run.send(told, [], 32);
    const say = (event: number, value: number, id = 1) =>
      run.send(control, [...words(id), ...u16(event), ...u16(value)], 0);
    say(0, 1);
    say(3, 1);
    run.machine.chardevs.find('c')?.setOpen(true);
    run.machine.chardevs.find('c')?.input(Uint8Array.of(1, 2, 3));
    say(6, 1);
    run.send(receive, [], 2);
    run.send(receive, [], 2);
    run.send(transmit, [9, 9], 0);
    run.say('info qtree');
  },
  'scsi: attentions, sense data and modes'() {
    const run = new Run(
      '-drive if=none,id=d,file=disk,format=raw -device virtio-scsi-pci -device scsi-hd,drive=d',
    );
    const [, , requests] = run.start([2], 3) as [VirtQueue, VirtQueue, VirtQueue];
    const send = (cdb: readonly number[], data: Data = {}) =>
      run.send(requests, [1, 0, 0, 0, ...zeros(15), ...cdb, ...zeros(32 - cdb.length)], 108, data);
    send([0]);
    send([0]);
    send([0x1b, 0, 0, 0, 0xff]);
    send([3, 0, 0, 0, 18], { room: 18 });
    send([0x55, 0x10, 0, 0, 0, 0, 0, 0, 28], { out: [...zeros(8), 8, 18, ...zeros(18)] });
    send([0x5a, 0, 8, 0, 0, 0, 0, 0, 64], { room: 64 });
    send([0x2a, 0, 0, 0, 0, 1, 0, 0, 1], { out: new Array<number>(512).fill(3) });
    run.say('block_resize d 48K');
    send([0x25], { room: 8 });
    send([0x25], { room: 8 });
    send([0x28, 0, 0, 0, 0, 1, 0, 0, 1], { room: 512 });
  },
  'hot-plug by the firmware of a pc: devices come, and go when the guest lets go of them'() {
    const run = new Run('-device virtio-rng-pci,id=old,addr=5');
    run.start();
    run.say('device_add virtio-rng-pci,id=new,addr=6', 'device_add nonsense,id=x');
    run.machine.read('io', ACPI.up, 4);
    run.configure(6, 0x20, 0xe000_0000);
    run.configure(6, 0x04, 6);
    run.machine.read('memory', 0xe000_0000, 4);
    run.say('device_del new', 'device_del new', 'device_del old');
    run.machine.read('io', ACPI.down, 4);
    run.machine.write('io', ACPI.eject, 4, 1 << 6);
    run.say('device_add virtio-rng-pci,id=new,addr=6', 'info qtree');
    run.machine.read('io', ACPI.up, 4);
    run.say('system_reset', 'device_add virtio-balloon-pci', 'info pci', 'xp/2xb 0', 'xp 0');
  },
  'hot-plug at a port of PCI Express, whose slot the guest switches; and a pair that takes over'() {
    const run = new Run(
      [
        '-global ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off',
        '-device pcie-root-port,id=rp,chassis=1,slot=1 -device pcie-root-port,id=rq,chassis=1,slot=2',
        '-netdev hubport,id=n,hubid=0 -device virtio-net-pci,id=net,netdev=n,failover=on',
        '-device virtio-net-pci,id=own,bus=rq,failover_pair_id=net',
      ].join(' '),
      '-M q35',
    );
    run.start([62]);
    run.say('info qtree', 'device_add virtio-rng-pci,id=r,bus=rp', 'info pci');
    // Power and indicator of the slot behind `rp` are switched on, and then off.
    for (const control of [0x01c0, 0x07c0]) {
      run.configure(1, 0x6c, control);
      run.say('device_del r');
    }
    run.say('info qtree', 'device_add virtio-rng-pci,id=r,bus=rp', 'info qtree');
  },
};
