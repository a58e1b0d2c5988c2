import { type AnyNode, type ImportDeclaration, type Node, type Program, parse } from 'acorn';
import { transform } from 'sucrase';
import { type HookNames, hooks, insert, visit } from './instrument.ts';
import { CompileError } from './problem.ts';
import { ColumnMap } from './source-map.ts';

/** The one module that a script can import. */
const MODULE = 'guest';
const NOT_SYNCHRONOUS =
  'A guest script runs straight through, as a driver does: there is nothing to await here. Sleep with q.wait() or irq.wait().';

/** A script as the body of a function, and what that function must be given. */
export interface CompiledScript {
  /** Line n of it is line n of the source. */
  readonly body: string;
  /** Parameters by which the body calls the hooks, and the module `guest`. */
  readonly names: HookNames & { readonly guest: string };
  /** Every name that the script mentions, declared or not, but for those that it imports. */
  readonly mentioned: ReadonlySet<string>;
}

/**
 * Compiles a TypeScript script; types are stripped, not checked. `exported`: the names that the
 * module `guest` has. Throws `CompileError`.
 */
export function compileScript(source: string, exported: ReadonlySet<string>): CompiledScript {
  const stripped = stripTypes(source);
  const fail: Fail = (message, { line, column }) => {
    throw new CompileError(message, line, stripped.columns.sourceColumn(line, column) + 1);
  };
  const program = parseModule(stripped.code, fail);
  const name = (base: string): string => (source.includes(base) ? name(`${base}_`) : base);
  const names = { line: name('$line'), enter: name('$enter'), guest: name('$guest') };
  const mentioned = check(program, fail);
  const imports: string[] = [];
  let code = stripped.code;
  for (const node of program.body) {
    if (node.type === 'ImportDeclaration') {
      imports.push(bindings(node, names.guest, exported, fail));
      for (const { local } of node.specifiers) mentioned.delete(local.name);
      code = blank(code, node.start, node.end);
    } else if (node.type === 'ExportNamedDeclaration') {
      // Nobody imports a script: `export` changes nothing.
      code = blank(code, node.start, node.declaration?.start ?? node.end);
    }
  }
  const body = insert(code, hooks(program, names));
  return { body: `"use strict";${imports.join('')}return () => {${body}\n}`, names, mentioned };
}

/**
 * Lines of a script that have a statement to stop at, ascending; undefined where it does not compile. What it
 * imports does not matter.
 */
export function statementLines(source: string): readonly number[] | undefined {
  try {
    const { code, columns } = stripTypes(source);
    const program = parseModule(code, (message, { line, column }) => {
      throw new CompileError(message, line, columns.sourceColumn(line, column) + 1);
    });
    const found = hooks(program, { line: '', enter: '' }).flatMap(({ line }) => line ?? []);
    return [...new Set(found)].sort((a, b) => a - b);
  } catch (error) {
    if (error instanceof CompileError) return undefined;
    throw error;
  }
}

type Fail = (message: string, at: { line: number; column: number }) => never;

function stripTypes(source: string): { code: string; columns: ColumnMap } {
  try {
    const { code, sourceMap } = transform(source, {
      transforms: ['typescript'],
      disableESTransforms: true,
      filePath: 'script.ts',
      sourceMapOptions: { compiledFilename: 'script.js' },
    });
    refuseWhatIsDropped(source, code);
    return { code, columns: new ColumnMap(sourceMap?.mappings ?? '') };
  } catch (error) {
    if (error instanceof CompileError) throw error;
    const { message, loc } = error as Error & { loc?: { line: number; column: number } };
    throw new CompileError(sentence(message), loc?.line ?? 1, loc?.column ?? 1);
  }
}

