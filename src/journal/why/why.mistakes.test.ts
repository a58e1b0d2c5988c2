import { describe, expect, it } from 'vitest';
import { DirectGuest } from '../../testing/direct-guest.ts';
import { transportLine } from '../../testing/transports.ts';
import { broken, driverScript, whyOf } from '../../testing/why-rig.ts';
import { sound } from '../../testing/why-sound.ts';
import type { LinkId } from './chain.ts';

/** A driver by hand of one device: what it does once DRIVER_OK is set. */
const driving = (
  id: number,
  queues: readonly number[],
  then: string,
) => `import { virtio, irq } from 'guest';
import { ACKNOWLEDGE, DRIVER, FEATURES_OK, DRIVER_OK, VIRTIO_F_VERSION_1, VIRTIO_F_RING_PACKED } from 'guest';
const device = virtio.find(${id}).open();
device.reset();
device.status |= ACKNOWLEDGE | DRIVER;
const offered = device.deviceFeatures();
if (!device.legacy) {
  device.acceptFeatures([VIRTIO_F_VERSION_1, VIRTIO_F_RING_PACKED].filter((bit) => offered.has(bit)));
  device.status |= FEATURES_OK;
}
${queues.map((queue) => `const q${queue} = device.queue(${queue}, { size: 8 });`).join('\n')}
device.status |= DRIVER_OK;
const { dma } = device;
${then}
`;
const sleeps = 'irq.wait(...device.interruptInputs);';

/** Machines with one device, over PCI and over MMIO, with split and with packed rings. */
const machines = (device: string, more = '', end = '') => [
  `-M pc -m 64 -nodefaults ${more} -device virtio-${device}-pci,id=d0${end}`,
  `-M pc -m 64 -nodefaults ${more} -device virtio-${device}-pci,id=d0,packed=on,disable-legacy=on${end}`,
  `qemu-system-aarch64 -M virt -m 64 -nodefaults ${more} -device virtio-${device}-device,id=d0${end}`,
];
const asked = (line: string, script: string, queue = 0) => {
  const guest = new DirectGuest(line);
  guest.run(script);
  const found = whyOf(guest, queue);
  sound(found, guest.events().length);
  const link = (id: LinkId) => found.links.find((one) => one.id === id);
  return { guest, found, link, script };
};

describe('buffers that do not fit their queue', () => {
  it.each(machines('rng'))('[5.4.6] nothing for the device to fill: %s', (line) => {
    const one = 'q0.publish(q0.add({ readable: [dma.alloc(8)] })); q0.notify();';
    for (const then of [one + sleeps, one]) {
      const { found } = asked(line, driving(4, [0], then));
      expect(found.verdict).toMatchObject({ kind: 'broken', link: 'descriptors' });
      expect(found.verdict.text).toContain('nothing in the chain at descriptor 0');
    }
    const good = one.replace('readable', 'writable');
    expect(broken(asked(line, driving(4, [0], good)).found)).toEqual([]);
  });

  const net = machines('net', '-netdev user,id=n0', ',netdev=n0');
  it.each(net)('[5.1.9.3] a receive buffer that only the driver may write: %s', (line) => {
    const two = `q0.publish(q0.add({ writable: [dma.alloc(1526)] }));
q0.publish(q0.add({ readable: [dma.alloc(1526)] })); q0.notify(); ${sleeps}`;
    const { found } = asked(line, driving(1, [0], two));
    expect(found.verdict).toMatchObject({ kind: 'broken', link: 'descriptors' });
    expect(found.verdict.text).toContain('the chain at descriptor 1');
    // What the driver is to send it may well only read.
    const send = 'q1.publish(q1.add({ readable: [dma.alloc(72)] })); q1.notify();';
    expect(broken(asked(line, driving(1, [0, 1], send), 1).found)).toEqual([]);
  });

  it.each(net)('[5.1.9.3] no receive buffer at all: %s', (line) => {
    const { found } = asked(line, driving(1, [0, 1], sleeps));
    expect(found.verdict).toMatchObject({ kind: 'broken', link: 'descriptors' });
    expect(found.verdict.text).toContain(
      'holds no receive buffer: there is nowhere to put a packet',
    );
    // A transmit queue has nothing to wait for, and a guest that goes on does not wait.
    expect(asked(line, driving(1, [0, 1], sleeps), 1).found.verdict.text).not.toContain('receive');
    expect(broken(asked(line, driving(1, [0, 1], '')).found)).toEqual([]);
  });

  it.each([
    '-M pc -m 64 -nodefaults -device virtio-balloon-pci,id=d0',
    '-M pc -m 64 -nodefaults -device virtio-scsi-pci,id=d0',
  ])('[5.5.6.3] [5.6.6.3] queues that may be empty while the guest sleeps: %s', (line) => {
    const balloon = line.includes('balloon');
    const { found } = asked(line, driving(balloon ? 5 : 8, [0, 1, 2], sleeps), balloon ? 2 : 1);
    expect(found.verdict.text).not.toContain('nowhere to put');
  });

  it('[5.2.6] a chain that is written over, or a header that is, tells nothing of what it was', () => {
    const guest = new DirectGuest(transportLine('pci-modern on pc'));
    guest.run(`import { virtio, VirtioBlk } from 'guest';
const disk = virtio.probe(VirtioBlk);
for (let i = 0; i < 2; i++) disk.startRead(1 + i), disk.submit(), disk.next();
const [header, data, status] = [16, 512, 1].map((size) => disk.queue.dma?.alloc(size) ?? disk.transport.dma.alloc(size));
header.u32(0, 1);
disk.queue.publish(disk.queue.add({ readable: [header, data], writable: [status] }));
disk.queue.notify();
disk.queue.wait();
header.u32(0, 0);
`);
    const { length } = guest.events();
    for (let at = 0; at <= length; at++) {
      const { links } = whyOf(guest, 0, at);
      expect([at, links.filter(({ state }) => state === 'flawed')]).toEqual([at, []]);
    }
    expect(whyOf(guest).verdict.text).toContain('3 chains');
  });

  it('[5.2.6] a request to read that has nothing to read into', () => {
    const line = transportLine('pci-modern on pc');
    const script = (side: string, type: number) =>
      driverScript('nothing')
        .replace('queue.wait();\n', '')
        .replace(
          /describe\(first\); return first;/,
          `header.u32(0, ${type}); return queue.add({ ${side} });`,
        );
    const none = 'readable: [header, data], writable: [status]';
    for (const type of [0, 8]) {
      const { found, link } = asked(line, script(none, type));
      expect(found.verdict.kind).toBe('flawed');
      expect(found.verdict.text).toContain('no data descriptor is device-writable');
      expect(link('completed')).toMatchObject({ state: 'flawed', section: '5.2.6' });
    }
    expect(asked(line, script(none, 1)).found.verdict.kind).toBe('done');
    const some = 'readable: [header], writable: [data, status]';
    expect(asked(line, script(some, 0)).found.verdict.kind).toBe('done');
  });
});

