import { describe, expect, it } from 'vitest';
import { FakeHal, FakeTransport } from '../../testing/fake-transport.ts';
import { DeviceError } from '../virtqueue/queue.ts';

const VERSION_1 = 32;

function rig(options: ConstructorParameters<typeof FakeTransport>[1] = {}) {
  const hal = new FakeHal();
  return { hal, transport: new FakeTransport(hal, options) };
}

describe('VirtioTransport', () => {
  it('[2.1.1] resets by writing 0, and reads it back', () => {
    const { transport } = rig();
    transport.status = 7;
    transport.reset();
    expect(transport.statuses).toEqual([7, 0]);
  });

  it('gives up on a reset that does not end', () => {
    class Stuck extends FakeTransport {
      override get status(): number {
        return 0x0f;
      }
      override set status(_: number) {}
    }
    expect(() => new Stuck(new FakeHal()).reset()).toThrow(DeviceError);
  });

  describe('negotiation', () => {
    it('[3.1.1] accepts what is wanted and offered, with VERSION_1, and reads FEATURES_OK back', () => {
      const { transport } = rig({ deviceId: 2, features: [5, 9, 28, VERSION_1] });
      const accepted = transport.negotiate([9, 11]);
      expect(accepted.names).toEqual(['VIRTIO_BLK_F_FLUSH', 'VIRTIO_F_VERSION_1']);
      expect(transport.accepted).toEqual([1 << 9, 1]);
      expect(transport.status).toBe(8);
    });

    it('[2.2.1] fails where the device refuses, and with a device that knows no VERSION_1', () => {
      const { transport } = rig();
      transport.refuses = true;
      expect(() => transport.negotiate([])).toThrow(
        'the device refuses the features 0x0000000100000000',
      );
      expect(() => rig({ features: [9] }).transport.negotiate([])).toThrow(/legacy device/);
    });
  });

  describe('queues', () => {
    it('[2.7] lie in memory one after the other, each aligned for its use', () => {
      const { transport } = rig();
      const queue = transport.queue(0, { size: 8 });
      expect([queue.desc % 16, queue.avail % 2, queue.used % 4]).toEqual([0, 0, 0]);
      expect(transport.queues[0]?.areas).toEqual({
        desc: queue.desc,
        avail: queue.avail,
        used: queue.used,
      });
      expect(`${queue}`).toBe(
        'queue 0: 8 entries, desc 0x1000000, avail 0x1000080, used 0x10000c0',
      );
    });

    it('have as many entries as the device allows where nobody says how many', () => {
      expect(rig({ maxQueueSize: 64 }).transport.queue(0).size).toBe(64);
    });

    it('cannot be what the device does not have', () => {
      const { transport } = rig({ maxQueueSize: 64 });
      expect(() => transport.queue(1)).toThrow('the device has no queue 1');
      for (const size of [0, 3, 128, -8, Number.NaN])
        expect(() => transport.queue(0, { size })).toThrow('is not a power of two up to 64');
    });

    it('[2.8] are packed where that was agreed on, and then of any size', () => {
      const { transport } = rig({ maxQueueSize: 64 });
      transport.acceptFeatures([VERSION_1, 34]);
      const queue = transport.queue(0, { size: 37 });
      expect(`${queue}`).toBe(
        'queue 0: 37 entries, packed, ring 0x1000000, driver event 0x1000280, device event 0x10002c0',
      );
      for (const size of [0, 65, 1.5, Number.NaN])
        expect(() => transport.queue(0, { size })).toThrow('is not from 1 to 64');
      transport.reset();
      expect(`${transport.queue(0)}`).not.toContain('packed');
    });

    it('[2.7.5.3.1] have indirect tables only where that was agreed on', () => {
      const { transport } = rig();
      const buffers = { writable: [transport.dma.alloc(4)], indirect: true };
      expect(() => transport.queue(0).add(buffers)).toThrow('VIRTIO_F_INDIRECT_DESC');
      transport.acceptFeatures([28, VERSION_1]);
      expect(transport.queue(0).add(buffers)).toBe(0);
    });
  });

  describe('configuration', () => {
    const bytes = () => Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 0, 9);

    it('is read in one access where it fits', () => {
      const { transport } = rig({ config: bytes() });
      expect(transport.config({ offset: 8, width: 1 })).toBe(9);
      expect(transport.config({ offset: 2, width: 2 })).toBe(0x0403);
    });

    it('[2.5.1] is read again where it changed between the halves', () => {
      const { transport } = rig({ config: bytes() });
      const { readConfig } = transport;
      let changes = 1;
      transport.readConfig = (offset, size) => {
        const value = readConfig.call(transport, offset, size);
        if (offset === 0 && changes-- > 0) {
          transport.writeConfig(4, 4, 0x10);
          transport.writeConfig(0, 4, 0x20);
          transport.configGeneration++;
        }
        return value;
      };
      expect(transport.config({ offset: 0, width: 8 })).toBe(0x10_0000_0020);
    });

    it('is not read for ever where it never holds still', () => {
      const { transport } = rig({ config: bytes() });
      const { readConfig } = transport;
      transport.readConfig = (offset, size) => {
        transport.configGeneration++;
        return readConfig.call(transport, offset, size);
      };
      expect(() => transport.config({ offset: 0, width: 8 })).toThrow(DeviceError);
    });
  });

  describe('interrupts', () => {
    it('wake a driver that waits for its queue', () => {
      const { hal, transport } = rig({ answer: () => Uint8Array.of(7) });
      const queue = transport.queue(0, { size: 4 });
      const buffer = transport.dma.alloc(1);
      queue.publish(queue.add({ writable: [buffer] }));
      let halts = 0;
      hal.onHalt = () => {
        halts++;
        transport.serve(0);
        return true;
      };
      expect(queue.wait()).toEqual({ head: 0, length: 1 });
      expect([halts, buffer.u8(0), hal.level]).toEqual([1, 7, 0]);
    });

    it('[2.1.2] that come with DEVICE_NEEDS_RESET end the waiting with an error', () => {
      const { transport } = rig();
      const queue = transport.queue(0, { size: 4 });
      transport.breakDown();
      expect(() => queue.wait()).toThrow(
        'the device gave up: its status is 0x40, DEVICE_NEEDS_RESET',
      );
    });

    it('of a mere configuration change do not', () => {
      const { hal, transport } = rig();
      const queue = transport.queue(0, { size: 4 });
      queue.publish(queue.add1(0x1_0000, 4, 2));
      transport.interrupt(2);
      hal.onHalt = () => {
        transport.queues[0]?.push(0, 1);
        transport.interrupt(1);
        return true;
      };
      expect(queue.wait().length).toBe(1);
    });
  });
});