/** Statements that have a meaning in TypeScript, and that the stripping of types takes along in silence. */
const DROPPED = [
  {
    start: /^(\s*)(?:export\s+)?(?:namespace|module)\s+[\w.]+\s*(?:\{|$)/,
    message: 'Namespaces are not available in a guest script',
  },
  {
    start: /^(\s*)(?:export\s+)?import\s+\w+\s*=/,
    message: `Write import { … } from '${MODULE}': there is no other way to import`,
  },
];

function refuseWhatIsDropped(source: string, code: string): void {
  const compiled = code.split('\n');
  source.split('\n').forEach((text, i) => {
    for (const { start, message } of DROPPED) {
      const match = start.exec(text);
      // What is still there was part of a comment or of a text.
      if (match && !compiled[i]?.includes(match[0].trim()))
        throw new CompileError(message, i + 1, (match[1] ?? '').length + 1);
    }
  });
}

function parseModule(code: string, fail: Fail): Program {
  try {
    return parse(code, { ecmaVersion: 'latest', sourceType: 'module', locations: true });
  } catch (error) {
    const { message, loc } = error as Error & { loc?: { line: number; column: number } };
    return fail(sentence(message), loc ?? { line: 1, column: 0 });
  }
}

/** Refuses what cannot work in a guest; returns every name that the script mentions. */
function check(program: Program, fail: Fail): Set<string> {
  const mentioned = new Set<string>();
  const refuse = (node: Node, message: string): never =>
    fail(message, node.loc?.start ?? { line: 1, column: 0 });
  visit(program, (node) => {
    if (node.type === 'Identifier') mentioned.add(node.name);
    if (node.type === 'Identifier' && node.name === 'eval')
      refuse(node, 'eval is not available in a guest script');
    if (node.type === 'ImportExpression' || isImportMeta(node))
      refuse(
        node,
        `Write import { … } from '${MODULE}' at the top: there is no other way to import`,
      );
    if (node.type === 'AwaitExpression' || isAsync(node)) refuse(node, NOT_SYNCHRONOUS);
    if (node.type === 'ExportAllDeclaration' || node.type === 'ExportDefaultDeclaration')
      refuse(node, 'A guest script is a program, not a module: it has nothing to export');
    if (node.type === 'ExportNamedDeclaration' && node.source) noSuchModule(node.source, refuse);
  });
  return mentioned;
}

/** `const { a, b: c } = $guest;` for `import { a, b as c } from 'guest'`. */
function bindings(
  node: ImportDeclaration,
  guest: string,
  exported: ReadonlySet<string>,
  fail: Fail,
): string {
  const refuse = (at: Node, message: string): never =>
    fail(message, at.loc?.start ?? { line: 1, column: 0 });
  if (node.source.value !== MODULE) noSuchModule(node.source, refuse);
  const names = node.specifiers.map((specifier) => {
    if (specifier.type === 'ImportNamespaceSpecifier')
      return `const ${specifier.local.name}=${guest};`;
    if (specifier.type === 'ImportDefaultSpecifier')
      return refuse(
        specifier,
        `'${MODULE}' has no default export: write import { … } from '${MODULE}'`,
      );
    const { imported, local } = specifier;
    const name = imported.type === 'Identifier' ? imported.name : String(imported.value);
    if (!exported.has(name)) refuse(specifier, `'${MODULE}' has no export '${name}'`);
    return `const {${name}:${local.name}}=${guest};`;
  });
  return names.join('');
}

function noSuchModule(
  source: Node & { readonly value?: unknown },
  refuse: (at: Node, message: string) => never,
): never {
  return refuse(
    source,
    `Cannot import '${source.value}': a guest script can import '${MODULE}' only`,
  );
}

function isAsync(node: AnyNode): boolean {
  if (node.type === 'MethodDefinition') return node.value.async;
  return ('async' in node && node.async === true) || ('await' in node && node.await === true);
}

function isImportMeta(node: AnyNode): boolean {
  return node.type === 'MetaProperty' && node.meta.name === 'import';
}

/** Replaces code by spaces; line ends stay. */
function blank(code: string, from: number, to: number): string {
  return (
    code.slice(0, from) + code.slice(from, to).replace(/[^\r\n\u2028\u2029]/g, ' ') + code.slice(to)
  );
}

/** Both compilers end their messages with the place, which is told apart from it here. */
function sentence(message: string): string {
  return message.replace(/\s*\(\d+:\d+\)$/, '').replace(/^Error transforming [^:]*: /, '');
}
