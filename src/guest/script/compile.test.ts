import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EXAMPLES } from '../../lessons/examples.ts';
import { compileScript, statementLines } from './compile.ts';
import { CompileError } from './problem.ts';
import { makeFunction } from './stack.ts';

const EXPORTS = new Set(['log', 'hex', 'dma']);

/** Lines that hooks of the compiled code report, with the lines that they are on. */
function hookedLines(source: string): { reported: number; on: number }[] {
  const { body, names } = compileScript(source, EXPORTS);
  return body.split('\n').flatMap((text, i) =>
    text
      .split(`${names.line}(`)
      .slice(1)
      .map((rest) => ({ reported: Number.parseInt(rest, 10), on: i + 1 })),
  );
}

/** Runs a script: the lines that it passed, and what it logged. */
function trace(source: string): { lines: number[]; logged: unknown[] } {
  const { body, names } = compileScript(source, EXPORTS);
  const lines: number[] = [];
  const logged: unknown[] = [];
  const program = makeFunction([names.line, names.enter, names.guest], body);
  const start = program(
    (line: number) => lines.push(line),
    () => {},
    {
      log: (value: unknown) => logged.push(value),
    },
  );
  (start as () => void)();
  return { lines, logged };
}

function refusal(source: string): { message: string; line: number; column: number } {
  try {
    compileScript(source, EXPORTS);
  } catch (error) {
    if (error instanceof CompileError) return { ...error, message: error.message };
    throw error;
  }
  throw new Error('it compiles');
}

describe('line fidelity', () => {
  it.each(EXAMPLES.map(({ id, source }) => [id, source]))('%s keeps every line', (_, source) => {
    const lines = source.split('\n');
    const exported = new Set([...source.matchAll(/[A-Za-z_$][\w$]*/g)].map(([name]) => name));
    const { body, names } = compileScript(source, exported);
    const compiled = body.split('\n');
    expect(compiled).toHaveLength(lines.length + 1);
    expect(compiled.at(-1)).toBe('}');
    let hooks = 0;
    for (const [i, text] of compiled.entries()) {
      for (const rest of text.split(`${names.line}(`).slice(1)) {
        expect(Number.parseInt(rest, 10)).toBe(i + 1);
        hooks++;
      }
      // Whatever a line said before comments, types and hooks is still on it.
      const words =
        lines[i]?.replace(/\/\/.*|'[^']*'|: \w+/g, '').match(/\b(?:queue|disk|device|rng)\.\w+/g) ??
        [];
      for (const word of words) expect(text).toContain(word);
    }
    const statements = lines.filter(
      (line) => /;(?: \/\/.*)?$/.test(line) && !/^import|^ {4,}\w+,$/.test(line),
    );
    expect(hooks).toBeGreaterThanOrEqual(statements.length);
  });

  it('holds for Windows line ends, and for what types leave behind', () => {
    const source = 'interface A {\r\n  x: number;\r\n}\r\nconst a: A = { x: 1 };\r\nlet b;\r\n';
    for (const { reported, on } of hookedLines(source)) expect(reported).toBe(on);
    expect(hookedLines(source).map(({ on }) => on)).toEqual([4, 5]);
  });

  it('holds for imports that span lines, wherever they are', () => {
    const source = `log(1);\nimport {\n  log,\n  hex as base16,\n} from 'guest';\nlog(typeof base16);`;
    expect(trace(source)).toEqual({ lines: [1, 6], logged: [1, 'undefined'] });
  });
});

