import { describe, expect, it } from 'vitest';
import { REQUESTS_IN_FLIGHT } from '../../../lessons/requests-in-flight.ts';
import { DirectGuest } from '../../../testing/direct-guest.ts';
import { graphOf } from '../graph.ts';
import { FlowCounts } from './flow-counts.ts';
import { LANES } from './flow-kinds.ts';
import { FlowNet } from './flow-net.ts';
import { FlowRates } from './flow-rates.ts';

const LINE =
  '-M pc -m 64 -drive if=none,id=d0,driver=null-co,size=1M -device virtio-blk-pci,id=disk0,drive=d0';

describe('FlowNet', () => {
  const guest = new DirectGuest(LINE);
  guest.run(REQUESTS_IN_FLIGHT.source);
  guest.events();
  const topology = guest.machine.topology();
  const counts = new FlowCounts(topology.devices.length);
  counts.count(guest.store, 0, guest.store.length);
  const rates = new FlowRates();
  rates.show(counts);
  const flows = [...rates.rates];
  const graph = graphOf(topology, new Set());

  /** Every line of the picture: along which wire, from where, which way. */
  const pictureAfter = (orders: readonly (typeof flows)[]): unknown => {
    const net = new FlowNet(graph);
    for (const order of orders) net.load(new Map(order));
    return [...net.lanes]
      .sort((a, b) => a - b)
      .map((lane) => [
        lane,
        net.events(lane),
        net.isForward(lane),
        net.edges[Math.floor(lane / LANES)],
      ]);
  };

  it('is a function of what flows, whatever flowed before', () => {
    expect(flows.length).toBeGreaterThan(5);
    const fresh = pictureAfter([flows]);
    expect(pictureAfter([flows.toReversed()])).toEqual(fresh);
    for (const one of flows) expect(pictureAfter([[one], flows])).toEqual(fresh);
  });
});
