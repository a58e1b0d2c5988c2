import type { BlockBackend } from '../backends/block.ts';
import type { MonitorTarget } from './target.ts';

/** `info block [name]`: drives, then block nodes that a device uses. */
export function infoBlock({ drives }: MonitorTarget, name: string | undefined): string {
  const listed = new Set(drives.list.map(({ backend }) => backend));
  const nodes = drives.backends().filter((backend) => !listed.has(backend));
  const lines = [
    ...drives.list.map(({ id, backend }) => ({
      id,
      text: describe(id, backend, backend?.users[0]),
    })),
    ...nodes.flatMap((backend) =>
      backend.users.map((user) => ({
        id: backend.options.id,
        text: describe(backend.options.id, backend, user),
      })),
    ),
  ];
  const shown = lines.filter(({ id }) => name === undefined || id === name);
  return shown.map(({ text }) => text.map((line) => `${line}\n`).join('')).join('\n');
}

function describe(
  id: string,
  backend: BlockBackend | undefined,
  user: string | undefined,
): string[] {
  if (!backend) return [`${id}: [not inserted]`, removable(undefined)];
  const { nodeName, filename, format, readOnly, direct, noFlush, detectZeroes } = backend.options;
  const cache = [
    backend.writeCache ? 'writeback' : 'writethrough',
    ...(direct ? ['direct'] : []),
    ...(noFlush ? ['ignore flushes'] : []),
  ];
  return [
    `${id}${nodeName === undefined ? '' : ` (${nodeName})`}: ${filename} (${format}${readOnly ? ', read-only' : ''})`,
    removable(user),
    `    Cache mode:       ${cache.join(', ')}`,
    ...(detectZeroes === undefined ? [] : [`    Detect zeroes:    ${detectZeroes}`]),
  ];
}

/** A drive that no device uses might as well be one that can be taken out. */
function removable(user: string | undefined): string {
  return user === undefined
    ? '    Removable device: not locked, tray closed'
    : `    Attached to:      ${user}`;
}
