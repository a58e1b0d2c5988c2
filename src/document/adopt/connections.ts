import type { DocumentOption } from '../document.ts';
import { freshId } from '../edits.ts';
import { entriesOf, entryOf, optionIdOf } from '../entries.ts';
import { kindOf, only, type Work, withEntries } from './work.ts';

/** Networks that need nothing of a host. */
const OWN_NETWORKS = new Set(['user', 'hubport', 'nic', 'none']);
/** Entries of user networking that start programs of the host or read its files. */
const HOST_ENTRIES = ['smb', 'smbserver', 'guestfwd', 'tftp', 'bootfile'];
/** What stays of a network when it becomes user networking: who it is, and the NIC that `-nic` makes. */
const KEPT = ['type', 'id', 'model', 'mac', 'macaddr', 'addr', 'name', 'netdev', 'vlan'];

const onUserNetwork = (ids: string) =>
  `On user networking here, which needs nothing of the host: ${ids}.`;
const hostEntries = (keys: string) => `Left out of the network, since it needs the host: ${keys}.`;

/** Every network becomes user networking, which a browser can have. */
export function ownNetworks(work: Work): void {
  work.each(['netdev', 'nic', 'net'], (option) => {
    const kind = kindOf(option);
    if (kind === '') return option;
    if (kind === 'user') return withoutHost(work, option);
    if (OWN_NETWORKS.has(kind)) return option;
    return userNetwork(work, option);
  });
}

/** A network of the host as user networking. */
export function userNetwork(work: Work, option: DocumentOption): DocumentOption {
  const id = optionIdOf(option) ?? entryOf(option, 'name');
  work.notes.gather(onUserNetwork, `${id ?? `-${option.name}`} (was ${kindOf(option)})`);
  return withEntries(only(option, KEPT), { type: 'user' });
}

function withoutHost(work: Work, option: DocumentOption): DocumentOption {
  const found = HOST_ENTRIES.filter((key) => entryOf(option, key) !== undefined);
  if (found.length === 0) return option;
  for (const key of found) work.notes.gather(hostEntries, key);
  return withEntries(option, Object.fromEntries(found.map((key) => [key, undefined])));
}

/** Character back ends that are here what they are anywhere. */
const OWN_CHARACTERS =
  /^(?:null|vc|ringbuf|memory|stdio|pty|msmouse|wctablet|braille|testdev|mux)$/;
const OWN_SERIALS =
  /^(?:null|none|vc(?::.*)?|stdio|mon:stdio|mon:vc|pty|msmouse|chardev:.*|mon:chardev:.*)$/;

/** Sockets, files and ports of the host behind serial ports become nothing. */
export function ownCharacters(work: Work): void {
  work.each(['chardev'], (option) => {
    if (OWN_CHARACTERS.test(kindOf(option))) return option;
    return nullCharacters(work, option);
  });
  work.each(['serial', 'parallel', 'debugcon', 'virtioconsole'], (option) => {
    if (OWN_SERIALS.test(option.argument ?? '')) return option;
    noteCharacters(work, `-${option.name}`);
    return { ...option, argument: 'null' };
  });
}

/** A character back end with nothing behind it. */
export function nullCharacters(work: Work, option: DocumentOption): DocumentOption {
  noteCharacters(work, entryOf(option, 'id') ?? '-chardev');
  return withEntries(only(option, ['backend', 'id', 'mux']), { backend: 'null' });
}

const unheard = (subjects: string) =>
  `What was behind ${subjects} on the host is left out: nobody listens there.`;

function noteCharacters(work: Work, subject: string): void {
  work.notes.gather(unheard, subject);
}

/** Devices whose other half is a program or a driver of the host, and the virtio device that QEMU has itself. */
const OWN_DEVICES: readonly (readonly [theirs: RegExp, ours: string, drops: readonly string[]])[] =
  [
    [/^vhost-user-blk(?=-|$)/, 'virtio-blk', ['chardev', 'config-wce']],
    [/^vhost-user-scsi(?=-|$)/, 'virtio-scsi', ['chardev', 'boot_tpgt', 'lun', 'bootindex']],
    [/^vhost-scsi(?=-|$)/, 'virtio-scsi', ['wwpn', 'vhostfd', 'boot_tpgt', 'bootindex']],
    [/^vhost-user-gpu(?=-|$)/, 'virtio-gpu', ['chardev']],
    [/^vhost-user-vga$/, 'virtio-vga', ['chardev']],
    [/^vhost-user-rng(?=-|$)/, 'virtio-rng', ['chardev', 'num-queues', 'queue-size']],
    [/^virtio-gpu-gl(?=-|$)/, 'virtio-gpu', []],
    [/^virtio-vga-gl$/, 'virtio-vga', []],
    [/^scsi-(?:block|generic)$/, 'scsi-hd', []],
  ];

/** Puts QEMU's own devices in the place of those that the host does the work for. */
export function ownDevices(work: Work): void {
  for (const option of work.named('device')) {
    const kind = kindOf(option);
    const found = OWN_DEVICES.find(([theirs]) => theirs.test(kind));
    if (!found) continue;
    const [theirs, ours, drops] = found;
    const type = kind.replace(theirs, ours);
    work.notes.add(
      /gl/.test(kind)
        ? `${kind} becomes ${type}: nothing draws in three dimensions here.`
        : `${kind} becomes ${type}: the other half of it is a program or a device of the host.`,
    );
    const gone = Object.fromEntries(drops.map((key) => [key, undefined]));
    const disk = ours === 'virtio-blk' ? freshId(work.doc, 'disk') : undefined;
    if (disk !== undefined)
      work.addBefore(option, 'drive', `if=none,id=${disk},file=${disk}.img,format=raw`);
    work.replace(withEntries(option, { driver: type, ...gone, ...(disk && { drive: disk }) }));
  }
  leaveUnused(work, 'chardev');
}

/** Takes out back ends of a kind that nothing names. */
export function leaveUnused(work: Work, name: 'chardev' | 'netdev'): void {
  const named = new Set(
    work.options.flatMap((option) => [
      (option.argument ?? '').replace(/^(?:mon:)?chardev:/, ''),
      ...entriesOf(option).flatMap(({ key, value }) => (key === 'id' ? [] : [value])),
    ]),
  );
  work.each([name], (option) => (named.has(optionIdOf(option) ?? '') ? option : undefined));
}
