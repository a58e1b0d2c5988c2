import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { bytesSource } from '../engine/backends/byte-source.ts';
import { Machine } from '../engine/machine/machine.ts';
import { JournalReader } from '../journal/reader.ts';
import { JournalRing } from '../journal/ring.ts';
import { EventStore } from '../journal/store.ts';
import { JournalWriter } from '../journal/writer.ts';
import { machineLine, replay, type Transcript } from './transcript.ts';

const FOLDER = `${import.meta.dirname}/golden/drivers`;

/** The disk of the recorded sessions: sector n holds n and its complement, as 64-bit numbers, over and over. */
function disk(): Uint8Array {
  const bytes = new Uint8Array(1 << 20);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < bytes.length; at += 16) {
    const sector = BigInt(at >> 9);
    view.setBigUint64(at, sector, true);
    view.setBigUint64(at + 8, ~sector & 0xffff_ffff_ffff_ffffn, true);
  }
  return bytes;
}

const sessions = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));

test.each(sessions)('%s: every value, interrupt and ring byte is what QEMU 7.2 gave', (file) => {
  const transcript = JSON.parse(readFileSync(`${FOLDER}/${file}`, 'utf8')) as Transcript;
  const ring = JournalRing.create(1 << 14, 1 << 18);
  const store = new EventStore();
  const reader = new JournalReader([ring], store);
  const machine = Machine.build(machineLine(transcript.argv), {
    journal: new JournalWriter(ring),
    allocateRam: (bytes) => new SharedArrayBuffer(bytes),
    openImage: (name) => (name === 'img/disk.raw' ? bytesSource(disk()) : undefined),
    random: (into) => into.fill(0),
  });
  expect(replay(machine, transcript)).toEqual([]);
  machine.journal.flush();
  reader.drain();
  const said: string[] = [];
  for (let i = 0; i < store.length; i++) {
    const event = store.get(i);
    if (event.kind === 'log') said.push(`qemu-system-x86_64: ${event.text}\n`);
  }
  expect(said.join('')).toBe(transcript.stderr);
});

test('a difference is found: another disk reads otherwise', () => {
  const file = `${FOLDER}/blk-pci-modern-split.json`;
  const transcript = JSON.parse(readFileSync(file, 'utf8')) as Transcript;
  const machine = Machine.build(machineLine(transcript.argv), {
    journal: new JournalWriter(JournalRing.create(1 << 14, 1 << 18)),
    allocateRam: (bytes) => new SharedArrayBuffer(bytes),
    openImage: () => bytesSource(new Uint8Array(1 << 20)),
    random: (into) => into.fill(0),
  });
  expect(replay(machine, transcript).length).toBeGreaterThan(0);
});
