import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  CCW_CMD,
  CCW_FLAG,
  CSTAT,
  DSTAT,
  PMCW,
  PMCW_CHARS,
  SCSW_CTRL,
} from '../../../spec/channel-io.ts';
import { VIRTIO_CCW_CMD } from '../../../spec/virtio-ccw.ts';
import { be, ChannelRig } from '../../../testing/channel-rig.ts';

/** Subchannels that a program sees: 0, 2 (a hole at 1 once one left) and what it does not see. */
const RNG = '-device virtio-rng-ccw';
const NOOP = { command: CCW_CMD.NOOP } as const;
const SENSE_ID = { command: CCW_CMD.SENSE_ID, count: 7 } as const;
const COMPLETE = SCSW_CTRL.primary | SCSW_CTRL.secondary | SCSW_CTRL.pending;
const SUSPENDABLE = 0x0880;

function enabled(line = RNG): ChannelRig {
  const rig = new ChannelRig(line);
  expect(rig.enable()).toBe(0);
  return rig;
}

describe('subchannels', () => {
  test('are found one after another; a hole is an empty SCHIB, the end is condition code 3', () => {
    const rig = new ChannelRig(`${RNG},id=a ${RNG},id=b ${RNG},devno=fe.0.1234`);
    rig.machine.removeDevice('b');
    const found = [0, 1, 2, 3].map((n) => {
      rig.schid = 0x1_0000 + n;
      return [rig.op('stsch', 0x1200), [...rig.peek(0x1204, 4)]];
    });
    expect(found.slice(0, 3)).toEqual([
      [0, [0, 1, 0, 0]],
      [0, [0, 0, 0, 0]],
      [0, [0, 1, 0x12, 0x34]],
    ]);
    expect(found[3]?.[0]).toBe(3);
  });

  test('of other sets and images are hidden; the default image may be named', () => {
    const rig = new ChannelRig(`${RNG},devno=fe.1.0000 ${RNG},devno=05.0.0000 ${RNG}`);
    const cc = (schid: number) => rig.op('stsch', 0x1200, schid);
    expect(cc(0x0001_0000)).toBe(0);
    expect(cc(0xfe09_0000)).toBe(0);
    expect(cc(0x0003_0000)).toBe(3);
    expect(cc(0x0509_0000)).toBe(3);
    expect(cc(0xfe0b_0000)).toBe(3);
  });

  test('of other sets and images are shown once the program enabled that, until a reset', () => {
    const rig = new ChannelRig(`${RNG},devno=fe.1.0000 ${RNG},devno=05.0.0000`);
    const cc = () => [rig.op('stsch', 0x1200, 0x0003_0000), rig.op('stsch', 0x1200, 0x0509_0000)];
    /** SET DOMAIN ATTRIBUTES, and the code of its response. */
    const enable = (operation: number, length = 0x0400) => {
      rig.poke(0x5000, [...be(length, 2), 0, 0x31, ...be(operation, 4), ...new Uint8Array(8)]);
      rig.op('chsc', 0x5000);
      return rig.peek(0x5000 + length + 3, 1)[0];
    };
    expect([enable(2), cc()]).toEqual([1, [0, 3]]);
    expect([enable(0), cc()]).toEqual([1, [0, 0]]);
    expect([enable(1), enable(0x0100_0000), enable(2, 0x10)]).toEqual([3, 7, 3]);
    rig.schid = 0x0509_0000;
    rig.enable();
    rig.start(rig.program(NOOP));
    rig.machine.takeInterrupt(0);
    expect([...rig.peek(0xb8, 4)]).toEqual([5, 9, 0, 0]);
    rig.machine.reset();
    expect(cc()).toEqual([3, 3]);
  });

  test('and their characteristics can be asked for; what is not there says so', () => {
    const rig = new ChannelRig(RNG);
    const call = (command: number, length = 16) => {
      rig.poke(0x5000, [...be(length, 2), ...be(command, 2), ...new Uint8Array(12)]);
      return [rig.op('chsc', 0x5000), ...rig.peek(0x5000 + length, 4)];
    };
    expect(call(0x10)).toEqual([0, 0x0f, 0xf0, 0, 1]);
    expect([...rig.peek(0x5018, 4)]).toEqual([3, 0, 0, 0]);
    expect(call(0x0e)).toEqual([0, 0, 8, 0, 5]);
    expect(call(0x02)).toEqual([0, 0, 8, 0, 4]);
    expect([call(0x10, 8)[0], rig.op('chsc', 0x5008), rig.op('chsc', 0x100_0000)]).toEqual([
      ...[-0x15, -0x06, -0x05],
    ]);
  });

  test('do nothing before they are enabled', () => {
    const rig = new ChannelRig(RNG);
    expect(rig.start(rig.program(NOOP))).toBe(3);
    expect([rig.op('tsch', 0x1100), rig.op('csch'), rig.op('hsch'), rig.op('rsch')]).toEqual([
      3, 3, 3, 3,
    ]);
    expect(rig.op('xsch')).toBe(3);
  });

  test('take from the program what is the program’s', () => {
    const rig = new ChannelRig(RNG);
    const before = rig.schib();
    rig.modify((schib) => {
      for (let i = 0; i < 28; i++) schib.setUint8(i, schib.getUint8(i) ^ 0xff);
      schib.setUint16(4, (PMCW.isc | PMCW.ena | PMCW.lm | PMCW.mme | PMCW.mp) & ~PMCW.reserved);
      schib.setUint32(24, PMCW_CHARS.csense);
    });
    const after = rig.schib();
    expect(after.getUint32(0)).toBe(0xffff_ffff);
    expect(after.getUint16(4)).toBe(0x38fd);
    expect([6, 7, 9, 10, 11, 15].map((at) => after.getUint8(at))).toEqual(
      [6, 7, 9, 10, 11, 15].map((at) => before.getUint8(at)),
    );
    expect(after.getUint8(8)).toBe(0x7f);
    expect(after.getUint32(24)).toBe(PMCW_CHARS.csense);
  });

  test('go back to their state at power-on with the machine', () => {
    const rig = enabled();
    const fresh = new ChannelRig(RNG).schib();
    rig.start(rig.program(SENSE_ID));
    rig.machine.reset();
    expect(new Uint8Array(rig.schib().buffer)).toEqual(new Uint8Array(fresh.buffer));
    expect(rig.machine.interruptWord(0)).toBe(0);
  });
});

