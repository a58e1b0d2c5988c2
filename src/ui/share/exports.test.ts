import { execFileSync } from 'node:child_process';
import { mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readDocument } from '../../document/read.ts';
import { namedFiles, ownFiles, startScript } from './exports.ts';

const DOC = readDocument(
  [
    '-M q35',
    '-drive if=none,id=a,file=hello.img,format=raw',
    "-drive 'file=my disk,, 2.img,format=qcow2,if=virtio'",
    '-drive file=null-co://,if=none,id=n',
    '-blockdev driver=file,node-name=f,filename=x.raw -blockdev driver=qcow2,file=f,node-name=q',
    '-blockdev driver=raw,node-name=r,file.driver=file,file.filename=--y',
    '-drive file=old.qcow2,if=none',
    '-hda hello.img',
  ].join(' '),
);

describe('files that a machine names', () => {
  it('are found wherever an option names one, with their format', () => {
    expect(namedFiles(DOC)).toEqual([
      { name: 'hello.img', format: 'raw' },
      { name: 'my disk, 2.img', format: 'qcow2' },
      { name: 'x.raw', format: 'qcow2' },
      { name: '--y', format: 'raw' },
      { name: 'old.qcow2', format: 'qcow2' },
    ]);
  });

  it('are the person’s own but for the one that every page has', () => {
    expect(ownFiles(DOC).map(({ name }) => name)).not.toContain('hello.img');
  });
});

describe('the script that starts a machine', () => {
  it('makes the images that are missing, touches none that is there, and calls QEMU', () => {
    const folder = mkdtempSync(join(tmpdir(), 'start-script-'));
    const program = (name: string) =>
      writeFileSync(join(folder, name), `#!/bin/sh\necho ${name} "$@" >> log\n`, { mode: 0o755 });
    program('qemu-system-x86_64');
    program('qemu-img');
    writeFileSync(join(folder, 'hello.img'), 'mine');
    const script = startScript(DOC, 'a\n$(touch bad)', (name) =>
      name === '--y' ? 4096 : undefined,
    );
    writeFileSync(join(folder, 'start.sh'), script);
    const PATH = `${folder}:${process.env.PATH}`;
    execFileSync('/bin/sh', ['start.sh'], { cwd: folder, env: { PATH } });
    const log = execFileSync('cat', ['log'], { cwd: folder }).toString().trim().split('\n');
    expect(log.slice(0, -1)).toEqual([
      `qemu-img create -q -f qcow2 -- my disk, 2.img ${2 ** 30}`,
      `qemu-img create -q -f qcow2 -- x.raw ${2 ** 30}`,
      `qemu-img create -q -f qcow2 -- old.qcow2 ${2 ** 30}`,
    ]);
    expect(log.at(-1)).toMatch(/^qemu-system-x86_64 -M q35 .* -hda hello.img$/);
    expect(statSync(join(folder, '--y')).size).toBe(4096);
    expect(statSync(join(folder, 'hello.img')).size).toBe(4);
    expect(() => statSync(join(folder, 'bad'))).toThrow();
  });
});
