import { dirname, resolve } from 'node:path';
import ts from 'typescript';

const ROOT = resolve(import.meta.dirname, '../..');
const ENTRY = resolve(ROOT, 'src/guest/api/guest-module.ts');
const MODULE = 'GuestModule';
/** What a script can use without importing it. */
const GLOBALS = { console: 'Console' };

const HEADER = `// Types of the module 'guest', generated from the sources of the guest library.`;

/** A part of the module. */
function block(declarations: readonly string[]): string {
  return `${HEADER}\ndeclare module 'guest' {\n${indent(declarations.join('\n'))}\n}\n`;
}

type Declaration =
  | ts.ClassDeclaration
  | ts.InterfaceDeclaration
  | ts.TypeAliasDeclaration
  | ts.VariableStatement;

/** Parts of the declaration of module 'guest'; each declares the module, and an editor takes them together. */
export interface GuestDeclarations {
  /** What a script imports, and what it has without importing. */
  readonly values: string;
  /** The types of what it imports. */
  readonly types: string;
  /** The types that those are made of. */
  readonly inner: string;
  /** Numbers of the specification. */
  readonly constants: string;
}

/** The ambient declaration of module 'guest', as an editor wants it, made from the library's sources. */
export function guestDeclarations(): GuestDeclarations {
  return new Generator().parts();
}

class Generator {
  readonly #checker: ts.TypeChecker;
  /** What the sources declare, without internals, by name. */
  readonly #declared = new Map<string, Declaration>();
  /** The same in the sources themselves, for the checker. */
  readonly #sources = new Map<string, ts.Symbol>();
  /** Classes that exist when a script runs. */
  readonly #values = new Set<string>();
  readonly #wanted: string[] = [];

