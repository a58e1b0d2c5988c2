import type { ByteSource } from '../backends/byte-source.ts';
import { qdictOrder } from './qdict-order.ts';

/** A value of a node's option: text where it came as text. */
type OptionValue = string | number | boolean;

/** An opened node of the block graph: what a drive or another node stands on. */
export interface BlockNode {
  /** Its name in the graph; made up where nobody gave one. */
  readonly name: string;
  readonly driver: string;
  readonly source: ByteSource;
  /** Whether writes go nowhere. */
  readonly discardsWrites: boolean;
  readonly readOnly: boolean;
  /** A file name that leads to the same node, where there is one. */
  readonly exactName: string | undefined;
  /** Options that make it another node than its file name does. */
  readonly strong: Readonly<Record<string, OptionValue>>;
  /** The nodes that it stands on, by role. */
  readonly children: Readonly<Record<string, BlockNode>>;
}

/** What `info block` calls a node: its file name, or its options as JSON. */
export function nodeFilename(node: BlockNode): string {
  return node.exactName ?? `json:${nodeJson(node)}`;
}

/** All options of a node, in the order of QEMU's dictionary. */
function nodeJson({ driver, strong, children }: BlockNode): string {
  const values = new Map<string, string>();
  for (const [key, value] of Object.entries(strong)) values.set(key, JSON.stringify(value));
  values.set('driver', JSON.stringify(driver));
  for (const [role, child] of Object.entries(children)) values.set(role, nodeJson(child));
  return `{${qdictOrder(values.keys())
    .map((key) => `"${key}": ${values.get(key)}`)
    .join(', ')}}`;
}
