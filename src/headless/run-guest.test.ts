import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXAMPLES } from '../lessons/examples.ts';
import { DirectGuest } from '../testing/direct-guest.ts';
import { openImage } from './files.ts';
import { main } from './run-guest.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'guest-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function run(...words: string[]) {
  const out: string[] = [];
  const error: string[] = [];
  const random = (into: Uint8Array) => void into.fill(7);
  const status = main(words, {
    out: (line) => out.push(line),
    error: (line) => error.push(line),
    random,
  });
  return { status, out, error };
}

const DISK = (path: string) => [
  '--',
  '-M',
  'pc',
  '-m',
  '64',
  '-drive',
  `if=none,id=d0,file=${path},format=raw`,
  '-device',
  'virtio-blk-pci,drive=d0',
];

describe('npm run guest', () => {
  it('runs an example by its name, on the default machine', () => {
    const { status, out, error } = run('read-a-sector');
    expect(status).toBe(0);
    expect(error).toEqual([]);
    expect(out).toContain('Hello from sector 1! Your driver has just read this from a disk.');
    expect(run('random-bytes').status).toBe(0);
  });

  it('runs a file, and reads the disk that its machine names', () => {
    const image = file('my disk.img', new Uint8Array(2048).fill(0x41, 512, 515));
    const script = file(
      'a.ts',
      `import { virtio, VirtioBlk, log, text } from 'guest';\nconst disk: VirtioBlk = virtio.probe(VirtioBlk);\nlog(text(disk.read(1)), disk.capacity);\ndisk.write(1, 'changed');\nlog(text(disk.read(1)));`,
    );
    expect(run(script, ...DISK(image))).toEqual({
      status: 0,
      out: ['AAA 4', 'changed'],
      error: [],
    });
    // What the guest writes stays in memory.
    expect(readFileSync(image, 'latin1').slice(512, 515)).toBe('AAA');
  });

  it('tells where a script failed', () => {
    const script = file(
      'b.ts',
      `import { log } from 'guest';\nlog('a');\nlog.warn('careful');\n\nthrow new Error('broken');`,
    );
    expect(run(script)).toEqual({
      status: 1,
      out: ['a'],
      error: [`${script}:3: warning: careful`, `${script}:5: broken`],
    });
    const wrong = file('c.ts', `let a = 1;\nlet b = ;`);
    expect(run(wrong)).toEqual({ status: 1, out: [], error: [`${wrong}:2: Unexpected token`] });
  });

  it('tells which rules a script breaks, and where', () => {
    const { status, error } = run('bug-descriptor-loop');
    expect(status).toBe(1);
    expect(error).toEqual([
      expect.stringMatching(/^bug-descriptor-loop:15: The chain that starts at descriptor 0 loops/),
      expect.stringMatching(/^bug-descriptor-loop:20: DeviceError: the device gave up/),
    ]);
    expect(error[0]).toContain('(VIRTIO 1.4 §2.7.5.2)');
  });

  it('refuses machines in QEMU’s words, and scripts that are not there', () => {
    expect(run('read-a-sector', '--', '-device', 'nonsense')).toEqual({
      status: 2,
      out: [],
      error: ["qemu-system-x86_64: -device nonsense: 'nonsense' is not a valid device model name"],
    });
    expect(run('read-a-sector', ...DISK(join(folder, 'none.img')))).toMatchObject({
      status: 2,
      out: [],
    });
    expect(run('nothing').error).toEqual([
      'there is no file nothing, and no example of that name',
      'Try --help.',
    ]);
    expect(run(folder).status).toBe(2);
    expect(run('--journal', join(folder, 'no', 'such'), 'read-a-sector').status).toBe(2);
    expect(run().status).toBe(2);
  });

  it('helps', () => {
    const { status, out } = run('--help');
    expect(status).toBe(0);
    for (const { id } of EXAMPLES) expect(out.join('\n')).toContain(id);
  });

  it('writes the journal, one event a line', () => {
    const path = join(folder, 'journal');
    expect(run('--journal', path, 'read-a-sector').status).toBe(0);
    const events = readFileSync(path, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.map(({ event }) => event)).toEqual(events.map((_, i) => i));
    const guest = new DirectGuest();
    guest.run(EXAMPLES[0]!.source);
    expect(events.map(({ kind }) => kind)).toEqual(guest.events().map(({ kind }) => kind));
    const data = events.find(({ kind, length }) => kind === 'dataWrite' && length === 512);
    expect(data.old).toMatch(/^[0-9a-f]{1024}$/);
    expect(data.new).toMatch(/^[0-9a-f]{1024}$/);
    expect(events.every(({ kind }) => kind !== 'dropped')).toBe(true);
  });

  it('writes a run in each format that is wanted', () => {
    const [trace, table, packets] = ['run.json', 'run.csv', 'run.pcapng'].map((name) =>
      join(folder, name),
    ) as [string, string, string];
    const wanted = [
      '--export-trace',
      trace,
      '--export-requests',
      table,
      '--export-pcapng',
      packets,
    ];
    expect(run(...wanted, 'read-a-sector').status).toBe(0);
    expect(JSON.parse(readFileSync(trace, 'utf8')).traceEvents.length).toBeGreaterThan(20);
    const [head, ...rows] = readFileSync(table, 'utf8').trimEnd().split('\r\n');
    expect(head).toContain('latency_events');
    expect(rows.map((row) => row.split(',')[0])).toEqual(['disk0', 'disk0', 'disk0']);
    expect(readFileSync(packets).readUInt32LE(0)).toBe(0x0a0d_0d0a);
    expect(run('--export-trace', folder, 'read-a-sector')).toMatchObject({ status: 2 });
  });

  it('loses no event of a long run', () => {
    const script = file(
      'long.ts',
      `import { log } from 'guest';\nlet n = 0;\nfor (let i = 0; i < 100_000; i++) n += i;\nlog(n);`,
    );
    const path = join(folder, 'long');
    expect(run('--journal', path, script)).toEqual({ status: 0, out: ['4999950000'], error: [] });
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect(lines.filter((line) => line.includes('"scriptLine"'))).toHaveLength(100_003);
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({
      event: lines.length - 1,
      kind: 'script',
      step: 1,
    });
  });
});

