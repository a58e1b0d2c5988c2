import { expect, test } from 'vitest';
import { VIRTIO_NET_CTRL_RX as RX } from '../../../spec/net.ts';
import { ReceiveFilter } from './receive-filter.ts';

const OWN = Uint8Array.of(2, 0, 0, 0, 0, 1);
const OTHER = Uint8Array.of(2, 0, 0, 0, 0, 9);
const GROUP = Uint8Array.of(0x33, 0x33, 0, 0, 0, 1);
const ALL = new Uint8Array(6).fill(0xff);

function frame(target: Uint8Array, ...type: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(60);
  bytes.set(target);
  bytes.set(type.length > 0 ? type : [0x88, 0xb5], 12);
  return bytes;
}

/** Which of the four targets pass. */
const passes = (filter: ReceiveFilter) =>
  [OWN, OTHER, GROUP, ALL].map((target) => filter.passes(frame(target), OWN));

test('[5.1.9.5.1] everything passes until the driver says otherwise', () => {
  const filter = new ReceiveFilter();
  expect(passes(filter)).toEqual([true, true, true, true]);
  filter.setMode(RX.PROMISC, false);
  expect(passes(filter)).toEqual([true, false, false, true]);
  filter.setMode(RX.ALLMULTI, true);
  filter.setMode(RX.NOBCAST, true);
  expect(passes(filter)).toEqual([true, false, true, false]);
  filter.setMode(RX.NOMULTI, true);
  filter.setMode(RX.ALLUNI, true);
  expect(passes(filter)).toEqual([true, true, false, false]);
  filter.setMode(RX.NOUNI, true);
  expect(passes(filter)).toEqual([false, false, false, false]);
  expect(filter.setMode(6, true)).toBe(false);
});

test('[5.1.9.5.2] addresses of the table pass, and all of a kind where there are too many', () => {
  const filter = new ReceiveFilter();
  filter.setMode(RX.PROMISC, false);
  filter.setTable(OTHER, GROUP);
  expect(passes(filter)).toEqual([true, true, true, true]);
  filter.setTable(new Uint8Array(65 * 6), new Uint8Array(0));
  expect(passes(filter)).toEqual([true, true, false, true]);
});

test('[5.1.9.5.3] a VLAN passes once it was added', () => {
  const filter = new ReceiveFilter();
  filter.setMode(RX.PROMISC, false);
  filter.filterVlans(true);
  const tagged = () => filter.passes(frame(OWN, 0x81, 0, 0xe0, 5), OWN);
  expect(tagged()).toBe(false);
  filter.setVlan(5, true);
  expect(tagged()).toBe(true);
  filter.setVlan(5, false);
  expect(tagged()).toBe(false);
  expect(filter.setVlan(4096, true)).toBe(false);
  filter.filterVlans(false);
  expect(tagged()).toBe(true);
});
