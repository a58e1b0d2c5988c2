import { useMemo, useState } from 'react';
import { hex } from '../../base/bits.ts';
import type { DeviceMoment, RegisterMoment } from '../../journal/fold/moment.ts';
import { type ConfigPart, msixEnabled, pciConfigView } from '../../journal/pci-config-view.ts';
import type { RegisterHistory } from '../../journal/register-history.ts';
import {
  configStart,
  type RegisterContext,
  registerNamed,
  registerWords,
} from '../../journal/register-words.ts';
import type { DeviceNode } from '../../protocol/topology.ts';
import { DEVICE_CONFIG, REGION_INDEX, REGIONS } from '../../spec/regions.ts';
import { selectedText } from '../../spec/selected-registers.ts';
import { useSessionState, useSessionStateSlowly } from '../state/session-context.tsx';
import { configAccesses, pciPlace, wayTo } from './pci-place.ts';
import { type RegisterRow, RegisterTable } from './register-table.tsx';
import { Section } from './section.tsx';
import { useRegisterHistory } from './use-register-history.ts';

/** While a guest runs fast, registers are shown anew this often, in ms. */
const FAST_EVERY = 160;

/**
 * Registers of a transport and of the virtio device behind it, the device's own configuration and PCI
 * configuration space, as the guest last saw or wrote them at the cursor.
 */
export function RegisterSections({ devices }: { devices: readonly DeviceNode[] }) {
  const running = useSessionState((state) => state.run === 'running');
  const moment = useSessionStateSlowly((state) => state.moment, running, FAST_EVERY);
  const topology = useSessionState((state) => state.topology);
  const { history } = useRegisterHistory();
  const [wanted, setWanted] = useState('');
  const facts = devices.find(({ virtio }) => virtio)?.virtio;
  const pci = devices.find(({ ancestors }) => ancestors.includes('pci-device'));
  const way = useMemo(() => pci && topology && wayTo(topology.root, pci.path), [topology, pci]);
  const parts = useMemo(() => {
    if (!way) return [];
    const accesses = configAccesses(moment);
    const place = pciPlace(way, accesses);
    return place ? pciConfigView(accesses, place) : [];
  }, [moment, way]);
  const context: RegisterContext = {
    virtioId: facts?.deviceId,
    queues: facts?.queues.map(({ name }) => name) ?? [],
    msix: msixEnabled(parts),
  };
  const seen = devices.flatMap(({ dev }) => seenOf(moment.devices.get(dev)));
  const registers = registerRows(seen, context, history, moment.at);
  const config = configRows(seen, context);
  const space = spaceRows(parts, moment.devices);
  const match = matcher(wanted);
  const [shown, shownConfig, shownSpace] = [registers, config, space].map((rows) =>
    rows.filter(match),
  ) as [RegisterRow[], RegisterRow[], RegisterRow[]];
  const table = { context, at: moment.at };
  const nothing = registers.length + config.length + space.length === 0;
  return (
    <>
      {!nothing && (
        <div className="property-filter register-search">
          <input
            type="search"
            aria-label="Search registers"
            placeholder="Search registers, values, meanings"
            value={wanted}
            onChange={(event) => setWanted(event.target.value)}
          />
        </div>
      )}
      {config.length > 0 && (
        <Section
          title="Configuration space"
          count={shownConfig.length}
          open={wanted !== '' && shownConfig.length > 0}
        >
          <RegisterTable caption="Device configuration" rows={shownConfig} {...table} />
        </Section>
      )}
      <Section title="Registers, as last seen" count={shown.length} open={shown.length > 0}>
        {registers.length === 0 ? (
          <p className="section-empty">The driver has not touched any.</p>
        ) : (
          <RegisterTable caption="Registers" rows={shown} {...table} />
        )}
      </Section>
      {pci && (
        <Section
          title="PCI configuration space"
          count={shownSpace.length}
          open={wanted !== '' && shownSpace.length > 0}
        >
          {space.length === 0 ? (
            <p className="section-empty">The guest has not looked at this function yet.</p>
          ) : (
            <RegisterTable caption="PCI configuration space" rows={shownSpace} {...table} />
          )}
        </Section>
      )}
    </>
  );
}