describe('what the driver did wrong and the device got over', () => {
  it('[2.7.5] is told where it belongs, and the end is no plain one', () => {
    const { found, link } = asked(
      transportLine('pci-modern on pc'),
      driverScript('outside RAM').replace('[FAR, FAR, status]', '[data, FAR, status]'),
    );
    expect(link('descriptors')).toMatchObject({ state: 'flawed', section: '2.7.5' });
    expect(found.verdict.kind).toBe('flawed');
    expect(found.verdict.text).toContain('where the guest has no memory');
  });

  it('[2.7.5] is told first where the guest waits, or the script has failed', () => {
    const script = driverScript('outside RAM').replace('[FAR, FAR, status]', '[data, FAR, status]');
    for (const [then, kind] of [
      ['queue.wait(); irq.wait(3);', 'waiting'],
      ["queue.wait(); throw new Error('no');", 'failed'],
    ] as const) {
      const { found } = asked(
        transportLine('pci-modern on pc'),
        script.replace(/queue\.wait\(\);\n$/, then),
      );
      expect(found.verdict.kind).toBe(kind);
      expect(found.verdict.text).toMatch(/^Descriptor 2 points to .* no memory\. /);
    }
  });

  it('[2.4] a reset that forgets the queue is named where a notification comes after it', () => {
    for (const before of [0, 2]) {
      const { found, guest, link } = asked(
        transportLine('pci-modern on pc'),
        driverScript('nothing', { before })
          .replace('queue.publish(head);', 'queue.publish(head); device.reset();')
          .replace(/queue\.wait\(\);\n$/, sleeps),
      );
      expect(found.verdict.link).toBe('queue');
      const event = link('queue')?.event ?? -1;
      expect(guest.store.kindAt(event)).toBe('reset');
      expect(link('queue')?.text).toContain(`The reset at event ${event + 1} `);
    }
  });
});

it('[4.1.4.5] an interrupt of before a gap is not known, rather than not there', () => {
  const { guest } = asked(transportLine('pci-modern on pc'), driverScript('nothing'));
  const { journal } = guest.machine;
  journal.beginGap(true);
  journal.endGap(() => undefined);
  journal.gapEnded(0, 0);
  const { length } = guest.events();
  for (const at of [length, length - 2]) {
    const { links } = whyOf(guest, 0, at);
    for (const id of ['delivered', 'ended'] as const)
      expect([at, links.find((one) => one.id === id)?.state]).toEqual([
        at,
        at === length ? 'unknown' : 'ok',
      ]);
  }
});

describe('a script that ends too early', () => {
  const line = transportLine('pci-modern on pc');
  it.each([
    ['notified', 'queue.notify();'],
    ['published', 'queue.publish(head);'],
  ] as const)('fails before it came to the link %s', (id, call) => {
    const at = id === 'published' ? 'queue.offer(head);' : '';
    const source = driverScript('nothing').replace(
      new RegExp(`(const head =[^]*?)${call.replace(/[().]/g, '\\$&')}`),
      `$1${at} throw new Error('no');`,
    );
    const { found, script } = asked(line, source);
    expect(found.verdict).toMatchObject({ kind: 'broken', link: id });
    const fails = script.split('\n').findIndex((text) => text.includes("Error('no')")) + 1;
    expect(found.verdict.text).toContain(`The script failed at line ${fails} before`);
  });

  it('has failed, rather than is done', () => {
    const { found } = asked(line, `${driverScript('nothing')}throw new Error('no');`);
    expect(found.verdict.kind).toBe('failed');
    expect(asked(line, driverScript('nothing')).found.verdict.kind).toBe('done');
  });

  it('[2.7.13.2] adds a buffer and does not offer it', () => {
    const { link } = asked(
      line,
      driverScript('nothing').replace(
        'const head = offerNext();\nqueue.publish(head);',
        'queue.add({ readable: [header], writable: [data, status] }); queue.publish();',
      ),
    );
    expect(link('available')).toMatchObject({ state: 'broken' });
    expect(link('available')?.advice).toContain('queue.publish(head)');
    expect(link('available')?.advice).toContain('queue.offer(head)');
  });
});
