import type { OptKeys, OptsRules } from './opts.ts';

/** `a b:number` as keys; text where no kind is given. */
function keys(text: string): OptKeys {
  const entries = text
    .split(/\s+/)
    .filter((word) => word !== '')
    .map((word) => word.split(':') as [string, OptKeys[string] | undefined]);
  return Object.fromEntries(entries.map(([key, kind = 'str']) => [key, kind]));
}

const THROTTLING = ['iops', 'bps']
  .flatMap((unit) =>
    ['total', 'read', 'write'].flatMap((kind) =>
      ['', '-max', '-max-length'].map((suffix) => `throttling.${unit}-${kind}${suffix}:number`),
    ),
  )
  .concat('throttling.iops-size:number')
  .join(' ');
const FSDEV =
  'fsdriver path security_model writeout fmode:number dmode:number readonly:bool socket sock_fd:number multidevs';

/** How QEMU reads options that go through its option parser: their keys, and which may be left out. */
export const OPTION_LISTS = {
  device: { implied: 'driver' },
  drive: {},
  netdev: { implied: 'type' },
  nic: { implied: 'type' },
  net: { implied: 'type' },
  object: { implied: 'qom-type' },
  chardev: {
    implied: 'backend',
    keys: keys(
      `backend path host port fd to:number ipv4:bool ipv6:bool localaddr localport wait:bool server:bool
       delay:bool nodelay:bool reconnect:number telnet:bool tn3270:bool tls-creds tls-authz websocket:bool
       width:number height:number cols:number rows:number mux:bool signal:bool name debug:number size:size
       chardev append:bool logfile logappend:bool mouse:bool clipboard:bool tight:bool abstract:bool`,
    ),
  },
  fsdev: { implied: 'fsdriver', keys: keys(`${FSDEV} ${THROTTLING}`) },
  virtfs: { implied: 'fsdriver', keys: keys(`${FSDEV} mount_tag`) },
  mon: { implied: 'chardev', keys: keys('mode chardev pretty:bool') },
  memory: { implied: 'size', merged: true, keys: keys('size:size slots:number maxmem:size') },
  global: { keys: keys('driver property value') },
  name: {
    implied: 'guest',
    merged: true,
    keys: keys('guest process debug-threads:bool'),
  },
  rtc: { merged: true, keys: keys('base clock driftfix') },
  msg: { merged: true, keys: keys('timestamp:bool guest-name:bool') },
  action: { merged: true, keys: keys('reboot shutdown panic watchdog') },
  overcommit: { keys: keys('mem-lock:bool cpu-pm:bool') },
  'add-fd': { keys: keys('fd:number set:number opaque') },
  accel: { implied: 'accel' },
  smbios: {},
  icount: { implied: 'shift', merged: true },
  iscsi: {
    keys: keys('user password password-secret header-digest initiator-name timeout:number'),
  },
  fw_cfg: { implied: 'name', keys: keys('name file string gen_id') },
  sandbox: {
    implied: 'enable',
    keys: keys('enable:bool obsolete elevateprivileges spawn resourcecontrol'),
  },
} as const satisfies Readonly<Record<string, OptsRules>>;

/** Options of the parser's whose arguments are only read for mistakes. */
export const CHECKED_OPTIONS = [
  'name',
  'rtc',
  'msg',
  'action',
  'overcommit',
  'add-fd',
  'smbios',
  'icount',
  'iscsi',
  'sandbox',
  'fw_cfg',
] as const;