describe('instructions with a wrong operand end with a program interruption', () => {
  const rig = enabled();

  test.each([
    ['no subsystem-identification word', () => rig.op('stsch', 0x1200, 0), -0x15],
    ['an image without its bit', () => rig.op('tsch', 0x1100, 0xfe01_0000), -0x15],
    ['an operand that is not on a word', () => rig.op('stsch', 0x1202), -0x06],
    ['an operand beyond storage', () => rig.op('tsch', 0x100_0000), -0x05],
    ['an operand that runs out of storage', () => rig.op('ssch', 0xff_fff0), -0x05],
    ['reserved bits of the ORB', () => rig.start(0x2000, 0x0084), -0x15],
    ['a program above 2 GiB', () => rig.start(0x8000_0000), -0x15],
    ['reserved bits of the SCHIB', () => rig.modify((s) => s.setUint16(4, 0x4001)), -0x15],
    ['extended measurement', () => rig.modify((s) => s.setUint32(24, 2)), -0x15],
    ['an instruction that is none', () => rig.machine.channel(77, 0x1_0000, 0), -0x15],
  ])('%s', (_what, act, code) => {
    expect(act()).toBe(code);
  });

  test('and change nothing', () => {
    expect([rig.test().cc, rig.schib().getUint16(4)]).toEqual([1, 0x0081]);
  });
});

