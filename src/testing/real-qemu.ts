import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { standInContent } from '../document/adopt/stand-in.ts';
import type { StandIn } from '../document/advice/advice.ts';
import type { DocumentOption, MachineDocument } from '../document/document.ts';
import { entryOf, withEntry } from '../document/entries.ts';
import { wordsOfOption } from '../options/command.ts';

/** How long a program may take to start, in ms. */
const PATIENCE = 20_000;

/** Whether QEMU 7.2 is installed for a program's name. */
export function isInstalled(program: string): boolean {
  const { stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' });
  return /version 7\.2/.test(stdout ?? '');
}

/**
 * What the real program prints for `info qtree` when it is given a machine as it is, with the stand-ins as
 * files. Throws with its words where it does not start.
 */
export async function realQtree(
  { program, options }: MachineDocument,
  images: readonly StandIn[],
): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'real-qemu-'));
  mkdirSync(join(folder, 'shared'));
  const names = images.map(({ name }, i): [name: string, file: string] => [
    name,
    join(folder, `image${i}`),
  ]);
  for (const [i, image] of images.entries())
    writeFileSync(names[i]?.[1] ?? '', standInContent(image));
  const here = options.map((option) => withFiles(option, names, join(folder, 'shared')));
  const socket = join(folder, 'qmp');
  const child = spawn(
    program,
    [
      ...here.flatMap(({ name, argument }) => wordsOfOption(name, argument)),
      ...['-S', '-display', 'none', '-qmp', `unix:${socket},server=on,wait=off`],
    ],
    { cwd: folder },
  );
  let said = '';
  child.stderr.on('data', (data) => {
    said += data;
  });
  const ended = new Promise<never>((_, reject) => {
    child.on('error', reject);
    child.on('exit', () => reject(new Error(said)));
  });
  // It ends at last, when nobody waits for it any more.
  ended.catch(() => {});
  try {
    return await Promise.race([askQtree(socket), ended]);
  } finally {
    child.kill();
    await ended.catch(() => {});
    rmSync(folder, { recursive: true });
  }
}

function withFiles(
  option: DocumentOption,
  names: readonly (readonly [name: string, file: string])[],
  shared: string,
): DocumentOption {
  let next = option;
  for (const key of ['file', 'filename', 'file.filename']) {
    const value = entryOf(next, key);
    const file = names.find(([name]) => name === value)?.[1];
    if (file !== undefined) next = withEntry(next, key, file);
  }
  const bare = names.find(([name]) => name === next.argument)?.[1];
  if (bare !== undefined) next = { ...next, argument: bare };
  if (/^(?:fsdev|virtfs)$/.test(next.name) && entryOf(next, 'path') !== undefined)
    next = withEntry(next, 'path', shared);
  // Others may have the port, and the kernel may not know io_uring.
  if (entryOf(next, 'hostfwd') !== undefined) next = withEntry(next, 'hostfwd', undefined);
  if (entryOf(next, 'aio') !== undefined) next = withEntry(next, 'aio', undefined);
  return next;
}

async function askQtree(path: string): Promise<string> {
  const socket = await connected(path);
  const lines = createInterface({ input: socket });
  const ask = (execute: string, args: object = {}) =>
    socket.write(`${JSON.stringify({ execute, arguments: args })}\n`);
  try {
    for await (const line of lines) {
      const answer = JSON.parse(line) as { QMP?: object; return?: unknown; error?: object };
      if (answer.QMP) ask('qmp_capabilities');
      else if (answer.error) throw new Error(line);
      else if (typeof answer.return === 'string') return answer.return.replaceAll('\r\n', '\n');
      else if (answer.return) ask('human-monitor-command', { 'command-line': 'info qtree' });
    }
  } finally {
    socket.destroy();
  }
  throw new Error('the program ended');
}

/** Waits until the program listens. */
async function connected(path: string): Promise<Socket> {
  const until = Date.now() + PATIENCE;
  for (;;) {
    const socket = connect(path);
    const ready = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
    if (ready) return socket;
    if (Date.now() > until) throw new Error('the program does not answer');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
