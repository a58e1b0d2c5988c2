import { expect, test } from 'vitest';
import { Network } from './net.ts';

const packet = (first: number) => Uint8Array.of(first, 0, 0);

/** A hub with `count` clients that note what comes, and whether each has room. */
function hub(count: number) {
  const network = new Network();
  const got: number[][] = [];
  const room: boolean[] = [];
  const clients = Array.from({ length: count }, (_, i) => {
    const port = network.addHubPort(0, undefined);
    const client = network.add('nic', 'nic', `n${i}`, port);
    const list: number[] = [];
    got.push(list);
    room.push(true);
    client.receiver = {
      receive(bytes) {
        if (room[i]) list.push(bytes[0] ?? 0);
        return room[i] === true;
      },
    };
    return client;
  });
  return { network, clients, got, room };
}

test('a hub hands a packet to everybody but its sender', () => {
  const { clients, got } = hub(3);
  expect(clients[0]?.send(packet(7))).toBe(true);
  expect(got).toEqual([[], [7], [7]]);
});

test('packets wait in order where there is no room, and their sender hears when they are gone', () => {
  const network = new Network();
  const back = network.add('user', 'user', 'u');
  const nic = network.add('nic', 'nic', 'n', back);
  const got: number[] = [];
  const gone: number[] = [];
  let room = false;
  nic.receiver = {
    receive(bytes) {
      if (room) got.push(bytes[0] ?? 0);
      return room;
    },
  };
  back.onSent = () => gone.push(got.length);
  expect(back.send(packet(1), true)).toBe(false);
  expect(back.send(packet(2), true)).toBe(false);
  room = true;
  nic.flush();
  expect([got, gone]).toEqual([
    [1, 2],
    [1, 2],
  ]);
});

test('nothing passes a link that is down, and nothing is kept', () => {
  const { network, clients, got } = hub(2);
  network.setLink('n0', false);
  expect(clients[0]?.send(packet(1))).toBe(true);
  network.setLink('n0', true);
  clients[1]?.flush();
  expect(got).toEqual([[], []]);
});

test('while the machine is stopped packets wait', () => {
  const { network, clients, got } = hub(2);
  network.setRunning(false);
  expect(clients[0]?.canSend).toBe(false);
  clients[0]?.send(packet(3));
  network.setRunning(true);
  clients[1]?.flush();
  expect(got[1]).toEqual([3]);
});
