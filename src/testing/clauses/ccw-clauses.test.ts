import { expect, test } from 'vitest';
import { CHANNEL_OP, SCHID } from '../../spec/channel-io.ts';
import { block, CcwHands } from './ccw-port.ts';
import { Subject } from './subject.ts';

const SUMMARY = 0xa100;
const INDICATORS = 0xa200;
const CONFIG = 0xa300;

test.each([0, 3, 8, 61])(
  '[4.3.2.6.3] queues have one bit each from bit %i on, counted from the left, under a summary',
  (first) => {
    const subject = new Subject('ccw', 'split');
    const { port, bytes } = subject;
    const hands = new CcwHands(port.machine);
    // The port sets classic indicators at a reset; they cannot be exchanged, so that this is another way to start.
    hands.command('VDEV_RESET');
    bytes.put(SUMMARY, new Uint8Array(1));
    bytes.put(INDICATORS, new Uint8Array(16));
    const area = block([8, SUMMARY], [8, INDICATORS], [8, first], [1, 3]);
    expect(area).toHaveLength(25);
    // Length checks are on: 25 bytes it is, and no padding.
    expect(hands.command('SET_IND_ADAPTER', area, 25, 0)).toMatchObject({
      cc: 0,
      unitCheck: false,
    });
    hands.command('SET_CONF_IND', block([8, CONFIG]));
    port.setStatus(3);
    port.accept(subject.plain);
    port.setStatus(11);
    const rings = [subject.queue(0), subject.queue(1)];
    port.setStatus(15);
    const set: number[] = [];
    for (const [index, ring] of rings.entries()) {
      ring.offer(subject.request().pieces);
      port.notify(index);
      const found = bytes.bytes(INDICATORS, 16);
      const bits = Array.from({ length: 128 }, (_, bit) => bit).filter(
        (bit) => ((found[bit >>> 3] ?? 0) << (bit & 7)) & 0x80,
      );
      expect(bytes.bytes(SUMMARY, 1)[0]).not.toBe(0);
      set.push(...bits);
      bytes.put(INDICATORS, new Uint8Array(16));
      bytes.put(SUMMARY, new Uint8Array(1));
    }
    expect(set).toEqual([first, first + 1]);
    // Nothing is pending at the subchannel: the interruption is the adapter's.
    expect(port.machine.channel(CHANNEL_OP.tsch, SCHID.one, 0xa400)).toBe(1);
  },
);
