import type { Machine } from '../engine/machine/machine.ts';
import { ChannelSession, type ChannelStep } from '../headless/conformance/channel-session.ts';

/** One step of a driver session that a real QEMU answered. Numbers and bytes are text: `0x1f`, `hex:00ff`. */
export interface TranscriptStep {
  readonly op: string;
  readonly space?: 'io' | 'mem' | 'ram';
  readonly addr?: string;
  readonly size?: number;
  readonly value?: string;
  readonly text?: string;
  readonly verb?: 'raise' | 'lower';
  readonly line?: number;
}

/** A memory area with its content at the end of the session. */
interface Area {
  readonly addr: string;
  readonly hex: string;
}

/** A driver session: what was written, what a real QEMU answered, and the rings and buffers it left. */
export interface Transcript {
  readonly name: string;
  readonly argv: readonly string[];
  readonly stderr: string;
  readonly log: readonly TranscriptStep[];
  readonly rings: Readonly<Record<string, Readonly<Record<string, Area>>>>;
  readonly buffers: readonly (Area & { readonly name: string })[];
}

/** Options of a transcript's command line that concern its harness alone. */
const HARNESS = ['-S', '-display', '-bios', '-kernel', '-accel', '-qmp', '-qtest', '-qtest-log'];
const FLAGS = ['-S'];

/** The command line of a transcript without its harness; files are named by `image`. */
export function machineLine(argv: readonly string[]): string {
  const kept: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] ?? '';
    if (!HARNESS.includes(word)) kept.push(word.replace('ORACLE_DIR/', ''));
    else if (!FLAGS.includes(word)) i++;
  }
  return kept.join(' ');
}

/**
 * Performs every step of a session on `machine` and compares each value that was read, each change
 * of an interrupt input, and the final rings and buffers. Returns one line a difference.
 */
export function replay(machine: Machine, transcript: Transcript): string[] {
  const differences: string[] = [];
  const expectedIrqs: string[] = [];
  // A recording follows the inputs of an interrupt controller, which s390 has none of.
  const irqs = machine.type.arch === 's390x' ? [] : watchInterrupts(machine);
  const channel = new ChannelSession(machine);
  transcript.log.forEach((step, i) => {
    const complain = (what: string) =>
      differences.push(`step ${i} (${describeStep(step)}): ${what}`);
    if (step.op === 'irq') expectedIrqs.push(`${step.verb} ${step.line}`);
    else if (channel.knows(step)) {
      const found = channel.perform(step as ChannelStep);
      if (found !== undefined) complain(found);
    } else if (step.op === 'memset') fill(machine, step);
    else if (step.op === 'write') write(machine, step);
    else if (step.op === 'read') {
      const got = read(machine, step);
      if (got !== step.value) complain(`read ${got}`);
    } else if (step.op === 'mark' && irqs.join() !== expectedIrqs.join())
      complain(`interrupts ${irqs.join()} instead of ${expectedIrqs.join()}`);
  });
  if (irqs.join() !== expectedIrqs.join())
    differences.push(`end: interrupts ${irqs.join()} instead of ${expectedIrqs.join()}`);
  const areas = [
    ...Object.entries(transcript.rings).flatMap(([queue, parts]) =>
      Object.entries(parts).map(([part, area]) => ({ ...area, name: `${queue}.${part}` })),
    ),
    ...transcript.buffers,
  ];
  for (const { name, addr, hex } of areas) {
    const got = ramHex(machine, Number(addr), hex.length / 2);
    if (got !== hex) differences.push(`end: ${name} at ${addr} holds ${got} instead of ${hex}`);
  }
  return differences;
}

/** Interrupt input changes as they happen, in the words of the transcript. */
function watchInterrupts(machine: Machine): string[] {
  const seen: string[] = [];
  let before = machine.interruptWord(0);
  machine.onInterrupt = () => {
    const now = machine.interruptWord(0);
    for (let line = 0; line < 32; line++) {
      const bit = 2 ** line;
      if (((before ^ now) & bit) !== 0)
        seen.push(`${(now & bit) !== 0 ? 'raise' : 'lower'} ${line}`);
    }
    before = now;
  };
  return seen;
}

function describeStep(step: TranscriptStep): string {
  return `${step.op} ${step.space ?? ''} ${step.addr ?? step.text ?? ''} ${step.value ?? ''}`;
}

function fill(machine: Machine, { addr, size = 0, value }: TranscriptStep): void {
  const at = machine.ram.offsetOf(Number(addr), size);
  machine.ram.u8.fill(Number(value), at, at + size);
}

function write(machine: Machine, { space, addr, size = 0, value = '' }: TranscriptStep): void {
  if (value.startsWith('hex:')) {
    machine.ram.u8.set(fromHex(value.slice(4)), machine.ram.offsetOf(Number(addr), size));
    return;
  }
  machine.write(space === 'io' ? 'io' : 'memory', Number(addr), size as 1 | 2 | 4, Number(value));
}

function read(machine: Machine, { space, addr, size = 0, value = '' }: TranscriptStep): string {
  if (value.startsWith('hex:')) return `hex:${ramHex(machine, Number(addr), size)}`;
  const got = machine.read(space === 'io' ? 'io' : 'memory', Number(addr), size as 1 | 2 | 4);
  return `0x${got.toString(16)}`;
}

function ramHex(machine: Machine, addr: number, length: number): string {
  const at = machine.ram.offsetOf(addr, length);
  return [...machine.ram.u8.subarray(at, at + length)]
    .map((b) => b.toString(16).padStart(2, '0'))
    .join('');
}

function fromHex(text: string): Uint8Array {
  return Uint8Array.from({ length: text.length / 2 }, (_, i) =>
    Number.parseInt(text.slice(2 * i, 2 * i + 2), 16),
  );
}
