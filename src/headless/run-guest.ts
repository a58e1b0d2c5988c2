import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import { basename } from 'node:path';
import { SeededRandom } from '../base/seeded-random.ts';
import type { ByteSource } from '../engine/backends/byte-source.ts';
import { Machine } from '../engine/machine/machine.ts';
import type { Device } from '../engine/qdev/device.ts';
import { ConfigError } from '../engine/qom/errors.ts';
import { VirtioDevice } from '../engine/virtio/virtio-device.ts';
import { runScript } from '../guest/script/run.ts';
import { EXPORT_FORMATS } from '../journal/export/formats.ts';
import { violationText } from '../journal/narration/lifecycle.ts';
import { RUN_FILE } from '../journal/run-file.ts';
import type { EventOf } from '../journal/schema.ts';
import { DEFAULT_COMMAND_LINE } from '../lessons/default-machine.ts';
import { EXAMPLES } from '../lessons/examples.ts';
import { joinWords } from '../options/words.ts';
import { VIOLATIONS } from '../spec/violations.ts';
import { DirectHal } from '../worker/direct-hal.ts';
import { exportRun } from './export-run.ts';
import { openImage } from './files.ts';
import { type GuestOptions, parseOptions, UsageError } from './options.ts';
import { Recorder } from './recorder.ts';
import { RunSaver } from './save-run.ts';

/** Where a run prints to, and where its random bytes come from. */
export interface Terminal {
  out(line: string): void;
  error(line: string): void;
  random(into: Uint8Array): void;
}

const EXIT = { ok: 0, scriptFailed: 1, usage: 2 } as const;

/** Bytes of journal text that are gathered for one write. */
const WRITE_AT = 1 << 16;

/** What scripts find by chance is always the same here. */
const CHANCE = { seed: 0, time: 0 } as const;

const HELP = `Runs a guest driver script against the machine, in one thread, without a browser.

  npm run guest -- [--journal FILE] [--save FILE] [--export-FORMAT FILE]... SCRIPT [-- QEMU-ARGS]

SCRIPT      a TypeScript file, or the name of an example:
${EXAMPLES.map(({ id, title }) => `              ${id.padEnd(27)} ${title}`).join('\n')}
QEMU-ARGS   the machine, in QEMU's words. Without them:
              ${DEFAULT_COMMAND_LINE}
            file=NAME opens a file on disk and reads it as needed. It is never written: what the
            guest writes is kept in memory, and gone when the script ends. hello.img is built in
            where no file of that name exists.
--journal FILE
            writes every event of the run to FILE, one JSON object a line.
--save FILE saves the run, to be opened in the page: drop the file there. Best named *${RUN_FILE.ending}.
${EXPORT_FORMATS.map(
  ({ name, text }) => `--export-${name} FILE
            writes the run to FILE when it is over. ${text}`,
).join('\n')}
--help      this text.

What the script logs goes to the standard output; its warnings and errors, and the rules of the
specification that it breaks, go to the standard error as SCRIPT:LINE: MESSAGE.
Exit status: 0 the script ran to its end, 1 it failed, 2 there is no such script or machine.`;

/** Does what a command line asks for; returns the exit status. Throws faults of this program only. */
export function main(words: readonly string[], terminal: Terminal): number {
  try {
    const formats = EXPORT_FORMATS.map(({ name }) => name);
    const options = parseOptions(words, formats);
    if (options !== 'help') return run(options, terminal);
    terminal.out(HELP);
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof ConfigError)) throw error;
    terminal.error(error.message);
    if (error instanceof UsageError) terminal.error('Try --help.');
    return EXIT.usage;
  }
}

function run(options: GuestOptions, terminal: Terminal): number {
  const { name, source, needs } = loadScript(options.script);
  const output = options.journal === undefined ? undefined : new LineFile(options.journal);
  const complain = (line: number, text: string): void => {
    terminal.error(line > 0 ? `${name}:${line}: ${text}` : `${name}: ${text}`);
  };
  try {
    const recorder = new Recorder(
      (line, event) =>
        complain(
          line,
          violationSentence(event, (dev) => machine.devices[dev]),
        ),
      output && ((line) => output.write(line)),
      options.save !== undefined || options.exports.length > 0,
    );
    const commandLine = options.machine
      ? joinWords(options.machine)
      : `${DEFAULT_COMMAND_LINE} ${needs}`.trim();
    const seed = seedFrom(terminal);
    const random = new SeededRandom(seed);
    const images = new Map<string, ByteSource>();
    const machine: Machine = Machine.build(commandLine, {
      allocateRam: (bytes) => new SharedArrayBuffer(bytes),
      openImage: (file) => {
        const image = openImage(file);
        if (image) images.set(file, image);
        return image;
      },
      random: (into) => random.fill(into),
      journal: recorder.journal,
    });
    for (const warning of machine.warnings) terminal.error(warning);
    const hal = new DirectHal(machine, {
      print: (level, text) => {
        recorder.follow();
        if (level === 'log') terminal.out(text);
        else complain(recorder.line, `${level === 'warn' ? 'warning' : 'error'}: ${text}`);
      },
    });
    recorder.follow();
    const saver =
      options.save === undefined
        ? undefined
        : new RunSaver(machine, {
            ...{ name: basename(name), commandLine, source },
            ...{ seed, chance: CHANCE, images, at: recorder.store.length },
          });
    const outcome = runScript(source, hal, CHANCE);
    recorder.follow();
    if (options.save !== undefined) saver?.write(options.save, recorder.store);
    for (const { format, file } of options.exports)
      exportRun(format, file, recorder.store, machine);
    if (outcome.kind !== 'failed') return EXIT.ok;
    complain(outcome.line ?? 0, outcome.message);
    return EXIT.scriptFailed;
  } finally {
    output?.close();
  }
}

/** 32 random bits. */
function seedFrom({ random }: Terminal): number {
  const word = new Uint8Array(4);
  random(word);
  return new DataView(word.buffer).getUint32(0);
}

function loadScript(script: string): { name: string; source: string; needs: string } {
  if (existsSync(script)) {
    try {
      return { name: script, source: readFileSync(script, 'utf8'), needs: '' };
    } catch (error) {
      throw new UsageError(`cannot read ${script}: ${(error as Error).message}`);
    }
  }
  const example = EXAMPLES.find(({ id }) => id === script);
  if (!example) throw new UsageError(`there is no file ${script}, and no example of that name`);
  return { name: script, ...example };
}

/** A text file that is written line by line. */
class LineFile {
  readonly #file: number;
  #waiting: string[] = [];
  #length = 0;

  constructor(path: string) {
    try {
      this.#file = openSync(path, 'w');
    } catch (error) {
      throw new UsageError(`cannot write ${path}: ${(error as Error).message}`);
    }
  }

  write(line: string): void {
    this.#waiting.push(line, '\n');
    this.#length += line.length + 1;
    if (this.#length >= WRITE_AT) this.#flush();
  }

  close(): void {
    this.#flush();
    closeSync(this.#file);
  }

  #flush(): void {
    const bytes = Buffer.from(this.#waiting.join(''));
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at);
    this.#waiting = [];
    this.#length = 0;
  }
}

/** What a driver did wrong, and against which section. */
function violationSentence(
  event: EventOf<'violation'>,
  device: (dev: number) => Device | undefined,
): string {
  const virtioId = (dev: number) => {
    const found = device(dev);
    return found instanceof VirtioDevice ? found.deviceId : undefined;
  };
  const section = VIOLATIONS[event.code]?.section;
  return `${violationText(event, { virtioId })} (VIRTIO 1.4 §${section})`;
}
