import { XMLParser, XMLValidator } from 'fast-xml-parser';

/** XML that cannot be read as a domain; the message says why, in words for the person. */
export class LibvirtError extends Error {}

/** Bounds of what is read: characters, nesting, elements. */
const LIMITS = { characters: 1024 * 1024, depth: 40, elements: 20_000 } as const;

/** An element with what it holds. Names keep their prefix (`qemu:arg`). */
export class Element {
  readonly name: string;
  readonly children: readonly Element[];
  /** Its text, without that of its children, trimmed. */
  readonly text: string;
  readonly attributes: ReadonlyMap<string, string>;

  constructor(
    name: string,
    attributes: ReadonlyMap<string, string>,
    children: readonly Element[] = [],
    text = '',
  ) {
    this.name = name;
    this.attributes = attributes;
    this.children = children;
    this.text = text;
  }

  /** An attribute's value; undefined where it is absent. */
  attr(name: string): string | undefined {
    return this.attributes.get(name);
  }

  /** The first child of a name. */
  child(name: string): Element | undefined {
    return this.children.find((one) => one.name === name);
  }

  /** All children of a name, in their order. */
  all(name: string): Element[] {
    return this.children.filter((one) => one.name === name);
  }

  /** An attribute of the first child of a name. */
  at(child: string, attribute: string): string | undefined {
    return this.child(child)?.attr(attribute);
  }
}

/** The root element of a text. Entities other than XML's own five and document types are refused. Throws LibvirtError. */
export function parseXml(text: string): Element {
  if (text.length > LIMITS.characters)
    throw new LibvirtError('This XML is too large for a domain: more than 1 MiB.');
  if (/<!(?:DOCTYPE|ENTITY)/i.test(text))
    throw new LibvirtError('This XML has a document type, which a domain has no use for.');
  const source = text.trim();
  const verdict = XMLValidator.validate(source);
  if (verdict !== true)
    throw new LibvirtError(
      `This XML is not well-formed, line ${verdict.err.line}: ${verdict.err.msg.slice(0, 120)}`,
    );
  let parsed: unknown;
  try {
    parsed = new XMLParser({
      preserveOrder: true,
      ignoreAttributes: false,
      attributeNamePrefix: '',
      parseTagValue: false,
      parseAttributeValue: false,
      ignoreDeclaration: true,
      ignorePiTags: true,
      // For numeric references.
      htmlEntities: true,
      maxNestedTags: LIMITS.depth,
    }).parse(source);
  } catch (error) {
    const why = error instanceof Error ? error.message.slice(0, 160) : '';
    throw new LibvirtError(`This XML cannot be read: ${why}`);
  }
  const budget = { left: LIMITS.elements };
  const root = elementsOf(parsed, budget)[0];
  if (!root) throw new LibvirtError('This XML has no element.');
  return root;
}

/** Elements of what the parser calls a list of nodes. */
function elementsOf(nodes: unknown, budget: { left: number }): Element[] {
  if (!Array.isArray(nodes)) return [];
  const elements: Element[] = [];
  for (const node of nodes as Readonly<Record<string, unknown>>[]) {
    const name = Object.keys(node).find((key) => key !== ':@');
    if (name === undefined || name.startsWith('#')) continue;
    if (--budget.left < 0)
      throw new LibvirtError(`This XML has more than ${LIMITS.elements} elements.`);
    const inside = node[name];
    const attributes = new Map(
      Object.entries((node[':@'] ?? {}) as Record<string, unknown>).map(
        ([key, value]) => [key, String(value)] as const,
      ),
    );
    elements.push(new Element(name, attributes, elementsOf(inside, budget), textOf(inside)));
  }
  return elements;
}

function textOf(nodes: unknown): string {
  if (!Array.isArray(nodes)) return '';
  return (nodes as Readonly<Record<string, unknown>>[])
    .map((node) => (typeof node['#text'] === 'string' ? node['#text'] : ''))
    .join('')
    .trim();
}

/** An element to be written: its name, attributes (undefined ones are left out), and what it holds. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | undefined>>,
  ...inside: (Element | string | undefined)[]
): Element {
  const present = Object.entries(attributes).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return new Element(
    name,
    new Map(present),
    inside.filter((one) => one instanceof Element),
    inside.filter((one) => typeof one === 'string').join(''),
  );
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  "'": '&apos;',
};
const escaped = (text: string): string =>
  text
    // XML 1.0 has no way to write these, not even escaped.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    .replace(/[\0-\x08\x0b\x0c\x0e-\x1f]/g, '')
    .replace(/[&<>']/g, (char) => ESCAPES[char] ?? char);

/** An element as text, laid out as libvirt does: two blanks a level, a line each. */
export function writeXml(root: Element, indent = ''): string {
  const attributes = [...root.attributes].map(([key, value]) => ` ${key}='${escaped(value)}'`);
  const open = `${indent}<${root.name}${attributes.join('')}`;
  if (root.children.length === 0)
    return root.text === '' ? `${open}/>\n` : `${open}>${escaped(root.text)}</${root.name}>\n`;
  const inside = root.children.map((child) => writeXml(child, `${indent}  `)).join('');
  return `${open}>\n${inside}${indent}</${root.name}>\n`;
}
