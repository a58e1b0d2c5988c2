import type { BackEndTemplate } from '../../document/back-end-templates.ts';
import type { DeviceType } from '../../protocol/messages.ts';
import type { BusNode } from '../../protocol/topology.ts';
import { templateName } from './actions.ts';
import type { Item } from './build-store.ts';
import { transportFor, verdictOn } from './fits.ts';
import type { PickEntry, PickGroup } from './pick-entry.ts';

/** Something that the palette offers. */
export interface PaletteEntry extends PickEntry {
  readonly item: Item;
  /** It becomes the virtio device in a new transport on the chosen bus. */
  readonly transport?: true;
}

const LEFT_OUT = 'QEMU has these; this page does not build them';

/**
 * The device types by QEMU's categories, virtio first in each. With a bus only what it takes, whole or
 * as a virtio device in a new transport; without one all of them.
 */
export function deviceGroups(
  types: readonly DeviceType[],
  bus: BusNode | undefined,
): PickGroup<PaletteEntry>[] {
  const fitting = bus ? types.filter((type) => verdictOn(bus, type) !== 'other') : types;
  const groups = new Map<string, DeviceType[]>();
  for (const type of fitting.filter(({ unmodelled }) => !unmodelled)) {
    const heading = headingOf(type.category);
    groups.set(heading, [...(groups.get(heading) ?? []), type]);
  }
  const whole = [...groups].map(([value, members]) => ({
    value,
    items: members.toSorted((a, b) => rank(a) - rank(b)).map(entryOf),
  }));
  // What has virtio devices comes first: that is what this page is about.
  whole.sort((a, b) => Number(isVirtio(b)) - Number(isVirtio(a)));
  const pieces = bus
    ? types.flatMap((type): PaletteEntry[] => {
        const transport = transportFor(type, bus, types);
        if (!transport || type.unmodelled) return [];
        return [{ ...entryOf(type), note: `in a new ${transport.name}`, transport: true }];
      })
    : [];
  const leftOut = fitting
    .filter(({ unmodelled }) => unmodelled)
    .map((type) => ({ ...entryOf(type), dim: true }));
  return [
    ...whole,
    { value: 'In two pieces: transport and virtio device', items: pieces },
    { value: LEFT_OUT, items: leftOut },
  ].filter(({ items }) => items.length > 0);
}

/** Kinds of back end, in the order in which they are offered. */
export function templateGroups(templates: readonly BackEndTemplate[]): PickGroup<PaletteEntry>[] {
  const kinds = new Set(templates.map(({ kind }) => kind));
  return [...kinds].map((kind) => ({
    value: `-${kind}`,
    items: templates
      .filter((template) => template.kind === kind)
      .map((template) => ({
        id: `template:${templateName(template)}`,
        label: template.type,
        note: template.words,
        item: { kind: 'template', name: templateName(template) },
      })),
  }));
}

function entryOf(type: DeviceType): PaletteEntry {
  const { name, description, bus, aliases } = type;
  const also = aliases.length > 0 ? `also ${aliases.join(', ')}` : '';
  return {
    id: `type:${name}`,
    label: name,
    note: [description, bus === undefined ? 'no bus' : `on ${bus}`, also]
      .filter(Boolean)
      .join(' · '),
    item: { kind: 'type', name },
  };
}

/** `Storage` of `Storage devices`. */
function headingOf(category: string): string {
  return category.replace(/ devices$/, '');
}

function rank({ name }: DeviceType): number {
  if (!name.startsWith('virtio')) return 2;
  return /transitional$/.test(name) ? 1 : 0;
}

function isVirtio({ items }: PickGroup<PaletteEntry>): boolean {
  return items.some(({ label }) => label.startsWith('virtio'));
}
