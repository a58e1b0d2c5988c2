import type { BlockBackend, DriveHolder } from '../backends/block.ts';
import type { MonitorTarget } from './target.ts';

/** `info block [name]`: drives, then what devices use beside them. */
export function infoBlock({ drives, devices }: MonitorTarget, name: string | undefined): string {
  const listed = new Set(drives.list.map(({ tray }) => tray));
  const held = devices.flatMap((device) => {
    const { tray } = device as Partial<DriveHolder>;
    return device.realized && tray && !listed.has(tray) ? [{ device, tray }] : [];
  });
  const lines = [
    ...drives.list.map(({ id, tray }) => ({ id, text: describe(id, tray, tray.users[0]) })),
    ...held.map(({ device, tray }) => {
      const user = device.id || device.path;
      const id = tray.options.id || user;
      return { id, text: describe(id, tray, user) };
    }),
  ];
  const shown = lines.filter(({ id }) => name === undefined || id === name);
  return shown.map(({ text }) => text.map((line) => `${line}\n`).join('')).join('\n');
}

function describe(id: string, backend: BlockBackend, user: string | undefined): string[] {
  if (!backend.inserted) return [`${id}: [not inserted]`, ...place(backend, user)];
  const { nodeName, filename, format, readOnly, detectZeroes, throttling } = backend.options;
  return [
    `${id}${nodeName === undefined ? '' : ` (${nodeName})`}: ${filename} (${format}${readOnly ? ', read-only' : ''})`,
    ...place(backend, user),
    `    Cache mode:       ${cacheMode(backend)}`,
    ...(detectZeroes === undefined ? [] : [`    Detect zeroes:    ${detectZeroes}`]),
    ...(throttling ? [`    I/O throttling:   ${throttling}`] : []),
  ];
}

/** A drive that no device uses might as well be one that can be taken out. */
function place(backend: BlockBackend, user: string | undefined): string[] {
  const removable = user === undefined || backend.isRemovableFrom(user);
  return [
    ...(user === undefined ? [] : [`    Attached to:      ${user}`]),
    ...(removable ? ['    Removable device: not locked, tray closed'] : []),
  ];
}

function cacheMode({ writeCache, options: { direct, noFlush } }: BlockBackend): string {
  return [
    writeCache ? 'writeback' : 'writethrough',
    ...(direct ? ['direct'] : []),
    ...(noFlush ? ['ignore flushes'] : []),
  ].join(', ');
}

/** `info block -n`: every node of the block graph, newest first. */
export function infoNodes({ drives }: MonitorTarget, name: string | undefined): string {
  const shown = drives.nodes().filter((node) => name === undefined || node.name === name);
  return shown
    .map(({ name: node, backend }) => {
      const { filename, format, readOnly } = backend.options;
      return `${node}: ${filename} (${format}${readOnly ? ', read-only' : ''})\n    Cache mode:       ${cacheMode(backend)}\n`;
    })
    .join('\n');
}