  constructor() {
    const program = ts.createProgram([ENTRY], {
      ...options(),
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      stripInternal: true,
      outDir: '/declarations',
    });
    this.#checker = program.getTypeChecker();
    program.emit(undefined, (name, text) => this.#index(name, text));
    for (const file of program.getSourceFiles()) {
      if (!file.fileName.startsWith(`${ROOT}/src/`)) continue;
      const symbol = this.#checker.getSymbolAtLocation(file);
      for (const exported of symbol ? this.#checker.getExportsOfModule(symbol) : [])
        this.#sources.set(exported.name, exported);
    }
  }

  parts(): GuestDeclarations {
    const module = this.#declared.get(MODULE);
    if (!module || !ts.isInterfaceDeclaration(module)) throw new Error(`no ${MODULE}`);
    const values = module.members.map((member) => this.#value(member));
    const constants = (module.heritageClauses ?? []).flatMap(({ types }) =>
      types.flatMap((type) => this.#constants(type.expression.getText())),
    );
    for (const type of Object.values(GLOBALS)) this.#want(type);
    const named = this.#wanted.length;
    const types: string[] = [];
    for (let i = 0; i < this.#wanted.length; i++) types.push(this.#type(this.#wanted[i] as string));
    const globals = Object.entries(GLOBALS)
      .map(
        ([name, type]) =>
          `/** Prints as \`log\` does. */\ndeclare const ${name}: import('guest').${type};`,
      )
      .join('\n');
    return {
      values: `${block(values)}\n${globals}\n`,
      types: block(types.slice(0, named)),
      inner: block(types.slice(named)),
      constants: block(constants),
    };
  }

  #index(name: string, text: string): void {
    const file = ts.createSourceFile(name, text, ts.ScriptTarget.ESNext, true);
    for (const statement of file.statements) {
      if (ts.isVariableStatement(statement))
        for (const { name } of statement.declarationList.declarations)
          this.#declared.set(name.getText(), statement);
      else if (
        (ts.isClassDeclaration(statement) ||
          ts.isInterfaceDeclaration(statement) ||
          ts.isTypeAliasDeclaration(statement)) &&
        statement.name
      )
        this.#declared.set(statement.name.text, statement);
    }
  }

  /** A member of the module as something that can be imported. */
  #value(member: ts.TypeElement): string {
    const name = member.name?.getText() ?? '';
    const doc = docOf(member);
    if (ts.isMethodSignature(member)) {
      this.#wantAll(member);
      return `${doc}function ${name}${member.getText().slice(name.length)}`;
    }
    if (!ts.isPropertySignature(member) || !member.type) throw new Error(`${name}: what is that?`);
    if (!ts.isTypeQueryNode(member.type)) {
      this.#wantAll(member.type);
      return `${doc}const ${name}: ${member.type.getText()};`;
    }
    const target = this.#declared.get(member.type.exprName.getText());
    if (target && ts.isVariableStatement(target))
      return (doc || docOf(target)) + (this.#registers(name) ?? plain(target.getText()));
    this.#values.add(name);
    this.#want(name);
    return '';
  }

  /** A register map, with what it says of each register as a comment; undefined for other values. */
  #registers(name: string): string | undefined {
    const symbol = this.#sources.get(name);
    const fields = symbol ? this.#properties(this.#checker.getTypeOfSymbol(symbol)) : [];
    const docs = fields.map(
      ({ type }) => this.#properties(type).find((p) => p.name === 'doc')?.type,
    );
    if (fields.length === 0 || docs.some((doc) => !doc?.isStringLiteral())) return undefined;
    this.#want('Register');
    const lines = fields.map((field, i) => {
      const doc = (docs[i] as ts.StringLiteralType).value;
      return `/** ${doc}. */\nreadonly ${field.name}: Register;`;
    });
    return `const ${name}: {\n${indent(lines.join('\n'))}\n};`;
  }

  #properties(type: ts.Type): { name: string; type: ts.Type }[] {
    if (!(type.flags & ts.TypeFlags.Object)) return [];
    return this.#checker
      .getPropertiesOfType(type)
      .map((property) => ({ name: property.name, type: this.#checker.getTypeOfSymbol(property) }));
  }

  /** The properties of an object type as constants. */
  #constants(alias: string): string[] {
    const declaration = this.#declared.get(alias);
    const source = ts.isTypeAliasDeclaration(declaration as ts.Node) && this.#aliasInEntry(alias);
    if (!declaration || !source) throw new Error(`${alias} is not an alias`);
    const type = this.#checker.getTypeFromTypeNode(source.type);
    return this.#properties(type).map((property) => {
      const value = this.#checker.typeToString(property.type);
      return `${docOf(declaration)}const ${property.name}: ${value};`;
    });
  }

  /** Alias that the entry file declares without exporting it. */
  #aliasInEntry(name: string): ts.TypeAliasDeclaration | undefined {
    const module = this.#sources.get(MODULE)?.declarations?.[0];
    const statements = module?.getSourceFile().statements ?? [];
    return [...statements].filter(ts.isTypeAliasDeclaration).find((s) => s.name.text === name);
  }

  #type(name: string): string {
    const declaration = this.#declared.get(name);
    if (!declaration) throw new Error(`${name} is not declared`);
    const doc = docOf(declaration);
    if (ts.isTypeAliasDeclaration(declaration)) {
      const own = `${doc}type ${name} = ${declaration.type.getText()};`;
      if (!/\b(?:typeof|keyof|Exclude)\b/.test(declaration.type.getText())) return own;
      const symbol = this.#sources.get(name);
      if (!symbol) throw new Error(`${name} is not exported`);
      const type = this.#checker.getDeclaredTypeOfSymbol(symbol);
      const flags = ts.TypeFormatFlags.InTypeAlias | ts.TypeFormatFlags.NoTruncation;
      return `${doc}type ${name} = ${this.#checker.typeToString(type, undefined, flags)};`;
    }
    if (ts.isVariableStatement(declaration)) throw new Error(`${name} is a value`);
    if (ts.isInterfaceDeclaration(declaration)) {
      this.#wantAll(declaration);
      return doc + plain(declaration.getText());
    }
    return doc + this.#class(declaration);
  }

