import { describe, expect, it } from 'vitest';
import { REGION_INDEX } from '../../spec/regions.ts';
import { VIOLATION_INDEX } from '../../spec/violations.ts';
import { journalOf } from '../../testing/random-journal.ts';
import { exportJournal } from './jsonl.ts';

describe('the exported journal', () => {
  it('is one line of JSON an event, with names for numbers and keys in a fixed order', () => {
    const store = journalOf([
      (j) => j.plug(2, true, '/machine/disk0'),
      (j) =>
        j.register(true, 'memory', 0xfe00_0014, 1, 15, 2, REGION_INDEX['virtio-pci-common'], 0x14),
      (j) => j.memWrite(0, 0x1000, 2, 0x1_0002, 0, 0xabcd, 0),
      (j) => j.bytesWritten(1, 0x2000, new Uint8Array(17), new Uint8Array(17).fill(0xee)),
      (j) => j.interrupt(2, 0, 'raised', 11, 'always'),
      (j) => j.violation(2, 0, VIOLATION_INDEX.zeroLength, 3, 0),
      (j) => j.backendRequest(2, 0, 'read', 1, 512, 1024),
      (j) => j.log('driver', 'warn', 'a "line"\n'),
    ]);
    expect([...exportJournal(store)]).toEqual([
      '{"event":0,"kind":"plug","actor":"device","clock":1,"dev":2,"step":1,"text":"/machine/disk0"}',
      '{"event":1,"kind":"regWrite","actor":"driver","clock":2,"size":1,"dev":2,"region":"virtio-pci-common","offset":20,"addr":4261412884,"value":15,"space":"memory","register":"device_status"}',
      '{"event":2,"kind":"memWrite","actor":"driver","clock":3,"size":2,"addr":4096,"old":"0200","new":"cdab"}',
      `{"event":3,"kind":"dataWrite","actor":"device","clock":4,"addr":8192,"length":17,"old":"${'00'.repeat(17)}","new":"${'ee'.repeat(17)}"}`,
      '{"event":4,"kind":"interrupt","actor":"device","clock":5,"dev":2,"queue":0,"step":"raised","line":11,"rule":"always"}',
      '{"event":5,"kind":"violation","actor":"device","clock":6,"dev":2,"queue":0,"code":"zeroLength","index":3,"value":0}',
      '{"event":6,"kind":"backendRequest","actor":"device","clock":7,"dev":2,"queue":0,"op":"read","id":1,"position":512,"length":1024}',
      '{"event":7,"kind":"log","actor":"driver","clock":8,"level":"warn","text":"a \\"line\\"\\n"}',
    ]);
    expect([...exportJournal(store, 6, 99)].length).toBe(2);
  });
});
