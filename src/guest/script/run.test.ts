import { describe, expect, it } from 'vitest';
import { JournalReader } from '../../journal/reader.ts';
import { JournalRing } from '../../journal/ring.ts';
import { EventStore } from '../../journal/store.ts';
import { JournalWriter } from '../../journal/writer.ts';
import { FakeHal } from '../../testing/fake-transport.ts';
import { runScript } from './run.ts';
import { StopRun } from './stop-run.ts';

function run(source: string, hal = new FakeHal(1)) {
  return { hal, outcome: runScript(source, hal), output: hal.output };
}

const failure = (message: string, line: number) => ({
  kind: 'failed',
  phase: 'run',
  message,
  line,
});

/** A Hal that is stopped once the script has passed `lines` lines: whatever it does then throws. */
function stopAfter(lines: number): FakeHal {
  const hal = new FakeHal(1);
  hal.onLine = () => {
    if (hal.lines.length > lines) throw new StopRun();
  };
  return hal;
}

describe('runScript', () => {
  it('runs a script to its end', () => {
    const { outcome, output } = run(
      `import { log, hex } from 'guest';\nlog('is', hex(255), [1, { a: 'b' }]);`,
    );
    expect(outcome).toEqual({ kind: 'ended' });
    expect(output).toEqual([`is 0xff [1, { a: "b" }]`]);
  });

  it('prints what console prints, each line for itself', () => {
    const { output } = run(
      `console.log('a\\nb'); console.warn('c'); console.error('d'); console.info(1n); console.debug('e\\n');`,
    );
    expect(output).toEqual(['a', 'b', 'warn: c', 'error: d', '1n', 'e']);
  });

  it('gives every run a guest of its own', () => {
    const hal = new FakeHal(4);
    const source = `import { dma, log } from 'guest';\nlog(dma.alloc(64).addr);`;
    run(source, hal);
    run(source, hal);
    expect(hal.output[0]).toBe(hal.output[1]);
  });

  it.each(['', '\n\n', '// nothing', 'interface A {}', '\ufeff', '\r\n;', 'export {}'])(
    'runs %j',
    (source) => {
      expect(run(source).outcome).toEqual({ kind: 'ended' });
    },
  );

  it('tells a script that does not compile by its place', () => {
    const { outcome, hal } = run('let x: number = 1;\nlet y = = 2;');
    expect(outcome).toEqual({
      kind: 'failed',
      phase: 'compile',
      message: 'Unexpected token',
      line: 2,
      column: 9,
    });
    expect(hal.lines).toEqual([]);
  });

  describe('errors', () => {
    it.each([
      ['an Error', `\nthrow new Error('no luck')`, 'no luck', 2],
      [
        'an error of another type',
        `const f = (x: any) =>\n  x.y;\nf(null)`,
        "TypeError: Cannot read properties of null (reading 'y')",
        2,
      ],
      [
        'an error of its own type',
        `class Odd extends Error { name = 'Odd' }\n\nthrow new Odd('x')`,
        'Odd: x',
        3,
      ],
      ['a text', `\n\nthrow 'just a text'`, 'uncaught just a text', 3],
      ['an object', `\nthrow { code: 5 }`, 'uncaught { code: 5 }', 2],
      ['nothing', `\nthrow undefined`, 'uncaught undefined', 2],
      [
        'an error with a stack that is none',
        `\nthrow Object.assign(new Error('x'), { stack: 5 })`,
        'x',
        2,
      ],
      [
        'an error that cannot be looked at',
        `\nthrow new Proxy(new Error('x'), { get() { throw 1; } })`,
        'uncaught [a value that cannot be shown]',
        2,
      ],
      [
        'a value that is not even what it is',
        `\nthrow new Proxy({}, { getPrototypeOf() { throw 1; } })`,
        'uncaught [a value that cannot be shown]',
        2,
      ],
      [
        'an error without words',
        `\nthrow Object.assign(new Error(), { name: 5, message: {} })`,
        '5: [object Object]',
        2,
      ],
      [
        'an error in a world without stacks',
        `Error.stackTraceLimit = 0;\n\nthrow new Error('x')`,
        'x',
        3,
      ],
      ['a name that nobody declared', `\n\nnobody()`, 'ReferenceError: nobody is not defined', 3],
    ])('%s', (_, source, message, line) => {
      expect(run(source).outcome).toEqual(failure(message, line));
    });

    it('of the library have the line of the script that led there', () => {
      const source = `import { ram, dma } from 'guest';
const spare = dma.alloc(8);

function store(at: number) {
  ram.write32(at, 1);
}
store(0x10_0000);`;
      const message = 'GuestMemoryFault: 0x100000…+4 is not guest RAM (0x0 to 0xfffff)';
      expect(run(source).outcome).toEqual(failure(message, 5));
    });

    it('have the line where they were made, as stacks do', () => {
      const source = `const e = new Error('made early');\nconst f = () => { throw e; };\nf();`;
      expect(run(source).outcome).toEqual(failure('made early', 1));
    });

    it('have the last line that was reached, where the stack does not tell', () => {
      const source = `\nconst e = new Error('lost');\ne.stack = 'lost';\n\nthrow e`;
      expect(run(source).outcome).toEqual(failure('lost', 5));
    });
  });

  describe('recursion without an end', () => {
    const message = 'the stack is full: a function calls itself without an end';
    it.each([
      ['of a function', `function f(n: number): number {\n  return f(n + 1) + 1;\n}\nf(0)`, 2],
      ['of an arrow', `const f = (n: number): number =>\n  f(n + 1) + 1;\nf(0)`, 2],
      ['of a getter', `const o = {\n  get x(): number {\n    return this.x;\n  },\n};\no.x`, 3],
    ])('%s is told as that', (_, source, line) => {
      const { outcome } = run(source);
      expect(outcome).toMatchObject({ kind: 'failed', phase: 'run', message });
      expect([line, line - 1]).toContain((outcome as { line: number }).line);
    });

    it('never ends in the middle of an access to the machine', () => {
      const hal = new FakeHal(1);
      let inside = 0;
      let reads = 0;
      hal.read = () => {
        inside++;
        // What a Hal does takes stack too.
        const deep = (n: number): number => (n === 0 ? 0 : deep(n - 1) + 1);
        deep(20);
        inside--;
        reads++;
        return 0;
      };
      const { outcome } = run(
        `import { io } from 'guest';\nfunction f() {\n  io.inb(1);\n  f();\n}\nf();`,
        hal,
      );
      expect(outcome).toMatchObject({ message });
      expect(inside).toBe(0);
      expect(reads).toBeGreaterThan(100);
    });
  });

  describe('stopping', () => {
    it.each([
      ['a loop without an end', 'for (;;) {}'],
      ['a loop with an empty body', 'while (true);'],
      ['a loop without braces', 'let n = 0; do n++; while (true)'],
      ['one in a function of an array', '[1].forEach(() => { for (;;); })'],
      ['one that catches everything', 'for (;;) try { for (;;) {} } catch {}'],
      [
        'one that begins again in the end',
        'function f() { try { for (;;) {} } finally { f(); } } f()',
      ],
      ['one in a generator', 'function* g() { for (;;) yield 1; } for (const x of g()) ;'],
      ['one in a static block', 'class A { static { for (;;) {} } }'],
      [
        'two functions that call one another',
        'const f = (n: number): void => { if (n > 0) f(n - 1); }; for (;;) f(9)',
      ],
    ])('ends %s', (_, source) => {
      expect(run(source, stopAfter(1000)).outcome).toEqual({ kind: 'stopped' });
    });

    it('is no error of the script, even in the middle of the library', () => {
      const hal = new FakeHal(1);
      hal.waitForInterrupt = () => {
        throw new StopRun();
      };
      expect(run(`import { irq } from 'guest';\nirq.wait(3);`, hal).outcome).toEqual({
        kind: 'stopped',
      });
    });
  });

  describe('what is not the guest’s', () => {
    it.each([
      'fetch',
      'setTimeout',
      'process',
      'globalThis',
      'Function',
      'Promise',
      'queueMicrotask',
      'performance',
      'Buffer',
      'structuredClone',
    ])('%s is not there', (name) => {
      for (const use of [
        `${name}.x`,
        `${name}()`,
        `new ${name}()`,
        `${name}.x = 1`,
        `'x' in ${name}`,
      ]) {
        const { outcome } = run(`\n${use}`);
        expect(outcome).toMatchObject({ kind: 'failed', phase: 'run', line: 2 });
        expect((outcome as { message: string }).message).toContain(
          `ReferenceError: ${name} is not available`,
        );
      }
    });

    it('can be a name of the script’s own', () => {
      const source = `import { log } from 'guest';
        const process = { fetch: 1 }; let name = 'n'; function close() { return 2 }
        const f = (setTimeout: number) => setTimeout + 1;
        log(process.fetch, name, close(), f(3));
        { const Buffer = 5; log(Buffer) }`;
      expect(run(source).output).toEqual(['1 n 2 4', '5']);
    });

    it('leaves the language itself', () => {
      const source = `import { log } from 'guest';
        log(Math.max(1, 2), JSON.stringify({ a: [1] }), new Map([[1, 2]]), parseInt('12px'), [...'ab'].length);
        log(new Uint8Array([1, 255]), Number.isInteger(1), typeof undefined, BigInt(5) ** 2n);`;
      expect(run(source).output).toEqual([
        '2 {"a":[1]} Map [[1, 2]] 12 2',
        '01 ff true undefined 25n',
      ]);
    });
  });

  describe('in the journal', () => {
    function recorded(source: string, hal?: (journal: JournalWriter) => FakeHal) {
      const ring = JournalRing.create(64, 4096);
      const journal = new JournalWriter(ring);
      const store = new EventStore();
      run(source, hal ? hal(journal) : new FakeHal(1, journal));
      // Without a flush: the end of a run hands everything over.
      new JournalReader([ring], store).drain();
      return Array.from({ length: store.length }, (_, i) => store.get(i)).filter(
        ({ kind }) => kind === 'script',
      );
    }

    it('a run begins and ends', () => {
      expect(recorded('let a = 1;\na++;')).toMatchObject([
        { step: 0, line: 0, actor: 'driver' },
        { step: 1, line: 2, text: '' },
      ]);
    });

    it('or fails, with message and line', () => {
      expect(recorded(`\nthrow new Error('no')`)).toMatchObject([
        { step: 0 },
        { step: 2, line: 2, text: 'no' },
      ]);
    });

    it('or is stopped', () => {
      const stopping = (journal: JournalWriter) => {
        const hal = new FakeHal(1, journal);
        hal.onLine = () => {
          throw new StopRun();
        };
        return hal;
      };
      expect(recorded('for (;;);', stopping)).toMatchObject([
        { step: 0 },
        { step: 1, line: 1, text: 'the run was stopped' },
      ]);
    });

    it('what does not compile never began', () => {
      expect(recorded('let = ;')).toEqual([]);
    });
  });
});