describe('images', () => {
  it('are files, or hello.img where there is none of that name', () => {
    const path = file(
      'x.img',
      Uint8Array.from({ length: 1000 }, (_, i) => i),
    );
    const source = openImage(path);
    expect(source?.length).toBe(1000);
    const into = new Uint8Array(10);
    expect(source?.read(995, into)).toBe(5);
    expect([...into]).toEqual([227, 228, 229, 230, 231, 0, 0, 0, 0, 0]);
    expect(source?.read(1000, into)).toBe(0);
    expect(openImage('hello.img')?.length).toBe(1 << 20);
    expect(openImage(folder)).toBeUndefined();
    expect(openImage(join(folder, 'none'))).toBeUndefined();
  });
});

describe('as a program', () => {
  const program = ['--import', 'tsx', join(import.meta.dirname, 'guest.ts')];

  it('prints to both outputs, and exits with the status', () => {
    const script = file('d.ts', `import { log } from 'guest';\nlog('ü');\nthrow 1;`);
    const { status, stdout, stderr } = spawnSync(process.execPath, [...program, script], {
      encoding: 'utf8',
    });
    expect([status, stdout, stderr]).toEqual([1, 'ü\n', `${script}:3: uncaught 1\n`]);
  });

  it('ends with its reader, even where the script does not', () => {
    const script = file('e.ts', `import { log } from 'guest';\nfor (;;) log('again');`);
    const command = `"${process.execPath}" ${program.map((word) => `"${word}"`).join(' ')} "${script}" | head -n 2`;
    expect(execFileSync('sh', ['-c', command], { encoding: 'utf8', timeout: 30_000 })).toBe(
      'again\nagain\n',
    );
  });
});