interface Seen {
  readonly dev: number;
  readonly register: RegisterMoment;
}

const CONFIG_SPACE: ReadonlySet<number> = new Set([
  REGION_INDEX['pci-config'],
  REGION_INDEX['pci-ecam'],
]);

function seenOf(device: DeviceMoment | undefined): Seen[] {
  return [...(device?.registers.values() ?? [])]
    .filter(({ region }) => !CONFIG_SPACE.has(region))
    .map((register) => ({ dev: device?.dev ?? 0, register }));
}

function registerRows(
  seen: readonly Seen[],
  context: RegisterContext,
  history: RegisterHistory,
  at: number,
): RegisterRow[] {
  return seen
    .filter(({ register }) => {
      const start = configStart(register.region, context);
      return start === undefined || register.offset < start;
    })
    .sort((a, b) => a.register.region - b.register.region || a.register.offset - b.register.offset)
    .map(({ dev, register }) => {
      const { region, offset, value } = register;
      const found = registerNamed(region, offset, context);
      const [last] = history.accesses(dev, region, offset, at, 1);
      const selected = last?.event === register.event ? last.selected : undefined;
      const words = registerWords(region, offset, value, context, selected);
      return {
        key: `${dev} ${region} ${offset}`,
        group: REGIONS[region]?.name ?? 'not decoded',
        source: REGIONS[region]?.source ?? '',
        name: nameOf(found, offset),
        doc: found?.doc ?? '',
        ...{ offset, dev, register },
        words: [words, selected !== undefined && selectedText(region, offset, selected)]
          .filter(Boolean)
          .join('; '),
      };
    });
}

function nameOf(found: ReturnType<typeof registerNamed>, offset: number): string {
  if (!found) return hex(offset);
  return found.within > 0 ? `${found.name}+${found.within}` : found.name;
}

/** Every field of the device's configuration, seen or not. */
function configRows(seen: readonly Seen[], context: RegisterContext): RegisterRow[] {
  const layout = DEVICE_CONFIG[context.virtioId ?? 0];
  if (!layout) return [];
  const rows: RegisterRow[] = [];
  for (const [name, { offset, width, doc }] of Object.entries(layout)) {
    const about = { group: '', source: '', doc };
    let any = false;
    for (const { dev, register } of seen) {
      const start = configStart(register.region, context);
      if (start === undefined) continue;
      const at = register.offset - start;
      if (at < offset || at >= offset + width) continue;
      any = true;
      const piece = at > offset || register.size < width ? `${name}+${at - offset}` : name;
      rows.push({
        ...about,
        key: `${name} ${at} ${register.size}`,
        name: piece,
        ...{ offset: at, dev, register },
        words: register.size <= 6 ? String(register.value) : '',
      });
    }
    if (!any)
      rows.push({
        ...about,
        key: name,
        name,
        offset,
        dev: undefined,
        register: undefined,
        words: '',
      });
  }
  return rows;
}

/** Fields of PCI configuration space: a host bridge has the accesses. */
function spaceRows(
  parts: readonly ConfigPart[],
  devices: ReadonlyMap<number, DeviceMoment>,
): RegisterRow[] {
  const keepers = new Map<RegisterMoment, number>();
  for (const { dev, registers } of devices.values())
    for (const register of registers.values())
      if (CONFIG_SPACE.has(register.region)) keepers.set(register, dev);
  return parts.flatMap((part) =>
    part.fields.map(({ offset, width, name, value, words, doc, register }) => ({
      key: `${part.offset} ${offset} ${name}`,
      group: part.offset === 0 ? part.name : `${hex(part.offset, 2)} ${part.name}`,
      source: part.source,
      ...{ name, doc, offset, register, words },
      dev: keepers.get(register),
      value: hex(value, 2 * width),
    })),
  );
}

function matcher(wanted: string): (row: RegisterRow) => boolean {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return () => true;
  return ({ name, doc, group, words: said, value, register }) => {
    const shown = value ?? (register ? hex(register.value, 2 * register.size) : '');
    const text = `${name} ${doc} ${group} ${said} ${shown}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
}
