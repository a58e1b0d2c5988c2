import { assert } from '../../base/assert.ts';
import type { MemoryRegion } from '../../memory/memory-region.ts';
import type { QObject } from '../qom/object.ts';

/** Makes `region` a child of `owner`, numbered among those of its name; returns it. `type`: an IOMMU's own. */
export function addRegion<T extends MemoryRegion>(
  owner: QObject,
  region: T,
  type = 'memory-region',
): T {
  region.owner = owner;
  owner.addPart({ name: escapeName(region.name), type, region });
  return region;
}

/** Makes `region` a child of `/machine/unattached`, in the tree of which `maker` is; returns it. */
export function addOrphanRegion<T extends MemoryRegion>(maker: QObject, region: T): T {
  let root = maker;
  while (root.parent) root = root.parent;
  const unattached = root.at('/machine/unattached');
  assert(unattached, 'a machine without /machine/unattached');
  return addRegion(unattached, region);
}

/** Characters that would not do in a path become `\xHH`. */
function escapeName(name: string): string {
  return name.replace(/[/[\]\\]/g, (char) => `\\x${char.charCodeAt(0).toString(16)}`);
}
