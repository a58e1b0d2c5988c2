import { ConfigError } from '../qom/errors.ts';
import type { Visited } from './qapi/visit.ts';

/** A user-mode network, as far as it shows. */
export interface UserNetwork {
  /** Address of the network. */
  readonly net: string;
  /** Whether the guest is kept from the outside. */
  readonly restrict: boolean;
}

function refuse(message: string): never {
  throw new ConfigError(message);
}

/** An address as C's inet_aton reads it, as a number; undefined where it is none. */
function address(text: string): number | undefined {
  const parts = text.split('.').map((part) => {
    if (!/^(?:0[xX][0-9a-fA-F]+|\d+)$/.test(part)) return Number.NaN;
    return /^0\d/.test(part) ? Number.parseInt(part, 8) : Number(part);
  });
  if (parts.length > 4 || parts.some(Number.isNaN)) return undefined;
  const last = parts.pop() ?? 0;
  if (parts.some((part) => part > 255) || last >= 256 ** (4 - parts.length)) return undefined;
  return parts.reduce((sum, part, i) => sum + part * 256 ** (3 - i), 0) + last;
}

function show(value: number): string {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
}

const bits = (length: number) => (length === 0 ? 0 : (0xffff_ffff << (32 - length)) >>> 0);

/** Length of the network's part of an address whose options do not say. */
function classLength(value: number): number {
  if (value >>> 31 === 0) return 8;
  if (value >>> 20 === 0xac1) return 12;
  if (value >>> 30 === 2 || value >>> 16 === 0xc0a8) return 16;
  if (value >>> 16 === 0xc612) return 15;
  return value >>> 29 === 7 ? 24 : 28;
}

function network(text: string): { net: number; mask: number } {
  const slash = text.indexOf('/');
  const base = address(slash < 0 ? text : text.slice(0, slash));
  if (base === undefined) return refuse('Failed to parse netmask');
  const masked = (mask: number) => ({ net: (base & mask) >>> 0, mask });
  if (slash < 0) return masked(bits(classLength(base)));
  const length = text.slice(slash + 1);
  if (!/^\s*[+-]?\d+$/.test(length)) {
    const mask = address(length);
    return mask === undefined ? refuse('Failed to parse netmask (trailing chars)') : masked(mask);
  }
  const count = Number(length);
  if (count < 4 || count > 32) refuse('Invalid netmask provided (must be in range 4-32)');
  return masked(bits(count));
}

/** Checks the options of a user-mode network, in QEMU's order. Throws ConfigError with its sentence. */
export function userNetwork(options: Visited): UserNetwork {
  const text = (key: string) => options[key] as string | undefined;
  const given = (...keys: string[]) => keys.some((key) => options[key] !== undefined);
  const restrict = options.restrict === true;
  const [ipv4, ipv6] = [options.ipv4 !== false, options.ipv6 !== false];
  if (!ipv4 && given('net', 'ip', 'host', 'dns'))
    refuse('IPv4 disabled but netmask/host/dns provided');
  if (!ipv6 && given('ipv6-prefix', 'ipv6-host', 'ipv6-dns'))
    refuse('IPv6 disabled but prefix/host6/dns6 provided');
  if (!ipv4 && !ipv6) refuse('IPv4 and IPv6 disabled');
  // `ip=` is the old name of `net=`.
  const old = text('ip');
  const { net, mask } = network(text('net') ?? (old === undefined ? '10.0.2.0/24' : `${old}/24`));
  const member = (key: string, offset: number, spoken: string) => {
    const value = text(key);
    if (value === undefined) return (net | (offset & ~mask)) >>> 0;
    return address(value) ?? refuse(`Failed to parse ${spoken}`);
  };
  const isInside = (value: number) => (value & mask) >>> 0 === net;
  const host = member('host', 0x0202, 'host');
  if (!isInside(host)) refuse("Host doesn't belong to network");
  const dns = member('dns', 0x0203, 'DNS');
  if (restrict && !isInside(dns)) refuse("DNS doesn't belong to network");
  if (dns === host) refuse('DNS must be different from host');
  const dhcp = member('dhcpstart', 0x020f, 'DHCP start address');
  if (!isInside(dhcp)) refuse("DHCP doesn't belong to network");
  if (dhcp === host || dhcp === dns) refuse('DHCP must be different from host and DNS');
  member('smbserver', 0, 'SMB address');
  checkIpv6(options, restrict);
  if (text('domainname') === '') refuse("'domainname' parameter cannot be empty");
  for (const [key, spoken] of NAMES)
    if ((text(key)?.length ?? 0) > 255) refuse(`'${spoken}' parameter cannot exceed 255 bytes`);
  forwards(options, (value) => isInside(value) && value !== host && value !== dns);
  if (given('smb')) refuse("Could not find '/usr/sbin/smbd', please install it");
  return { net: show(net), restrict };
}

