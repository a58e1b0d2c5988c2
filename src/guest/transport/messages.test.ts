import { describe, expect, it } from 'vitest';
import { INTERRUPT_STEPS } from '../../journal/schema.ts';
import { REGION_INDEX } from '../../spec/regions.ts';
import { DirectGuest } from '../../testing/direct-guest.ts';
import { type TransportName, transportLine } from '../../testing/transports.ts';
import { createGuestModule } from '../api/guest-module.ts';
import { MsixTable } from '../bus/msix.ts';
import { VirtioBlk } from '../drivers/virtio-blk.ts';
import { VirtioPciTransport } from './virtio-pci-base.ts';

const PCI: readonly TransportName[] = [
  'pci-modern on pc',
  'pci-legacy on pc',
  'pci behind a root port of q35',
  'pci on virt',
  'pci-legacy on virt',
  'pci on microvm',
];

function probe(name: TransportName, more = '') {
  const guest = new DirectGuest(transportLine(name, more));
  const { virtio, pci } = createGuestModule(guest.hal);
  const disk = virtio.probe(VirtioBlk, 0, { msix: true });
  const { transport } = disk;
  if (!(transport instanceof VirtioPciTransport)) throw new Error('not PCI');
  const interrupts = () =>
    guest
      .events()
      .filter((event) => event.kind === 'interrupt')
      .map(({ step, line }) => `${INTERRUPT_STEPS[step]} ${line}`);
  return { guest, virtio, pci, disk, transport, interrupts };
}

describe('messages (MSI-X)', () => {
  it.each(PCI)(
    '[4.1.5.1.2] have a vector for the queue and one for the configuration: %s',
    (name) => {
      const { guest, disk, transport, interrupts } = probe(name);
      const [config, queue] = transport.interruptInputs;
      expect(transport.interruptInputs).toHaveLength(2);
      expect(disk.read(1)).toHaveLength(512);
      expect(interrupts()).toEqual(['message 1', `taken ${queue}`]);
      guest.machine.monitor('block_resize d0 4M');
      transport.waitForInterrupt();
      expect(disk.capacity).toBe(8192);
      expect(interrupts().slice(2)).toEqual(['message 0', `taken ${config}`]);
      // The pin is never used, and nobody has looked at the ISR status.
      const reads = guest.events().filter((event) => event.kind === 'regRead');
      expect(reads.some(({ region }) => region === REGION_INDEX['virtio-pci-isr'])).toBe(false);
    },
  );

  it('[4.1.5.1.2.1] hold back what is masked, and let it go when it is not', () => {
    const { guest, disk, transport, interrupts } = probe('pci-modern on pc');
    const table = MsixTable.of(guest.hal, transport.function);
    table?.mask(1, true);
    disk.startRead(1);
    disk.submit();
    expect(interrupts()).toEqual(['masked 1']);
    table?.mask(1, false);
    expect(disk.next().bytes).toHaveLength(512);
    expect(interrupts()).toContain(`taken ${transport.interruptInputs[1]}`);
  });

  it('[4.1.5.1.2] give each of several queues a vector, as far as the table goes', () => {
    const { transport } = probe('pci-modern on pc', '-global virtio-blk-pci.num-queues=4');
    expect(transport.queueCount).toBe(4);
    for (const index of [1, 2, 3]) transport.queue(index, { size: 8 });
    expect(transport.interruptInputs).toEqual([64, 65, 66, 67, 68]);
    const few = probe(
      'pci-modern on pc',
      '-global virtio-blk-pci.num-queues=4 -global virtio-blk-pci.vectors=2',
    );
    few.transport.queue(3, { size: 8 });
    expect(few.transport.interruptInputs).toHaveLength(2);
  });

  it('[4.1.5.1.2] survive a reset of the device', () => {
    const { virtio, transport } = probe('pci-modern on pc');
    const again = new VirtioBlk(transport);
    expect(again.read(1)).toHaveLength(512);
    // And the next driver may go back to the pin.
    expect(virtio.probe(VirtioBlk).transport.interruptInputs).toEqual([
      transport.function.interruptInput,
    ]);
    expect(virtio.probe(VirtioBlk).read(1)).toHaveLength(512);
  });

  it('are refused where nothing takes them', () => {
    const guest = new DirectGuest(transportLine('mmio on microvm'));
    const { virtio } = createGuestModule(guest.hal);
    expect(() => virtio.probe(VirtioBlk, 0, { msix: true })).toThrow('no messages (MSI-X)');
    const gic3 = new DirectGuest(
      transportLine('pci on virt').replace('-M virt', '-M virt,gic-version=3,its=off'),
    );
    expect(() => createGuestModule(gic3.hal).virtio.probe(VirtioBlk, 0, { msix: true })).toThrow(
      /MSI-X/,
    );
  });
});