describe('line hooks', () => {
  const passed = (source: string) =>
    trace(`import { log } from 'guest';\n${source}`).lines.map((line) => line - 1);

  it.each([
    ['statements on one line', 'let a = 1; a++; a++', [1, 1, 1]],
    ['bodies without braces', 'if (1)\nlog(1)\nelse\nlog(2)\nlog(3)', [1, 2, 5]],
    ['else branches', 'if (0) log(1); else\nlog(2)', [1, 2]],
    ['every turn of a loop', 'for (let i = 0; i < 3; i++)\nlog(i)', [1, 2, 2, 2]],
    ['while', 'let n = 2\nwhile (n--)\nlog(n)', [1, 2, 3, 3]],
    ['do', 'let n = 2\ndo\nn--\nwhile (n)', [1, 2, 3, 3]],
    [
      'for of and for in',
      'for (const x of [1, 2])\nlog(x)\nfor (const x in {a: 1})\nlog(x)',
      [1, 2, 2, 3, 4],
    ],
    ['empty loop bodies', 'let n = 2\nwhile (n--);', [1, 2, 2, 2]],
    ['empty blocks', 'let n = 2\nwhile (n--) {\n}', [1, 2, 2, 2]],
    ['blocks that only declare', 'let n = 2\nwhile (n--) { function f() {} }', [1, 2, 2, 2]],
    [
      'switch cases',
      'switch (2) {\ncase 1: log(1)\ncase 2: log(2)\ndefault:\nlog(3)\n}',
      [1, 3, 5],
    ],
    ['functions', 'function f() {\nlog(1)\n}\nf()', [4, 2]],
    ['arrows with blocks', 'const f = () => {\nlog(1)\n}\nf()', [1, 4, 2]],
    [
      'arrows at the end of a body',
      'let n = 2, f\nwhile (n--) f = () => n\nlog(f())',
      [1, 2, 2, 2, 3],
    ],
    ['arrows in arrows', 'const f = () => () => 5\nif (1) log(f()())', [1, 2, 2]],
    ['arrows without', 'const f = () =>\nlog(1)\nf()', [1, 3]],
    [
      'methods, getters, static blocks',
      'class A {\nstatic {\nlog(1)\n}\nget x() {\nreturn 1\n}\n}\nlog(new A().x)',
      [1, 3, 9, 6],
    ],
    [
      'try, catch and finally',
      'try {\nthrow 1\n} catch {\nlog(1)\n} finally {\nlog(2)\n}',
      [1, 2, 4, 6],
    ],
    ['labels', 'a: for (;;) {\nfor (;;)\nbreak a\n}', [1, 2, 3]],
    [
      'labels that continue',
      'let n = 0\na: do {\nfor (;;) continue a\n} while (++n < 2)',
      [1, 2, 3, 3, 3, 3],
    ],
    ['exports', 'export const a = 1\nexport { a as b }\nexport function f() {}', [1]],
    ['generators', 'function* g() {\nyield 1\n}\nfor (const x of g()) log(x)', [4, 2, 4]],
    ['nothing but a comment', '// quiet', []],
  ])('%s', (_, source, lines) => {
    expect(passed(source)).toEqual(lines);
  });
});