describe('chance', () => {
  const LOOK = `import { log } from 'guest';
log(Math.random(), Math.random(), Math.max(1, 2), Math.PI > 3, Object.keys(Math).length);
log(Date.now(), new Date().getTime(), new Date(5).getTime(), Date.UTC(1970, 0, 2), typeof Date());
log(new Date() instanceof Date, new Date().toISOString(), Object.prototype.toString.call(Math));
class Mine extends Date {}
log(new Mine().getTime(), new Mine() instanceof Mine);`;
  const look = (chance: { seed: number; time: number }): readonly string[] => {
    const hal = new FakeHal(1);
    expect(runScript(LOOK, hal, chance)).toEqual({ kind: 'ended' });
    return hal.output;
  };

  it('is the same again with the same seed and time, and has the rest of the language', () => {
    const first = look({ seed: 3, time: 1_000_000 });
    expect(look({ seed: 3, time: 1_000_000 })).toEqual(first);
    expect(first[0]).toMatch(/^0\.\d+ 0\.\d+ 2 true 0$/);
    // Each look at the clock is a millisecond later.
    expect(first[1]).toBe('1000000 1000001 5 86400000 string');
    expect(first[2]).toMatch(/^true 1970-01-01T00:16:40.00\dZ \[object Math\]$/);
    expect(first[3]).toMatch(/^100000\d true$/);
    expect(look({ seed: 4, time: 1_000_000 })[0]).not.toBe(first[0]);
  });
});
