import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { bytesSource } from '../../engine/backends/byte-source.ts';
import { JournalRing } from '../../journal/ring.ts';
import { JournalWriter } from '../../journal/writer.ts';
import { goldenSnapshots } from '../../testing/golden.ts';
import { type DriverSession, replayDriver } from './driver-session.ts';

const FOLDER = `${import.meta.dirname}/../../testing/golden/drivers`;
const FILES = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));

function load(file: string): DriverSession {
  return JSON.parse(readFileSync(`${FOLDER}/${file}`, 'utf8')) as DriverSession;
}

test.each(FILES)('%s: every value, interrupt and ring byte is what QEMU 7.2 gave', (file) => {
  expect(replayDriver(load(file))).toBeUndefined();
  const ring = JournalRing.create(1 << 14, 1 << 18);
  expect(replayDriver(load(file), { journal: new JournalWriter(ring) })).toBeUndefined();
});

test.each([...goldenSnapshots()])('the monitor during %s says what QEMU said', (name, recorded) => {
  const snapshots = [...recorded].map(([label, hmp]) => ({
    label,
    hmp: Object.fromEntries(hmp),
    qmp: {},
  }));
  expect(replayDriver({ ...load(`${name}.json`), snapshots })).toBeUndefined();
});

describe('a difference is found', () => {
  const session = load('blk-pci-modern-split.json');
  const change = (index: number, part: object): DriverSession => ({
    ...session,
    log: session.log.map((step, i) => (i === index ? { ...step, ...part } : step)),
  });

  test('where another disk reads otherwise', () => {
    const openImage = () => bytesSource(new Uint8Array(1 << 20));
    expect(replayDriver(session, { openImage })).toMatch(/^step \d+ \(read ram .*: read hex:0000/);
  });

  test('where a register, an interrupt, the end of a ring or stderr would be otherwise', () => {
    const read = session.log.findIndex(({ op, space }) => op === 'read' && space === 'mem');
    expect(replayDriver(change(read, { value: '0x99' }))).toMatch(`step ${read} `);
    const irq = session.log.findIndex(({ op }) => op === 'irq');
    expect(replayDriver(change(irq, { line: 10 }))).toContain(
      'interrupts: expected raise 10, lower 11, got raise 11, lower 11',
    );
    const [buffer, ...buffers] = session.buffers;
    expect(buffer).toBeDefined();
    const other = { name: 'other', addr: buffer?.addr ?? '', hex: 'ffff' };
    expect(replayDriver({ ...session, buffers: [other, ...buffers] })).toMatch(
      /^end: other at .* instead of ffff$/,
    );
    expect(replayDriver({ ...session, stderr: 'qemu: no\n' })).toMatch(/^stderr line 1/);
  });

  test('where the monitor would say something else', () => {
    const mark = session.log.find(({ text }) => text?.startsWith('SNAPSHOT '))?.text ?? '';
    const label = mark.slice('SNAPSHOT '.length);
    const snapshots = [{ label, hmp: { 'info status': 'VM status: halted\n' }, qmp: {} }];
    expect(replayDriver({ ...session, snapshots })).toContain(
      'info status: line 1: expected "VM status: halted", got "VM status: running"',
    );
  });

  test('but not behind the point where QEMU died', () => {
    const end = session.log.findIndex(({ op }) => op === 'read');
    const cut = { ...session, log: session.log.slice(0, end + 1), stderr: 'Aborted\n' };
    expect(replayDriver({ ...cut, qemu_fate: 'QEMU DIED' })).toBeUndefined();
    expect(replayDriver(cut)).toBeDefined();
  });
});