describe('what a script does', () => {
  /** Statements that log, without semicolons where the language allows it, on lines of their own. */
  const { program } = fc.letrec<{ statement: string; body: string; program: string }>((tie) => ({
    statement: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.nat(9).map((n) => `log(${n})`),
      fc.nat(9).map((n) => `log(${n});`),
      fc.constant(';'),
      tie('body').map((body) => `for (let i = 0; i < 2; i++) ${body}`),
      tie('body').map((body) => `{ let n = 2; while (n-- > 0) ${body} }`),
      tie('body').map((body) => `{ let n = 2; do ${body}\nwhile (--n > 0) }`),
      tie('body').map((body) => `for (const x of [1, 2]) ${body}`),
      fc.tuple(tie('body'), tie('body')).map(([a, b]) => `if (t = !t) ${a}\nelse ${b}`),
      tie('body').map((body) => `if (t = !t) ${body}`),
      tie('body').map((body) => `out: for (;;) { for (;;) { ${body}\nbreak out } }`),
      fc
        .tuple(tie('statement'), tie('statement'))
        .map(([a, b]) => `switch (1) { case 0: ${a}\ncase 1: ${b}\ndefault: log(7) }`),
      tie('statement').map((s) => `;(() => { ${s}\n})()`),
      fc.nat(9).map((n) => `;[1].map((x) => log(x + ${n}))`),
      tie('statement').map((s) => `try { ${s}\nthrow 1 } catch { ${s} } finally { log(8) }`),
    ),
    body: fc.oneof(
      { depthSize: 'small' },
      tie('statement').filter((s) => !s.startsWith(';(') && !s.startsWith(';[')),
      fc.array(tie('statement'), { maxLength: 3 }).map((all) => `{ ${all.join('\n')} }`),
    ),
    program: fc
      .array(tie('statement'), { maxLength: 6 })
      .map((all) => `let t = false\n${all.join('\n')}`),
  }));

  it('is what it did without hooks', () => {
    fc.assert(
      fc.property(program, (source) => {
        const expected: unknown[] = [];
        let plain: (log: unknown) => void;
        try {
          plain = new Function('log', source) as typeof plain;
        } catch {
          // A label in a label of the same name: no program.
          return fc.pre(false);
        }
        plain((value: unknown) => expected.push(value));
        expect(trace(`import { log } from 'guest';\n${source}`).logged).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  it('does not depend on names that it chooses itself', () => {
    const source = `import { log } from 'guest';\nconst $line = 1, $enter = 2, $guest = 3, $line_ = 4;\nlog($line + $enter + $guest + $line_)`;
    expect(trace(source).logged).toEqual([10]);
  });

  it('takes texts and comments for what they are', () => {
    const source = `/*\nnamespace N {\n*/ import { log } from 'guest';\nlog(\`\nimport x = 5\nmodule M {\`);\ndeclare namespace D { const a: number; }`;
    expect(trace(source).logged).toEqual(['\nimport x = 5\nmodule M {']);
  });

  it('keeps types out, enums and parameter properties in', () => {
    const source = `import { log } from 'guest';
      enum Colour { Red, Green }
      class A { constructor(readonly x: number, private y = 2) {} sum(): number { return this.x + this.y; } }
      log(Colour.Green as number); log(new A(1).sum()); log((<any>'s')!.length satisfies number);`;
    expect(trace(source).logged).toEqual([1, 3, 1]);
  });
});

describe('a script that does not compile', () => {
  it.each([
    ['let a = ;', 'Unexpected token', 1, 9],
    ['const x: number = 1;\n\nfoo(\n  bar baz)', 'Unexpected token, expected ","', 4, 7],
    ['const text = "never ends', 'Unterminated string constant', 1, 14],
    // Behind a type, so that columns of the compiled code are not those of the source.
    [
      'const a: Record<string, number> = {}; let a = 1;',
      "Identifier 'a' has already been declared",
      1,
      43,
    ],
    ['let v: number = 1; (v as number) = 2; 5 = v;', 'Assigning to rvalue', 1, 39],
    ['return 1', "'return' outside of function", 1, 1],
    ['for (;;) { break x }', 'Unsyntactic break', 1, 12],
    ["import { nope, log } from 'guest'; nope();", "'guest' has no export 'nope'", 1, 10],
    [
      "import {\n  log,\n  nothing as log2,\n} from 'guest';\nlog2();",
      "'guest' has no export 'nothing'",
      3,
      3,
    ],
    ["import guest from 'guest';\nguest;", "'guest' has no default export", 1, 8],
    [
      "import fs from 'node:fs';\nfs.readFileSync;",
      "Cannot import 'node:fs': a guest script can import 'guest' only",
      1,
      16,
    ],
    ["import 'x';", "Cannot import 'x'", 1, 8],
    ["export * from 'guest';", 'it has nothing to export', 1, 1],
    ["export { log } from 'other';", "Cannot import 'other'", 1, 21],
    ['export default 1;', 'it has nothing to export', 1, 1],
    ["let x: any = 1; x = import('guest');", 'there is no other way to import', 1, 21],
    ['log(import.meta.url)', 'there is no other way to import', 1, 5],
    ['const f = 1;\nawait f;', 'nothing to await', 2, 1],
    ['const f = async () => 1;', 'nothing to await', 1, 11],
    ['class A { async f() {} }', 'nothing to await', 1, 11],
    ['for await (const x of []) ;', 'nothing to await', 1, 1],
    ['  namespace N {\n  export const a = 1;\n}\nN.a;', 'Namespaces are not available', 1, 3],
    ["let a = 1;\nimport fs = require('fs');\nfs;", 'there is no other way to import', 2, 1],
    ["eval('1')", 'eval is not available', 1, 1],
    ['with (Math) abs(1)', 'Unexpected token', 1, 1],
  ])('%s', (source, message, line, column) => {
    const found = refusal(source);
    expect(found.message).toContain(message);
    expect([found.line, found.column]).toEqual([line, column]);
    // The place stands beside the message, not in it.
    expect(found.message).not.toMatch(/\(\d+:\d+\)/);
  });

  it('fails with a CompileError and a place in the source, whatever the text', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom(
        'let ',
        '{',
        '}',
        '(',
        ')',
        '=>',
        '=',
        '`',
        '${',
        "'",
        '/',
        '\n',
        'import ',
        ' from ',
        "'guest'",
        'class ',
        'for',
        ';',
        ':',
        '<',
        '>',
        'x',
        '//',
        '/*',
        '@',
        '#',
        '\\',
        '\u2028',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const source = pieces.join('');
        try {
          compileScript(source, EXPORTS);
        } catch (error) {
          expect(error).toBeInstanceOf(CompileError);
          const { line, column } = error as CompileError;
          expect(line).toBeGreaterThanOrEqual(1);
          expect(line).toBeLessThanOrEqual(source.split(/\r\n|[\n\r\u2028\u2029]/).length);
          expect(column).toBeGreaterThanOrEqual(1);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('lines to stop at', () => {
  it('are those that the hooks report, whatever is imported', () => {
    for (const { source } of EXAMPLES) {
      const { body, names } = compileScript(source, { has: () => true } as unknown as Set<string>);
      const reported = body.split(`${names.line}(`).slice(1);
      const lines = new Set(reported.map((rest) => Number.parseInt(rest, 10)));
      expect(statementLines(source)).toEqual([...lines].sort((a, b) => a - b));
    }
    expect(statementLines("import { nothing } from 'nowhere';\n\nnothing(\n  1,\n);\n")).toEqual([
      3,
    ]);
  });

  it('are unknown while a script does not compile', () => {
    expect(statementLines('if (')).toBeUndefined();
  });
});
