import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { createGuestModule } from '../guest/api/guest-module.ts';
import { FakeHal } from '../testing/fake-transport.ts';
import { guestDeclarations } from '../testing/guest-declarations.ts';
import { EXAMPLES } from './examples.ts';
import { GUEST_TYPES } from './guest-types.ts';

/** What an editor says of scripts, by file name, when all it knows is GUEST_TYPES. */
function complaints(scripts: ReadonlyMap<string, string>): string[] {
  const files = new Map([['/guest.d.ts', GUEST_TYPES], ...scripts]);
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    moduleDetection: ts.ModuleDetectionKind.Force,
    lib: ['lib.es2023.d.ts'],
    types: [],
    strict: true,
    noEmit: true,
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.getSourceFile = (name, version) => {
    const text = files.get(name);
    return text === undefined
      ? getSourceFile(name, version)
      : ts.createSourceFile(name, text, version, true);
  };
  host.fileExists = (name) => files.has(name) || fileExists(name);
  const program = ts.createProgram([...files.keys()], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
    const line = file ? file.getLineAndCharacterOfPosition(start ?? 0).line + 1 : 0;
    return `${file?.fileName}:${line}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
  });
}

describe('types of the module guest', () => {
  const parts = guestDeclarations();
  it.each(['values', 'types', 'inner', 'constants'] as const)(
    '%s are what the sources say',
    async (part) => {
      const text = parts[part]
        .replaceAll('\\', '\\\\')
        .replaceAll('`', '\\`')
        .replaceAll('${', '\\${');
      const what = part === 'inner' ? 'inner types' : part;
      const doc = `/** The ${what} of module 'guest', for an editor. Generated; its test tells how. */`;
      // To make the files anew: npx vitest run src/lessons/guest-types.test.ts -u
      await expect(
        `${doc}\nexport const GUEST_${part.toUpperCase()} = \`${text}\`;\n`,
      ).toMatchFileSnapshot(`./guest-types/${part}.ts`);
    },
  );

  it('declare exactly what a script can import', () => {
    const file = ts.createSourceFile('guest.d.ts', GUEST_TYPES, ts.ScriptTarget.ESNext, true);
    const names = new Set<string>();
    const statements = file.statements
      .filter(ts.isModuleDeclaration)
      .flatMap(({ body }) => (body && ts.isModuleBlock(body) ? [...body.statements] : []));
    for (const statement of statements) {
      if (ts.isVariableStatement(statement))
        for (const { name } of statement.declarationList.declarations) names.add(name.getText());
      else if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement))
        names.add(statement.name?.text ?? '');
    }
    expect([...names].sort()).toEqual(Object.keys(createGuestModule(new FakeHal())).sort());
  });

  it('accept every example, strictly', () => {
    const scripts = new Map(EXAMPLES.map(({ id, source }) => [`/${id}.ts`, source]));
    expect(complaints(scripts)).toEqual([]);
  });

  it('refuse what the library does not have', () => {
    const script = [
      `import { pci, dma, nothing } from 'guest';`,
      `pci.find({ vendor: '1af4' });`,
      `dma.alloc(16).u32('0');`,
      `pci.config;`,
      `document.title;`,
    ].join('\n');
    const found = complaints(new Map([['/wrong.ts', script]]));
    expect(found.map((text) => text.split(':')[1])).toEqual(['1', '2', '3', '4', '5']);
  });
});