/** Names that are at most 255 bytes long, and what QEMU calls them. */
const NAMES = [
  ['domainname', 'domainname'],
  ['hostname', 'vhostname'],
  ['tftp-server-name', 'tftp-server-name'],
] as const;

function checkIpv6(options: Visited, restrict: boolean): void {
  const text = (key: string) => options[key] as string | undefined;
  const prefix = ipv6Words(text('ipv6-prefix') ?? 'fec0::');
  if (!prefix) refuse('Failed to parse IPv6 prefix');
  const length = Number((options['ipv6-prefixlen'] as bigint | undefined) ?? 64n) || 64;
  if (length < 0 || length > 126)
    refuse('Invalid IPv6 prefix provided (IPv6 prefix length must be between 0 and 126)');
  for (const [key, spoken, always] of [
    ['ipv6-host', 'Host', true],
    ['ipv6-dns', 'DNS', false],
  ] as const) {
    const value = text(key);
    if (value === undefined) continue;
    const words = ipv6Words(value);
    if (!words) refuse(`Failed to parse IPv6 ${spoken === 'Host' ? 'host' : spoken}`);
    if ((always || restrict) && !sameNet(prefix, words, length))
      refuse(`IPv6 ${spoken} doesn't belong to network`);
  }
}

function sameNet(one: readonly number[], other: readonly number[], length: number): boolean {
  return one.every((word, i) => {
    const counted = Math.max(0, Math.min(16, length - 16 * i));
    return (word ^ (other[i] ?? 0)) >>> (16 - counted) === 0;
  });
}

/** The eight words of an address, or undefined. */
function ipv6Words(text: string): number[] | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const lists = halves.map((half) => (half === '' ? [] : half.split(':')));
  if (lists.flat().some((word) => !/^[0-9a-fA-F]{1,4}$/.test(word))) return undefined;
  const [front, back] = lists.map((list) => list.map((word) => Number.parseInt(word, 16)));
  const missing = 8 - (front?.length ?? 0) - (back?.length ?? 0);
  if (back ? missing < 1 : missing !== 0) return undefined;
  return [...(front ?? []), ...new Array<number>(missing).fill(0), ...(back ?? [])];
}

function forwards(options: Visited, isFree: (address: number) => boolean): void {
  const rules = (key: string) =>
    ((options[key] ?? []) as readonly Visited[]).map(({ str }) => String(str));
  for (const rule of rules('hostfwd')) {
    const fault = hostForwardFault(rule);
    if (fault !== undefined) refuse(`Invalid host forwarding rule '${rule}' (${fault})`);
  }
  for (const rule of rules('guestfwd')) {
    const [, server = '', port = ''] = /^tcp:([^:]*):(\d+)-.+$/s.exec(rule) ?? [];
    const at = address(server);
    if (at === undefined || port === '0' || !isPort(port))
      refuse(`Invalid guest forwarding rule '${rule}'`);
    if (at !== undefined && !isFree(at))
      refuse(`Conflicting/invalid host:port in guest forwarding rule '${rule}'`);
  }
}

/** What is wrong with `proto:hostaddr:port-guestaddr:port`, or undefined. */
function hostForwardFault(rule: string): string | undefined {
  if (!rule.includes(':')) return 'No : separators';
  const [protocol = '', ...more] = rule.split(':');
  if (!['', 'tcp', 'udp'].includes(protocol)) return 'Bad protocol name';
  const rest = more.join(':');
  if (!rest.includes(':')) return 'Missing : separator';
  const [host = '', ...behind] = rest.split(':');
  if (host !== '' && address(host) === undefined) return 'Bad host address';
  const tail = behind.join(':');
  if (!tail.includes('-')) return 'Bad host port separator';
  const [port = '', ...guest] = tail.split('-');
  if (!isPort(port)) return 'Bad host port';
  const target = guest.join('-');
  if (!target.includes(':')) return 'Missing guest address';
  const [guestAddress = '', guestPort = ''] = [
    target.slice(0, target.indexOf(':')),
    target.slice(target.indexOf(':') + 1),
  ];
  if (guestAddress !== '' && address(guestAddress) === undefined) return 'Bad guest address';
  return isPort(guestPort) && guestPort !== '0' ? undefined : 'Bad guest port';
}

function isPort(text: string): boolean {
  return /^\d+$/.test(text) && Number(text) <= 65_535;
}
