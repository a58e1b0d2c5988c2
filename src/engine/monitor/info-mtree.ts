import type { AddressSpace } from '../../memory/address-space.ts';
import { type FlatRange, flatRoot, flatten } from '../../memory/flat-view.ts';
import type { MemoryRegion } from '../../memory/memory-region.ts';
import { Device } from '../qdev/device.ts';
import { QObject } from '../qom/object.ts';

/** What `info mtree` shows besides. */
export interface MtreeOptions {
  /** Whose each region is. */
  readonly owners: boolean;
  /** Regions that are switched off. */
  readonly disabled: boolean;
}

/** `info mtree`: the regions of every address space as a tree, then those that aliases show. */
export function infoMtree(spaces: Iterable<AddressSpace>, options: MtreeOptions): string {
  const printer = new TreePrinter(options);
  const byRoot = groupBy(spaces, ({ root }) => root);
  for (const [root, sharing] of byRoot) {
    const names = sharing.map(({ name }) => name).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    for (const name of names) printer.line(`address-space: ${name}`);
    printer.print(root);
  }
  // A region that stands there may show more of them.
  for (const region of printer.shown) {
    printer.line(`memory-region: ${region.name}`);
    printer.print(region);
  }
  return printer.text;
}

/** `info mtree -f`: what decodes each address, once for all address spaces that come down to the same. */
export function infoFlatViews(spaces: Iterable<AddressSpace>, owners: boolean): string {
  let text = '';
  let count = 0;
  for (const [root, sharing] of groupBy(spaces, (space) => flatRoot(space.root))) {
    text += `FlatView #${count++}\n`;
    for (const { name, root: from } of sharing) {
      const alias = from.target ? `, alias ${from.target.name}` : '';
      text += ` AS "${name}", root: ${from.name}${alias}\n`;
    }
    text += ` Root memory region: ${root?.name ?? '(none)'}\n`;
    const ranges = root ? flatten(root) : [];
    for (const range of ranges)
      text += `  ${flatLine(range)}${owners ? ownerOf(range.region) : ''}\n`;
    text += ranges.length === 0 ? '  No rendered FlatView\n\n' : '\n';
  }
  return text;
}

function flatLine({ start, end, base, region, readonly }: FlatRange): string {
  const kind = `${region.nonvolatile ? 'nv-' : ''}${readonly ? 'rom' : typeName(region)}`;
  const offset = start > base ? ` @${wide(BigInt(start) - BigInt(base))}` : '';
  const last = BigInt(end) - 1n;
  return `${wide(BigInt(start))}-${wide(last)} (prio ${region.priority}, ${kind}): ${region.name}${offset}`;
}

class TreePrinter {
  readonly #options: MtreeOptions;
  /** Regions that an alias showed, in the order of the first one that did. */
  readonly shown = new Set<MemoryRegion>();
  text = '';

  constructor(options: MtreeOptions) {
    this.#options = options;
  }

  line(text: string): void {
    this.text += `${text}\n`;
  }

  /** A region and what lies in it, as an item of the list. */
  print(region: MemoryRegion): void {
    this.#print(region, 1, 0n);
    this.text += '\n';
  }

  #print(region: MemoryRegion, level: number, base: bigint): void {
    const start = BigInt.asUintN(64, base + BigInt(region.address));
    const end = BigInt.asUintN(64, start + span(region));
    if (start < base || end < start) this.text += '[DETECTED OVERFLOW!] ';
    const { target } = region;
    if (target) this.shown.add(target);
    if (region.enabled || this.#options.disabled) {
      const kind = `${region.nonvolatile ? 'nv-' : ''}${typeName(region)}`;
      const alias = target
        ? `alias ${region.name} @${target.name} ${wide(BigInt(region.targetOffset))}-${wide(BigInt(region.targetOffset) + span(region))}`
        : region.name;
      const suffix = `${region.enabled ? '' : ' [disabled]'}${this.#options.owners ? ownerOf(region) : ''}`;
      this.line(
        `${'  '.repeat(level)}${wide(start)}-${wide(end)} (prio ${region.priority}, ${kind}): ${alias}${suffix}`,
      );
    }
    const inside = [...region.subregions].sort(
      (a, b) => a.address - b.address || b.priority - a.priority,
    );
    for (const child of inside) this.#print(child, level + 1, start);
  }
}

function groupBy<K>(
  spaces: Iterable<AddressSpace>,
  keyOf: (space: AddressSpace) => K,
): Map<K, AddressSpace[]> {
  const groups = new Map<K, AddressSpace[]>();
  for (const space of spaces) {
    const key = keyOf(space);
    const group = groups.get(key);
    if (group) group.push(space);
    else groups.set(key, [space]);
  }
  return groups;
}

/** Distance from the first to the last byte. */
function span({ size }: MemoryRegion): bigint {
  return size === 0 ? 0n : BigInt(size) - 1n;
}

function typeName(region: MemoryRegion): string {
  if (region.target) return typeName(region.target);
  if (region.kind === 'ram' || region.kind === 'rom') return region.readonly ? 'rom' : 'ram';
  return region.kind === 'ramd' || region.kind === 'romd' ? region.kind : 'i/o';
}

/** Whose a region is; what nobody owns has only its place in the composition tree. */
function ownerOf({ owner }: MemoryRegion): string {
  if (!(owner instanceof QObject)) return ' orphan';
  const kind = owner instanceof Device ? 'dev' : 'obj';
  const label = owner.path === '/machine/unattached' ? 'parent' : 'owner';
  const which =
    owner instanceof Device && owner.id !== '' ? `id=${owner.id}` : `path=${owner.path}`;
  return ` ${label}:{${kind} ${which}}`;
}

function wide(value: bigint): string {
  return BigInt.asUintN(64, value).toString(16).padStart(16, '0');
}
