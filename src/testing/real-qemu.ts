import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { programArch } from '../options/programs.ts';
import { splitWords } from '../options/words.ts';
import { HELLO_IMAGE_NAME, helloImage } from '../lessons/hello-image.ts';

/** Longest that a program may take to start and answer, in ms; a busy machine is slow. */
const PATIENCE_MS = 60_000;

const found = new Map<string, boolean>();

/** Whether QEMU 7.2's program for an architecture is installed here. */
export function hasRealQemu(arch: string): boolean {
  const known = found.get(arch);
  if (known !== undefined) return known;
  const asked = spawnSync(`qemu-system-${arch}`, ['--version'], { encoding: 'utf8' });
  const has = asked.status === 0 && /version 7\.2\./.test(asked.stdout);
  found.set(arch, has);
  return has;
}

/** What a real QEMU made of a command line: what its monitor printed, or its complaint. */
export type RealAnswer = { readonly text: string } | { readonly complaint: string };

/**
 * Starts a command line on the real QEMU, stopped, and asks its human monitor. The images of the page are in
 * its folder.
 */
export async function askRealQemu(line: string, command: string): Promise<RealAnswer> {
  const words = splitWords(line);
  const named = programArch(words[0] ?? '');
  const folder = mkdtempSync(join(tmpdir(), 'real-qemu-'));
  writeFileSync(join(folder, HELLO_IMAGE_NAME), helloImage());
  const path = join(folder, 'qmp');
  const server = createServer();
  let program: ChildProcess | undefined;
  try {
    await new Promise<void>((done) => server.listen(path, done));
    const connected = new Promise<Socket>((done) => server.once('connection', done));
    const argv = [
      ...(named === undefined ? words : words.slice(1)),
      ...['-S', '-display', 'none', '-accel', 'tcg', '-qmp', `unix:${path}`],
    ];
    program = spawn(`qemu-system-${named ?? 'x86_64'}`, argv, {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    program.stderr?.on('data', (text) => {
      stderr += String(text);
    });
    const left = new Promise<RealAnswer>((done) => {
      program?.once('error', (error) => done({ complaint: error.message }));
      program?.once('close', () => done({ complaint: stderr }));
    });
    const late = new Promise<RealAnswer>((done) => {
      setTimeout(() => done({ complaint: 'It does not answer.' }), PATIENCE_MS).unref();
    });
    const answer = connected.then((socket) => ask(socket, command));
    return await Promise.race([answer, left, late]);
  } finally {
    program?.kill('SIGKILL');
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Speaks the machine protocol just far enough to ask the human monitor one thing. */
function ask(socket: Socket, command: string): Promise<RealAnswer> {
  return new Promise((done) => {
    let buffer = '';
    // The program's end is told by the program.
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      buffer += String(bytes);
      for (let end = buffer.indexOf('\n'); end >= 0; end = buffer.indexOf('\n')) {
        const { return: answer } = JSON.parse(buffer.slice(0, end)) as { return?: unknown };
        buffer = buffer.slice(end + 1);
        if (typeof answer === 'string') done({ text: answer.replaceAll('\r\n', '\n') });
      }
    });
    const request = { execute: 'human-monitor-command', arguments: { 'command-line': command } };
    socket.write(`{"execute":"qmp_capabilities"}\n${JSON.stringify(request)}\n`);
  });
}

/** `info qtree` without what differs between two runs of the same QEMU. */
export function maskedQtree(text: string): string {
  return text.replace(/#(net|block)\d+/g, '#$1N');
}
