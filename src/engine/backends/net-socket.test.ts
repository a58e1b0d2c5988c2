import { describe, expect, it } from 'vitest';
import type { ByteLinkEnd } from './byte-link.ts';
import { Network } from './net.ts';
import { NetSocket } from './net-socket.ts';

/** A back end behind a socket, a NIC before it, and the two ends of the socket. */
function rig() {
  const network = new Network();
  const backend = network.add('socket', 'socket', 'n0');
  const received: string[] = [];
  let room = true;
  const nic = network.add('nic', 'nic', 'nic0', backend);
  nic.receiver = {
    receive(packet) {
      if (room) received.push(packet.join());
      return room;
    },
  };
  const sent: number[][] = [];
  const flow: boolean[] = [];
  let outside: ByteLinkEnd | undefined;
  let ended = false;
  new NetSocket(backend, { fd: 3, server: false }, (_address, end) => {
    outside = end;
    return {
      send: (bytes) => sent.push([...bytes]),
      flow: (on) => flow.push(on),
      end: () => {
        ended = true;
      },
    };
  });
  return {
    network,
    nic,
    received,
    sent,
    flow,
    come: (...bytes: number[]) => outside?.received(Uint8Array.from(bytes)),
    connect: () => outside?.opened(),
    setRoom(on: boolean) {
      room = on;
      if (on) nic.flush();
    },
    hasEnded: () => ended,
  };
}

describe('a network behind a stream socket', () => {
  it('puts the length in front of each packet', () => {
    const { nic, sent } = rig();
    nic.send(Uint8Array.of(1, 2, 3));
    expect(sent).toEqual([[0, 0, 0, 3, 1, 2, 3]]);
  });

  it('finds packets in pieces of any size', () => {
    const { come, received } = rig();
    come(0, 0);
    come(0, 2, 8);
    expect(received).toEqual([]);
    come(9, 0, 0, 0, 1, 7, 0);
    expect(received).toEqual(['8,9', '7']);
    come(0, 0, 1, 6);
    expect(received).toEqual(['8,9', '7', '6']);
  });

  it('lets packets wait outside while the NIC has no room', () => {
    const { come, received, flow, setRoom } = rig();
    setRoom(false);
    come(0, 0, 0, 1, 1, 0, 0, 0, 1, 2);
    expect([received, flow]).toEqual([[], [false]]);
    setRoom(true);
    expect([received, flow]).toEqual([
      ['1', '2'],
      [false, true],
    ]);
  });

  it('keeps them while the machine is stopped', () => {
    const { come, received, network, nic } = rig();
    network.setRunning(false);
    come(0, 0, 0, 1, 5);
    expect(received).toEqual([]);
    network.setRunning(true);
    nic.flush();
    expect(received).toEqual(['5']);
  });

  it('begins anew with each peer, and ends where a length makes no sense', () => {
    const { come, connect, received, hasEnded } = rig();
    come(0, 0);
    connect();
    come(0, 0, 0, 1, 4);
    expect(received).toEqual(['4']);
    come(0x7f, 0, 0, 0, 1);
    expect(hasEnded()).toBe(true);
  });
});
