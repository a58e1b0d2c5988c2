import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';

const PROGRAM = join(import.meta.dirname, '../qemu.ts');
const folder = mkdtempSync(join(tmpdir(), 'qemu-'));
afterAll(() => rmSync(folder, { recursive: true }));

function start(...words: string[]): { child: ChildProcess; stderr: () => string } {
  const child = spawn(process.execPath, ['--import', 'tsx', PROGRAM, ...words]);
  let stderr = '';
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  return { child, stderr: () => stderr };
}

/** A listening end, and whoever connects to it. */
async function listen(name: string): Promise<{ path: string; client: Promise<Socket> }> {
  const path = join(folder, name);
  const server: Server = createServer();
  const client = once(server, 'connection').then(([socket]) => {
    server.close();
    return socket as Socket;
  });
  server.listen(path);
  await once(server, 'listening');
  return { path, client };
}

async function answer(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  const [bytes] = (await once(socket, 'data')) as [Buffer];
  return bytes.toString();
}

it('connects to whoever started it, answers on both sockets, and ends when it is told to', async () => {
  const [qtest, qmp] = [await listen('qtest'), await listen('qmp')];
  const { child, stderr } = start(
    ...['qemu-system-aarch64', '-qtest', `unix:${qtest.path}`, '-qtest-log', '/dev/null'],
    ...['-chardev', `socket,path=${qmp.path},id=char0`, '-mon', 'chardev=char0,mode=control'],
    ...['-display', 'none', '-M', 'virt', '-accel', 'qtest'],
  );
  const exit = once(child, 'exit');
  const [test, monitor] = [await qtest.client, await qmp.client];
  const [greeting] = (await once(monitor, 'data')) as [Buffer];
  expect(greeting.toString()).toContain('{"QMP": ');
  expect(await answer(monitor, '{"execute": "qmp_capabilities"}')).toBe('{"return": {}}\r\n');
  expect(await answer(test, 'endianness\n')).toBe('OK little\n');
  expect(await answer(test, 'clock_step 5\n')).toBe('OK 5\n');
  expect(await answer(monitor, "{'execute': 'query-target'}")).toContain('aarch64');
  const last = once(monitor, 'data');
  child.kill('SIGTERM');
  expect(String((await last)[0])).toContain('"event": "SHUTDOWN"');
  expect(await exit).toEqual([0, null]);
  expect(stderr()).toBe('');
});

it('refuses what QEMU refuses, where nobody listens for one', async () => {
  const path = join(folder, 'nobody');
  const { child, stderr } = start('-M', 'pc', '-qmp', `unix:${path}`);
  expect(await once(child, 'exit')).toEqual([1, null]);
  expect(stderr()).toBe(
    `qemu-system-x86_64: -qmp unix:${path}: Failed to connect to '${path}': No such file or directory\n`,
  );
});
