import type { BlockBackend } from '../backends/block.ts';
import { sizeText } from '../qom/property.ts';
import { isRemovable, type UsedDrive, usedDrives } from './block-facts.ts';
import type { MonitorTarget } from './target.ts';

/** `info block [-n] [-v] [name]`: drives, then what devices use beside them; a name may be a node's as well. */
export function infoBlock(target: MonitorTarget, { name, nodes, verbose }: BlockQuestion): string {
  const used = usedDrives(target).map((drive) => ({ ...drive, text: describe(drive) }));
  const shown = nodes ? '' : paragraphs(used, name, verbose);
  return shown !== '' || (name === undefined && !nodes)
    ? shown
    : paragraphs(nodesOf(target), name, verbose);
}

/** What `info block` is asked. */
export interface BlockQuestion {
  /** Undefined where all are meant. */
  readonly name: string | undefined;
  /** Whether it is about nodes and not about drives. */
  readonly nodes: boolean;
  readonly verbose: boolean;
}

interface Shown {
  readonly name: string;
  readonly tray: BlockBackend;
  readonly text: readonly string[];
}

/** Those of a list that are asked for; an empty line stands before all but the first of the list. */
function paragraphs(list: readonly Shown[], name: string | undefined, verbose: boolean): string {
  return list
    .map(({ text, tray, name: own }, i) => {
      if (name !== undefined && name !== own) return '';
      const lines = [...text, ...(verbose && tray.inserted ? imageLines(tray) : [])];
      return `${i > 0 ? '\n' : ''}${lines.map((line) => `${line}\n`).join('')}`;
    })
    .join('');
}

function imageLines({ length, options: { filename, format } }: BlockBackend): string[] {
  return [
    '',
    'Images:',
    `image: ${filename}`,
    `file format: ${format}`,
    `virtual size: ${sizeText(length)} (${length} bytes)`,
    'disk size: 0 B',
  ];
}

function describe(drive: UsedDrive): string[] {
  const { id, tray: backend } = drive;
  if (!backend.inserted) return [`${id}: [not inserted]`, ...place(drive)];
  const { nodeName, filename, format, readOnly, detectZeroes, throttling } = backend.options;
  return [
    `${id}${nodeName === undefined ? '' : ` (${nodeName})`}: ${filename} (${format}${readOnly ? ', read-only' : ''})`,
    ...place(drive),
    `    Cache mode:       ${cacheMode(backend)}`,
    ...(detectZeroes === undefined ? [] : [`    Detect zeroes:    ${detectZeroes}`]),
    ...(throttling ? [`    I/O throttling:   ${throttling}`] : []),
  ];
}

function place(drive: UsedDrive): string[] {
  return [
    ...(drive.user === undefined ? [] : [`    Attached to:      ${drive.user}`]),
    ...(isRemovable(drive) ? ['    Removable device: not locked, tray closed'] : []),
  ];
}

function cacheMode({ writeCache, options: { direct, noFlush } }: BlockBackend): string {
  return [
    writeCache ? 'writeback' : 'writethrough',
    ...(direct ? ['direct'] : []),
    ...(noFlush ? ['ignore flushes'] : []),
  ].join(', ');
}

/** Every node of the block graph, newest first. */
function nodesOf({ drives }: MonitorTarget): Shown[] {
  return drives.nodes().map(({ name, backend }) => {
    const { filename, format, readOnly, detectZeroes } = backend.options;
    const text = [
      `${name}: ${filename} (${format}${readOnly ? ', read-only' : ''})`,
      `    Cache mode:       ${cacheMode(backend)}`,
      ...(detectZeroes === undefined ? [] : [`    Detect zeroes:    ${detectZeroes}`]),
    ];
    return { name, tray: backend, text };
  });
}
