import type { BlockBackend } from '../backends/block.ts';
import { ConfigError } from '../qom/errors.ts';
import { type Entry, lastValue, optNumber, switchValue } from './opts.ts';
import type { Visited, VisitedValue } from './qapi/visit.ts';
import { throttleFault } from './throttle.ts';

const CACHE_MODES: Readonly<
  Record<string, { writeCache: boolean; direct: boolean; noFlush: boolean }>
> = {
  none: { writeCache: true, direct: true, noFlush: false },
  off: { writeCache: true, direct: true, noFlush: false },
  directsync: { writeCache: false, direct: true, noFlush: false },
  writeback: { writeCache: true, direct: false, noFlush: false },
  unsafe: { writeCache: true, direct: false, noFlush: true },
  writethrough: { writeCache: false, direct: false, noFlush: false },
};
const ERROR_ACTIONS = {
  werror: ['ignore', 'stop', 'report', 'enospc'],
  rerror: ['ignore', 'stop', 'report'],
};
/** Interfaces whose devices can do something about errors. */
const REPORTING = ['ide', 'scsi', 'virtio', 'none'];

/** How a drive is cached and throttled. */
export type DriveManner = Omit<BlockBackend['options'], 'filename' | 'format' | 'readOnly'>;

/** Old names of options, in the order in which QEMU looks at them. */
const ALIASES: readonly (readonly [alias: string, name: string])[] = [
  ...['', '_max'].flatMap((suffix) =>
    ['iops', 'iops_rd', 'iops_wr', 'bps', 'bps_rd', 'bps_wr'].map((name) => {
      const [unit = '', kind] = name.split('_');
      const full = kind === undefined ? 'total' : kind === 'rd' ? 'read' : 'write';
      return [`${name}${suffix}`, `throttling.${unit}-${full}${suffix.replace('_', '-')}`] as const;
    }),
  ),
  ['iops_size', 'throttling.iops-size'],
  ['group', 'throttling.group'],
  ['readonly', 'read-only'],
];

/** Puts options under their new names. Throws ConfigError where both are given. */
export function withoutAliases(entries: readonly Entry[]): Entry[] {
  for (const [alias, name] of ALIASES)
    if (lastValue(entries, alias) !== undefined && lastValue(entries, name) !== undefined)
      throw new ConfigError(`'${name}' and its alias '${alias}' can't be used at the same time`);
  const names = new Map(ALIASES);
  return entries.map(({ key, value }) => ({ key: names.get(key) ?? key, value }));
}

/** Most nodes of a drive that stand on one another. */
const DEEPEST = 8;

/** Roles of nodes below others, whose options have them in front. */
const ROLES = ['file', 'image'];

/** Options of a drive's nodes: `file.*` and `image.*` belong to the nodes below. */
export function nested(entries: readonly Entry[], readOnly: boolean, depth = 0): Visited {
  const tree: Record<string, VisitedValue> = Object.create(null);
  const roleOf = ({ key }: Entry) =>
    depth < DEEPEST ? ROLES.find((role) => key.startsWith(`${role}.`)) : undefined;
  for (const entry of entries) {
    const { key, value } = entry;
    if (roleOf(entry) === undefined) tree[key === 'format' ? 'driver' : key] = value;
  }
  for (const role of ROLES) {
    const below = entries.filter((entry) => roleOf(entry) === role);
    if (below.length > 0)
      tree[role] = nested(
        below.map(({ key, value }) => ({ key: key.slice(role.length + 1), value })),
        readOnly,
        depth + 1,
      );
  }
  tree['read-only'] = readOnly;
  return tree;
}

/** Limits of a drive as `info block` prints them. Throws ConfigError where they do not fit together. */
export function throttlingOf(entries: readonly Entry[], id: string): string {
  const limits = new Map<string, bigint>();
  for (const { key, value } of entries)
    if (key.startsWith('throttling.') && key !== 'throttling.group')
      limits.set(key.slice('throttling.'.length), optNumber(key, value));
  const fault = throttleFault(limits);
  if (fault !== undefined) throw new ConfigError(fault);
  if ([...limits].every(([key, value]) => value === 0n || key.endsWith('-length'))) return '';
  const shown = ['bps', 'iops'].flatMap((unit) =>
    ['', '-max'].flatMap((suffix) =>
      (['total', 'read', 'write'] as const).map((kind) => {
        const short = { total: '', read: '_rd', write: '_wr' }[kind];
        const value = limits.get(`${unit}-${kind}${suffix}`) ?? 0n;
        return `${unit}${short}${suffix.replace('-', '_')}=${value}`;
      }),
    ),
  );
  const size = limits.get('iops-size') ?? 0n;
  const group = lastValue(entries, 'throttling.group') ?? id;
  return `${shown.join(' ')} iops_size=${size} group=${group}`;
}

/** How `cache=` and its parts want a drive cached. Throws ConfigError with QEMU's sentence. */
export function cacheOf(entries: readonly Entry[]): {
  writeCache: boolean;
  direct: boolean;
  noFlush: boolean;
} {
  const mode = lastValue(entries, 'cache');
  const chosen =
    mode === undefined
      ? CACHE_MODES.writeback
      : Object.hasOwn(CACHE_MODES, mode)
        ? CACHE_MODES[mode]
        : undefined;
  if (!chosen) throw new ConfigError('invalid cache option');
  const flag = (key: string, otherwise: boolean) =>
    switchValue(`cache.${key}`, lastValue(entries, `cache.${key}`), otherwise);
  return {
    writeCache: flag('writeback', chosen.writeCache),
    direct: flag('direct', chosen.direct),
    noFlush: flag('no-flush', chosen.noFlush),
  };
}

/** Checks the options that say how a drive behaves. Throws ConfigError with QEMU's sentence. */
export function checkAttachment(kind: string, entries: readonly Entry[]): void {
  for (const key of Object.keys(ERROR_ACTIONS))
    if (lastValue(entries, key) !== undefined && !REPORTING.includes(kind))
      throw new ConfigError(`${key} is not supported by this bus type`);
  for (const [key, actions] of Object.entries(ERROR_ACTIONS)) {
    const value = lastValue(entries, key);
    if (value !== undefined && !actions.includes(value))
      throw new ConfigError(
        `'${value}' invalid ${key === 'rerror' ? 'read' : 'write'} error action`,
      );
  }
  const discard = lastValue(entries, 'discard');
  if (discard !== undefined && !['ignore', 'off', 'unmap', 'on'].includes(discard))
    throw new ConfigError('Invalid discard option');
  const aio = lastValue(entries, 'aio');
  if (aio !== undefined && !['threads', 'native', 'io_uring'].includes(aio))
    throw new ConfigError('invalid aio option');
  const zeroes = lastValue(entries, 'detect-zeroes');
  if (zeroes !== undefined && !['on', 'off', 'unmap'].includes(zeroes))
    throw new ConfigError(`invalid parameter value: ${zeroes}`);
  switchValue('snapshot', lastValue(entries, 'snapshot'), false);
}