describe('[4.3.1] a channel program', () => {
  test('identifies the control unit and ends with channel end and device end', () => {
    const rig = enabled();
    const status = rig.run(SENSE_ID);
    expect([...rig.peek(rig.dataAt(0), 8)]).toEqual([0xff, 0x38, 0x32, 4, 0, 0, 0, 0]);
    expect(status).toMatchObject({
      ...{ cc: 0, flags: 0x0080, ctrl: SCSW_CTRL.start | COMPLETE, cpa: 0x2008 },
      ...{ dstat: DSTAT.channelEnd | DSTAT.deviceEnd, cstat: 0, residual: 0 },
    });
    expect(rig.test()).toMatchObject({ cc: 1, ctrl: 0 });
  });

  test('runs command after command as long as they are chained', () => {
    const rig = enabled();
    const status = rig.run(NOOP, SENSE_ID, NOOP);
    expect(status).toMatchObject({ cpa: 0x2018, dstat: 0x0c });
    expect(rig.peek(rig.dataAt(1), 3)[1]).toBe(0x38);
  });

  test('stops at the command that fails', () => {
    const rig = enabled();
    const status = rig.run(NOOP, { command: 0x99 }, SENSE_ID);
    expect(status).toMatchObject({ cpa: 0x2010, dstat: DSTAT.unitCheck });
    expect(rig.peek(rig.dataAt(2), 3)[1]).toBe(0);
  });

  test('goes on elsewhere where it transfers, but not from transfer to transfer', () => {
    const rig = enabled();
    const tic = (cda: number) => ({ command: CCW_CMD.TIC, flags: 0, cda });
    rig.program(NOOP, { ...NOOP, flags: 0 }, { ...NOOP, flags: 0 });
    rig.poke(0x2000, [...[0x08, 0, 0, 0], ...[0, 0, 0x20, 0x10]]);
    rig.start(0x2000);
    expect(rig.test()).toMatchObject({ cpa: 0x2018, dstat: 0x0c });
    rig.program(tic(0x2008), tic(0x2000));
    rig.poke(0x2001, [0]);
    rig.start(0x2000);
    expect(rig.test()).toMatchObject({ cpa: 0x2010, cstat: CSTAT.programCheck });
  });

  test('of format 0 has 24 bits of address, and its transfers may say anything else', () => {
    const rig = enabled();
    rig.poke(0x2000, [...[0xf8, 0, 0x20, 0x10], ...[0xff, 0, 0xff, 0xff]]);
    rig.poke(0x2010, [...[0xe4, 0, 0x30, 0], ...[CCW_FLAG.SLI, 0, 0, 7]]);
    rig.start(0x2000, 0);
    expect(rig.test()).toMatchObject({ cpa: 0x2018, dstat: 0x0c, flags: 0 });
    expect(rig.peek(0x3001, 1)[0]).toBe(0x38);
    rig.poke(0x2000, [...[0x03, 0, 0x30, 0], ...[CCW_FLAG.SLI, 0, 0, 0]]);
    rig.start(0x2000, 0);
    expect(rig.test().cstat).toBe(CSTAT.programCheck);
  });

  test('keeps storage as it is where it skips', () => {
    const rig = enabled();
    rig.run({ ...SENSE_ID, flags: CCW_FLAG.SLI | CCW_FLAG.SKIP });
    expect(rig.peek(rig.dataAt(0), 3)[1]).toBe(0);
  });

  test('stands still where a command says so, until it is resumed', () => {
    const rig = enabled();
    const suspend = CCW_FLAG.SLI | CCW_FLAG.SUSPEND;
    rig.start(rig.program(NOOP, { ...SENSE_ID, flags: suspend }), SUSPENDABLE);
    expect(rig.test()).toMatchObject({ cc: 1, ctrl: SCSW_CTRL.start | SCSW_CTRL.suspended });
    expect([rig.start(0x2000), rig.enable(false)]).toEqual([2, 2]);
    rig.poke(0x2009, [CCW_FLAG.SLI]);
    expect(rig.op('rsch')).toBe(0);
    expect(rig.test()).toMatchObject({ cc: 0, cpa: 0x2010, dstat: 0x0c });
    expect(rig.op('rsch')).toBe(2);
  });

  test('may not stand still where the ORB does not allow it', () => {
    const rig = enabled();
    rig.start(rig.program({ ...NOOP, flags: CCW_FLAG.SUSPEND }));
    expect(rig.test().cstat).toBe(CSTAT.programCheck);
  });

  test('without a path gives a deferred condition code 3', () => {
    const rig = enabled();
    expect(rig.start(rig.program(NOOP), 0x0080, 0x7f)).toBe(0);
    expect(rig.test()).toMatchObject({ flags: 0x0300, ctrl: 0x4411, dstat: 0, cstat: 0 });
  });

  test.each([
    ['no command', { command: 0x10 }],
    ['a transfer that is none', { command: 0x18 }],
    ['a modified IDAW', { ...NOOP, flags: CCW_FLAG.MIDA }],
    ['data beyond storage', { ...SENSE_ID, cda: 0x100_0000 }],
    ['data that run out of storage', { ...SENSE_ID, count: 32, cda: 0xff_fff0 }],
    ['data above 2 GiB', { ...SENSE_ID, cda: 0x7fff_fffe }],
    ['a huge count where lengths are checked', { ...SENSE_ID, count: 0xffff, flags: 0 }],
  ])('with %s is a program check', (_what, command) => {
    const rig = enabled();
    const status = rig.run(command);
    expect([status.cstat, status.ctrl & SCSW_CTRL.status]).toEqual([CSTAT.programCheck, 0x17]);
  });

  test.each([0, 0x2004, 0xff_fff8])('at %i is a program check where no command is there', (cpa) => {
    const rig = enabled();
    rig.start(cpa);
    expect(rig.test().cstat).toBe(CSTAT.programCheck);
  });
});

