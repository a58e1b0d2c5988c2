import { describe, expect, it } from 'vitest';
import { EXAMPLES } from '../lessons/examples.ts';
import { MACHINES } from '../lessons/machines.ts';
import { DirectGuest } from '../testing/direct-guest.ts';
import { TRANSPORTS, type TransportName, transportLine } from '../testing/transports.ts';
import { Folder } from './fold/folder.ts';

/** Runs a script with and without the short ways of full speed; the credits taken and the actions in the fold. */
function counts(commandLine: string, source: string): [taken: number, actions: number][] {
  return [false, true].map((free) => {
    let taken = 0;
    const guest = new DirectGuest(commandLine, { free, take: () => void taken++ });
    guest.run(source);
    const { length } = guest.events();
    return [taken, new Folder(guest.store).momentAt(length).actions];
  });
}

/** What takes a credit in ways of its own: long writes, empty ones, RAM through the bus, what nothing decodes. */
const ODD = `
import { ram, dma, mmio, io, log } from 'guest';
const place = dma.alloc(300000);
place.fill(7);
place.write(new Uint8Array(17), 1);
place.u64(32, 1);
ram.writeBytes(place.addr, new Uint8Array(0));
ram.writeBytes(place.addr + 3, new Uint8Array(200000).fill(1));
log(mmio.read32(place.addr + 4), mmio.read8(0xfebf0000));
mmio.write32(place.addr + 8, 5);
mmio.write16(0xfebf0000, 5);
for (let i = 0; i < 3; i++);
Math.random() + Date.now();
`;

describe('a guest action is one event for each credit taken', () => {
  it.each(EXAMPLES.map(({ id, source, needs }) => [id, source, needs] as const))(
    '%s on all transports',
    (_id, source, needs) => {
      for (const name of Object.keys(TRANSPORTS) as TransportName[]) {
        const line = transportLine(name, needs.includes('virtio-rng-pci') ? '' : needs);
        for (const [taken, actions] of counts(line, source)) {
          expect([name, actions]).toEqual([name, taken]);
          expect(taken).toBeGreaterThan(0);
        }
      }
    },
  );

  it.each(MACHINES.map(({ id, commandLine }) => [id, commandLine] as const))(
    'odd ones on %s',
    (_id, commandLine) => {
      for (const [taken, actions] of counts(commandLine, ODD)) {
        expect(actions).toBe(taken);
        expect(taken).toBeGreaterThan(15);
      }
    },
  );

  it('counts no firmware', () => {
    const guest = new DirectGuest('-M pc -m 64 -S -device virtio-rng-pci');
    guest.machine.cont();
    const { length } = guest.events();
    expect(length).toBeGreaterThan(20);
    expect(new Folder(guest.store).momentAt(length).actions).toBe(0);
  });
});
