import type { AnyNode, Function as FunctionNode, Node, Program } from 'acorn';

/** Names that inserted code calls by. */
export interface HookNames {
  /** Called with the line before every statement. */
  readonly line: string;
  /** Called when a function is entered: fails while there is still room on the stack. */
  readonly enter: string;
}

/** Text to insert at a position of the code. */
interface Insertion {
  readonly at: number;
  readonly text: string;
  /** Line that a hook reports. */
  readonly line?: number;
  /** Whether it ends what another insertion opened. */
  readonly closes?: true;
}

const LOOPS = new Set([
  'ForStatement',
  'ForInStatement',
  'ForOfStatement',
  'WhileStatement',
  'DoWhileStatement',
]);
/** Statements that do nothing when they are reached: there is nothing to show, or to stop at. */
const SILENT = new Set(['FunctionDeclaration', 'EmptyStatement', 'ImportDeclaration']);

/**
 * Finds where code must be inserted so that every statement reports its line first, on the same
 * line: in every block, in bodies without one, at every turn of a loop.
 */
export function hooks(program: Program, names: HookNames): Insertion[] {
  const found: Insertion[] = [];
  const lineOf = (node: Node): number => node.loc?.start.line ?? 1;
  const hook = (node: Node): string => `${names.line}(${lineOf(node)});`;

  const list = (statements: readonly AnyNode[]): void => {
    const loud = statements.filter((statement) => !isSilent(statement));
    for (const statement of loud)
      found.push({ at: statement.start, text: hook(statement), line: lineOf(statement) });
  };
  /** A body that may be one statement without braces. */
  const body = (node: AnyNode, inLoop: boolean): void => {
    if (node.type === 'BlockStatement') {
      if (inLoop && node.body.every(isSilent))
        found.push({ at: node.start + 1, text: hook(node), line: lineOf(node) });
    } else if (inLoop || !isSilent(node)) {
      found.push(
        { at: node.start, text: `{${hook(node)}`, line: lineOf(node) },
        { at: node.end, text: '}', closes: true },
      );
    }
  };
  const enter = (node: FunctionNode): void => {
    const call = `${names.enter}()`;
    if (node.body.type === 'BlockStatement')
      found.push({ at: node.body.start + 1, text: `${call};` });
    else
      found.push(
        { at: node.body.start, text: `(${call},` },
        { at: node.body.end, text: ')', closes: true },
      );
  };

  visit(program, (node) => {
    switch (node.type) {
      case 'Program':
      case 'BlockStatement':
      case 'StaticBlock':
        list(node.body);
        break;
      case 'SwitchCase':
        list(node.consequent);
        break;
      case 'IfStatement':
        body(node.consequent, false);
        if (node.alternate) body(node.alternate, false);
        break;
      case 'FunctionDeclaration':
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        enter(node);
        break;
    }
    if (LOOPS.has(node.type)) body((node as { body: unknown }).body as AnyNode, true);
  });
  return found;
}

/**
 * Applies insertions that were found parents first. At one position, what closes comes before
 * what opens, and inner before outer; what opens, outer before inner.
 */
export function insert(code: string, insertions: readonly Insertion[]): string {
  const rank = ({ closes }: Insertion, order: number): number => (closes ? -1 - order : order);
  const sorted = insertions
    .map((insertion, order) => ({ ...insertion, rank: rank(insertion, order) }))
    .sort((a, b) => a.at - b.at || a.rank - b.rank);
  let out = '';
  let from = 0;
  for (const { at, text } of sorted) {
    out += code.slice(from, at) + text;
    from = at;
  }
  return out + code.slice(from);
}

/** Calls `see` for every node below and including `node`, parents first. */
export function visit(node: AnyNode, see: (node: AnyNode) => void): void {
  see(node);
  for (const child of Object.values(node) as unknown[]) {
    if (Array.isArray(child)) {
      for (const item of child) if (isNode(item)) visit(item, see);
    } else if (isNode(child)) visit(child, see);
  }
}

function isSilent(node: AnyNode): boolean {
  if (node.type === 'ExportNamedDeclaration')
    return !node.declaration || isSilent(node.declaration);
  return SILENT.has(node.type);
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}