describe('indirect data addressing', () => {
  /** A SENSE ID of `count` bytes through IDAWs of a width. */
  function senseBy(idaws: readonly number[], width: 4 | 8, control: number, count: number) {
    const rig = enabled();
    rig.program({ ...SENSE_ID, count, flags: CCW_FLAG.SLI | CCW_FLAG.IDA, cda: 0x4000 });
    idaws.forEach((idaw, i) => {
      const view = new DataView(new ArrayBuffer(8));
      view.setBigUint64(0, BigInt(idaw));
      rig.poke(0x4000 + width * i, new Uint8Array(view.buffer).subarray(8 - width));
    });
    rig.start(0x2000, 0x0080 | control);
    return { rig, status: rig.test() };
  }

  test.each([
    ['31-bit, of 2 KiB', 4, 0x0000, 0x800],
    ['64-bit, of 4 KiB', 8, 0x0002, 0x1000],
    ['64-bit, of 2 KiB', 8, 0x0003, 0x800],
  ] as const)('%s: goes on in the next block', (_what, width, control, block) => {
    const { rig, status } = senseBy([0x8000 + block - 2, 0xa000], width, control, 5);
    expect(status).toMatchObject({ dstat: 0x0c, residual: 0 });
    expect([...rig.peek(0x8000 + block - 2, 2), ...rig.peek(0xa000, 3)]).toEqual([
      ...[0xff, 0x38, 0x32, 4, 0],
    ]);
  });

  test.each([
    ['a block that does not begin on a boundary', [0x87ff, 0xa004], 4, 0],
    ['an IDAW above 2 GiB', [0x8000_0000], 4, 0],
    ['an IDAW beyond storage', [0x1_0000_0000], 8, 2],
  ] as const)('%s is a program check', (_what, idaws, width, control) => {
    expect(senseBy(idaws, width, control, 5).status.cstat).toBe(CSTAT.programCheck);
  });
});

describe('[4.3.1.3] a unit check', () => {
  test('rejects a command that the device does not know; sense data say so once', () => {
    const rig = enabled();
    expect(rig.run({ command: 0x99 })).toMatchObject({ dstat: DSTAT.unitCheck, ctrl: 0x4017 });
    const sense = { command: CCW_CMD.BASIC_SENSE, count: 32 } as const;
    rig.run(sense);
    expect(rig.peek(rig.dataAt(0), 1)[0]).toBe(0x80);
    rig.run(sense);
    expect(rig.peek(rig.dataAt(0), 1)[0]).toBe(0);
  });

  test('brings its sense data along where the program asked for that', () => {
    const rig = enabled();
    rig.modify((schib) => schib.setUint32(24, PMCW_CHARS.csense));
    const { irb, flags } = rig.run({ command: 0x99 });
    expect([flags, irb[16], irb[18], irb[32]]).toEqual([0x0482, 1, 32, 0x80]);
    rig.run({ command: CCW_CMD.BASIC_SENSE, count: 32 });
    expect(rig.peek(rig.dataAt(0), 1)[0]).toBe(0);
  });
});

