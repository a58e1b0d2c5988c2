import type { PropertyTable } from '../../../qom/property.ts';
import { bit, u32 } from '../../../qom/property.ts';
import type { TypeInfo, TypeRegistry } from '../../../qom/type.ts';
import { MODE_PROPERTIES } from '../properties.ts';
import { VECTORS_UNSPECIFIED, VirtioPci, type VirtioPciKind } from '../virtio-pci.ts';

/** One family of transports: `virtio-X-pci`, the abstract type above it, and its variants. */
export interface Family extends VirtioPciKind {
  /** `virtio-blk-pci`. */
  readonly name: string;
  readonly aliases?: readonly string[];
  /** Parent of the abstract type; `virtio-pci` where absent. */
  readonly parent?: string;
  /** Properties that the device adds to those of `virtio-pci`, in QEMU's order. */
  readonly properties: PropertyTable;
  /**
   * Types next to `name`. `single` has none: its abstract type is called `NAME-base-type` and holds
   * the mode's properties, the type itself those of the device. The others have `NAME-base` with the
   * device's properties; where `modern` stands, the type itself is without the legacy interface.
   */
  readonly variants: readonly ('transitional' | 'non-transitional')[] | 'single' | 'modern';
  /** Architectures whose program has it; absent: all. */
  readonly arches?: readonly string[];
  readonly hotpluggable?: boolean;
  /** Option ROM that firmware finds on it. */
  readonly romfile?: string;
  /** Makes the transport where a class of its own stands for it. */
  readonly create?: TypeInfo['create'];
}

/** Variants of a device that old drivers know. */
export const ALL_VARIANTS = ['transitional', 'non-transitional'] as const;

/** Sets the number of vectors where the user named none. */
export function defaultVectors(transport: VirtioPci, vectors: number): void {
  if (transport.props.vectors === VECTORS_UNSPECIFIED) transport.values.vectors = vectors;
}

/** `ioeventfd` as most devices declare it. */
export const ioeventfd = bit(true);
/** `vectors` of a device that works the number out. */
export const vectorsUnspecified = u32(VECTORS_UNSPECIFIED);

/** What a type is whose name tells its mode. */
const MODES = {
  transitional: { 'disable-legacy': 'off', 'disable-modern': false },
  'non-transitional': { 'disable-legacy': 'on', 'disable-modern': false },
} as const;

/** Registers the types of one family. Needs its parent. */
export function registerFamily(registry: TypeRegistry, family: Family): void {
  const {
    name,
    parent = 'virtio-pci',
    properties,
    variants,
    aliases,
    hotpluggable,
    romfile,
  } = family;
  const single = variants === 'single';
  const base = `${name}${single ? '-base-type' : '-base'}`;
  registry.register({
    name: base,
    parent,
    abstract: true,
    ...(hotpluggable !== undefined && { hotpluggable }),
    ...(romfile !== undefined && { defaults: { romfile } }),
    properties: single ? MODE_PROPERTIES : properties,
    create: family.create ?? ((init) => new VirtioPci(init, family)),
  });
  if (variants === 'modern') {
    registry.register({ name, parent: base, defaults: MODES['non-transitional'] });
    return;
  }
  registry.register({
    name,
    parent: base,
    properties: single ? properties : MODE_PROPERTIES,
    ...(aliases && { aliases }),
  });
  if (single) return;
  for (const variant of variants)
    registry.register({
      name: `${name}-${variant}`,
      parent: base,
      defaults: MODES[variant],
    });
}
