import type { Element } from '../xml.ts';
import { argumentOf, type Entries } from './argument.ts';
import type { Reader } from './reader.ts';

/** `<host>` and `<guest>` of an interface's driver, as QEMU calls what they turn off. */
const OFFLOADS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  host: {
    csum: 'csum',
    gso: 'gso',
    tso4: 'host_tso4',
    tso6: 'host_tso6',
    ecn: 'host_ecn',
    ufo: 'host_ufo',
    mrg_rxbuf: 'mrg_rxbuf',
  },
  guest: {
    csum: 'guest_csum',
    tso4: 'guest_tso4',
    tso6: 'guest_tso6',
    ecn: 'guest_ecn',
    ufo: 'guest_ufo',
  },
};

/** An `<interface>`: a network card on user networking, whatever the host had behind it. */
export function readInterface(reader: Reader, one: Element, at: number): void {
  const kind = one.attr('type') ?? 'user';
  if (kind === 'hostdev' || kind === 'vdpa') {
    reader.note(`A network card of the host handed through (type “${kind}”) is left out.`);
    return;
  }
  const id = reader.id(one, `net${at}`);
  const netdev = `host${id}`;
  const name =
    one.at('source', 'network') ?? one.at('source', 'bridge') ?? one.at('source', 'dev') ?? '';
  if (kind !== 'user')
    reader.note(
      `${id} was on ${kind}${name ? ` “${name}”` : ''}; here it is on user networking, which needs nothing of the host.`,
    );
  reader.option('netdev', argumentOf('user', { id: netdev }));
  const model =
    one.at('model', 'type') ??
    (reader.platform.program === 'qemu-system-x86_64' ? 'rtl8139' : 'virtio');
  const common: Entries = {
    netdev,
    id,
    mac: one.at('mac', 'address'),
    bootindex: one.at('boot', 'order'),
    ...rom(one),
  };
  if (!/^virtio(?:-(?:non-)?transitional)?$/.test(model)) {
    reader.device(model, { ...common, ...reader.pci(one) });
    return;
  }
  const driver = one.child('driver');
  if (Number(driver?.attr('queues') ?? 1) > 1)
    reader.note(`${id} has one pair of queues: user networking has no more.`);
  const { type, entries } = reader.virtio('virtio-net', one);
  reader.device(type, {
    ...common,
    ...entries,
    event_idx: driver?.attr('event_idx'),
    tx: driver?.attr('txmode') === 'timer' ? 'timer' : undefined,
    rx_queue_size: driver?.attr('rx_queue_size'),
    tx_queue_size: driver?.attr('tx_queue_size'),
    host_mtu: one.at('mtu', 'size'),
    ...offloads(driver),
  });
}

function offloads(driver: Element | undefined): Entries {
  const entries: Record<string, string> = {};
  for (const [side, names] of Object.entries(OFFLOADS))
    for (const [theirs, property] of Object.entries(names)) {
      const value = driver?.at(side, theirs);
      if (value !== undefined) entries[property] = value;
    }
  return entries;
}

function rom(one: Element): Entries {
  const bar = one.at('rom', 'bar');
  const off = one.at('rom', 'enabled') === 'no';
  return {
    rombar: bar === 'off' ? '0' : bar === 'on' ? '1' : undefined,
    romfile: off ? '' : undefined,
  };
}