describe('a subchannel with status', () => {
  test('takes no new function before the status was seen', () => {
    const rig = enabled();
    rig.start(rig.program(NOOP));
    expect([rig.start(0x2000), rig.enable(), rig.op('hsch'), rig.op('rsch')]).toEqual([1, 1, 1, 1]);
    expect(rig.op('xsch')).toBe(1);
    expect(rig.test().cc).toBe(0);
    expect(rig.start(0x2000)).toBe(0);
  });

  test('is cleared whatever it does', () => {
    const rig = enabled();
    rig.start(rig.program(NOOP));
    expect(rig.op('csch')).toBe(0);
    expect(rig.test()).toMatchObject({ ctrl: SCSW_CTRL.clear | COMPLETE, dstat: 0 });
  });

  test('has device end where it is halted at rest', () => {
    const rig = enabled();
    expect(rig.op('hsch')).toBe(0);
    expect(rig.test()).toMatchObject({ ctrl: 0x2001, dstat: DSTAT.deviceEnd });
  });

  test('forgets a suspended program that is cancelled', () => {
    const rig = enabled();
    expect(rig.op('xsch')).toBe(2);
    rig.start(rig.program({ ...NOOP, flags: CCW_FLAG.SUSPEND }), SUSPENDABLE);
    expect(rig.op('xsch')).toBe(0);
    expect([rig.op('rsch'), rig.test().ctrl]).toEqual([2, 0]);
  });
});

describe('I/O interruptions', () => {
  test('are pending until the CPU takes them; low core tells which', () => {
    const rig = enabled();
    rig.modify((schib) => schib.setUint16(4, PMCW.dnv | PMCW.ena | (3 << PMCW.iscShift)));
    rig.start(rig.program(NOOP));
    expect(rig.machine.interruptWord(0)).toBe(1);
    rig.machine.takeInterrupt(0);
    expect(rig.machine.interruptWord(0)).toBe(0);
    const code = new DataView(rig.peek(0xb8, 12).buffer);
    expect([0, 4, 8].map((at) => code.getUint32(at))).toEqual([
      ...[0x0001_0000, 0x1234_5678, 3 << 27],
    ]);
  });

  test('go with the status that the program has seen by itself', () => {
    const rig = enabled();
    rig.run(NOOP);
    expect([rig.machine.interruptWord(0), rig.op('tpi')]).toEqual([0, 0]);
  });

  test('of the lowest subclass go first, and TEST PENDING INTERRUPTION takes one', () => {
    const rig = new ChannelRig(`${RNG} ${RNG}`);
    for (const [n, isc] of [5, 2].entries()) {
      rig.schid = 0x1_0000 + n;
      rig.modify((schib) => schib.setUint16(4, PMCW.dnv | PMCW.ena | (isc << PMCW.iscShift)));
      rig.start(rig.program(NOOP));
    }
    const code = () => [...new Uint8Array(rig.peek(0x5000, 4))];
    expect([rig.op('tpi', 0x5000), code()]).toEqual([1, [0, 1, 0, 1]]);
    expect([rig.op('tpi', 0x5000), code()]).toEqual([1, [0, 1, 0, 0]]);
    expect([rig.op('tpi', 0x5000), rig.op('tpi', 0x5002)]).toEqual([0, -0x06]);
  });
});