  /** A class that scripts construct stays one; of any other, only the type is there. */
  #class(node: ts.ClassDeclaration): string {
    const name = node.name?.text ?? '';
    const isValue = this.#values.has(name);
    const base = node.heritageClauses?.find((c) => c.token === ts.SyntaxKind.ExtendsKeyword)
      ?.types[0];
    const baseName = base?.expression.getText();
    const ownBase = baseName !== undefined && this.#declared.has(baseName);
    if (ownBase) this.#want(baseName);
    const members = node.members.filter(
      (member) =>
        isPublic(member, isValue) && !this.#isInherited(member, ownBase ? baseName : undefined),
    );
    for (const member of members) this.#wantAll(member);
    const lines = members.map((member) => docOf(member) + plain(member.getText()));
    const block = `{\n${indent(lines.join('\n'))}\n}`;
    const parameters = node.typeParameters?.map((p) => p.getText()).join(', ');
    const generic = parameters ? `<${parameters}>` : '';
    if (!isValue)
      return `interface ${name}${generic}${baseName ? ` extends ${baseName}` : ''} ${block}`;
    if (ownBase)
      return `class ${name}${generic} ${block}\ninterface ${name} extends ${baseName} {}`;
    return `class ${name}${generic}${baseName ? ` extends ${baseName}` : ''} ${block}`;
  }

  /** Whether a base says all there is to say about a member. */
  #isInherited(member: ts.ClassElement, base: string | undefined): boolean {
    const name = member.name?.getText();
    if (base === undefined || name === undefined || docOf(member) !== '') return false;
    const declaration = this.#declared.get(base);
    return (
      declaration !== undefined &&
      ts.isClassDeclaration(declaration) &&
      declaration.members.some((other) => other.name?.getText() === name)
    );
  }

  #want(name: string): void {
    if (!this.#wanted.includes(name)) this.#wanted.push(name);
  }

  /** Asks for every type of ours that is named below `node`. */
  #wantAll(node: ts.Node): void {
    const see = (child: ts.Node): void => {
      const name = ts.isTypeReferenceNode(child)
        ? child.typeName.getText()
        : ts.isExpressionWithTypeArguments(child)
          ? child.expression.getText()
          : undefined;
      if (name !== undefined && this.#declared.has(name)) this.#want(name);
      ts.forEachChild(child, see);
    };
    see(node);
  }
}

function isPublic(member: ts.ClassElement, isValue: boolean): boolean {
  const has = (kind: ts.SyntaxKind) =>
    ts.canHaveModifiers(member) && (ts.getModifiers(member) ?? []).some((m) => m.kind === kind);
  if (has(ts.SyntaxKind.PrivateKeyword) || has(ts.SyntaxKind.ProtectedKeyword)) return false;
  if (member.name && ts.isPrivateIdentifier(member.name)) return false;
  return isValue || !(has(ts.SyntaxKind.StaticKeyword) || ts.isConstructorDeclaration(member));
}

/** The JSDoc that stands before a node, with a line end; '' where there is none. */
function docOf(node: ts.Node): string {
  const text = node.getSourceFile().text.slice(node.getFullStart(), node.getStart());
  const start = text.lastIndexOf('/**');
  if (start < 0) return '';
  const lines = text.slice(start).trim().split('\n');
  return `${lines.map((line, i) => (i === 0 ? line : ` ${line.trim()}`)).join('\n')}\n`;
}

/** Text of a declaration without the words that an ambient module does not want, indented by two. */
function plain(text: string): string {
  return text
    .replace(/^(export |declare |abstract |public )+/, '')
    .replace(/^( {4})+/gm, (spaces) => ' '.repeat(spaces.length / 2));
}

function indent(text: string): string {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => `  ${line}`)
    .join('\n');
}

/** The project's own compiler options. */
function options(): ts.CompilerOptions {
  const path = resolve(ROOT, 'tsconfig.core.json');
  const { config } = ts.readConfigFile(path, ts.sys.readFile);
  const parsed = ts.parseJsonConfigFileContent(config, ts.sys, dirname(path));
  const { incremental: _incremental, tsBuildInfoFile: _file, ...rest } = parsed.options;
  return rest;
}