describe('hostile programs', () => {
  test('that transfer in a circle end with a program check', () => {
    const rig = enabled();
    rig.program(NOOP, { command: CCW_CMD.TIC, flags: 0, cda: 0x2000 }, NOOP);
    rig.poke(0x2009, [0]);
    rig.start(0x2000);
    expect(rig.test().cstat).toBe(CSTAT.programCheck);
    // With an address each, they are not counted as commands without data.
    rig.poke(0x2004, [0, 0, 0x30, 0]);
    rig.start(0x2000);
    expect(rig.test().cstat).toBe(CSTAT.programCheck);
  });

  test('of random bytes end, and never leave the machine unusable', () => {
    const byte = fc.integer({ min: 0, max: 255 });
    const ccw = fc.tuple(
      fc.oneof(byte, fc.constantFrom(...Object.values(VIRTIO_CCW_CMD), 0xe4, 0x04, 0x08, 0x03)),
      byte,
      fc.integer({ min: 0, max: 0xffff }),
      fc.oneof(fc.integer({ min: 0x2000, max: 0x3800 }), fc.nat(0xffff_ffff)),
    );
    fc.assert(
      fc.property(
        fc.array(ccw, { minLength: 1, maxLength: 8 }),
        fc.array(byte, { minLength: 64, maxLength: 64 }),
        fc.nat(0xffff),
        byte,
        (ccws, data, control, lpm) => {
          const rig = enabled();
          for (const [i, [command, flags, count, cda]] of ccws.entries()) {
            const view = new DataView(new ArrayBuffer(8));
            view.setUint8(0, command);
            view.setUint8(1, flags);
            view.setUint16(2, count);
            view.setUint32(4, cda);
            rig.poke(0x2000 + 8 * i, new Uint8Array(view.buffer));
          }
          for (let at = 0x3000; at < 0x3800; at += 64) rig.poke(at, data);
          rig.start(0x2000, control & ~0x0004, lpm);
          rig.op('csch');
          rig.test();
          expect(rig.run(SENSE_ID).dstat).toBe(DSTAT.channelEnd | DSTAT.deviceEnd);
        },
      ),
      { numRuns: 300 },
    );
  });
});

test('[4.3.1] instructions, commands and their outcome are in the journal, in the order of cause and effect', () => {
  const rig = enabled();
  rig.run(SENSE_ID);
  const [start] = rig.events('channel').filter(({ op }) => op === 1);
  expect(start).toMatchObject({ schid: 0x1_0000, address: 0x1000, cc: 0, actor: 'driver' });
  expect(rig.events('ccw')).toMatchObject([
    { command: 0xe4, flags: CCW_FLAG.SLI, count: 7, cda: 0x3000, addr: 0x2000 },
  ]);
  const [status] = rig.events('channelStatus');
  expect(status).toMatchObject({ dstat: 0x0c, cstat: 0, residual: 0, cpa: 0x2008 });
  const kinds = Array.from({ length: rig.store.length }, (_, i) => rig.store.get(i).kind);
  expect(kinds.slice(-8)).toEqual([
    ...['channel', 'ccw', 'memWrite', 'channelStatus', 'interrupt'],
    ...['channel', 'dataWrite', 'interrupt'],
  ]);
});

test('a 3270 terminal that nobody logs on to wants somebody to see to it', () => {
  const rig = enabled('-device x-terminal3270');
  rig.run(SENSE_ID);
  expect([...rig.peek(rig.dataAt(0), 4)]).toEqual([0xff, 0x32, 0x70, 0]);
  expect(rig.run({ command: 0x01, data: [1] })).toMatchObject({ dstat: DSTAT.unitCheck });
  rig.run({ command: CCW_CMD.BASIC_SENSE, count: 32 });
  expect(rig.peek(rig.dataAt(0), 1)[0]).toBe(0x40);
  expect(rig.run({ command: 0x02, count: 5 })).toMatchObject({ dstat: 0x0c, residual: 5 });
  expect(rig.machine.hypercall(3, 0x1_0000, 0, 0)).toBe(-22);
});

test('a machine without a channel subsystem has nothing operational', () => {
  const rig = new ChannelRig('-M s390-virtio');
  expect(rig.op('stsch', 0x1200)).toBe(3);
});
