import * as v from 'valibot';
import { RunFileError } from '../journal/run-check.ts';
import { RunReader, runParts } from '../journal/run-file.ts';
import type { Act, RunMaking, StartImage } from '../journal/run-making.ts';
import type { MemoryFacts, RunContent, TopologyVersion } from '../journal/run-record.ts';
import type { EventStore } from '../journal/store.ts';
import type { BackEndKind, BusNode, DeviceNode, MachineTopology } from '../journal/topology.ts';
import type { Platform } from '../spec/platform.ts';

/** What a saved run says of the machine and the script: all of a run but its journal. */
export type RunFacts = Omit<RunContent, 'store' | 'folder'>;

/** Bounds of texts and lists; a run that goes beyond was not made by this program. */
const MOST = {
  ...{ name: 200, text: 1 << 19, word: 1 << 14, list: 1 << 14, depth: 100 },
  /** Letters of all that a run came of, as a file has it. */
  making: 12 << 20,
} as const;

const text = (most: number) => v.pipe(v.string(), v.maxLength(most));
const word = text(MOST.word);
const list = <T extends v.GenericSchema>(item: T) =>
  v.pipe(v.array(item), v.maxLength(MOST.list), v.readonly());
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const BACK_END_KINDS = ['drive', 'blockdev', 'netdev', 'chardev', 'fsdev', 'object'] as const;
const backEndKind = v.picklist(BACK_END_KINDS satisfies readonly BackEndKind[]);

const device: v.GenericSchema<unknown, DeviceNode> = v.object({
  kind: v.literal('device'),
  path: word,
  type: word,
  id: word,
  dev: count,
  address: word,
  facts: list(word),
  properties: list(v.pipe(v.tuple([word, word]), v.readonly())),
  ancestors: list(word),
  platform: v.boolean(),
  option: v.exactOptional(count),
  added: v.exactOptional(word),
  leaving: v.exactOptional(v.literal(true)),
  backends: list(
    v.object({ property: word, kind: backEndKind, id: word, type: word, summary: word }),
  ),
  virtio: v.exactOptional(
    v.object({
      deviceId: count,
      name: word,
      queues: list(v.object({ name: word, maxSize: count })),
    }),
  ),
  buses: list(v.lazy(() => bus)),
});

const bus: v.GenericSchema<unknown, BusNode> = v.object({
  kind: v.literal('bus'),
  path: word,
  name: word,
  type: word,
  ancestors: list(word),
  full: v.boolean(),
  hotpluggable: v.boolean(),
  children: list(device),
});

const topology: v.GenericSchema<unknown, MachineTopology> = v.object({
  machineType: word,
  ramBytes: count,
  root: bus,
  backEnds: list(
    v.object({
      kind: backEndKind,
      id: word,
      type: word,
      summary: word,
      option: v.exactOptional(count),
    }),
  ),
  devices: list(word),
});

const window = v.object({ base: count, size: count });
const platform: v.GenericSchema<unknown, Platform> = v.object({
  pci: v.exactOptional(
    v.object({
      ecam: v.exactOptional(window),
      memory: window,
      ports: v.exactOptional(window),
      portsAt: v.exactOptional(count),
      routing: v.union([v.picklist(['piix3', 'ich9']), v.object({ first: count })]),
    }),
  ),
  virtioMmio: list(v.object({ base: count, size: count, input: count })),
  messages: v.exactOptional(v.union([v.literal('apic'), v.object({ gicv2m: count })])),
  channelIo: v.exactOptional(v.boolean()),
  devicePage: v.exactOptional(count),
  bigEndian: v.exactOptional(v.boolean()),
});

const memory: v.GenericSchema<unknown, MemoryFacts> = v.object({
  ramBase: count,
  ramSize: count,
  ramWindows: v.exactOptional(list(v.object({ base: count, size: count, offset: count }))),
  platform,
});

/** Bytes, as a file has them: two hexadecimal digits each. */
const bytes: v.GenericSchema<unknown, Uint8Array> = v.pipe(
  v.string(),
  v.maxLength(MOST.making),
  v.regex(/^(?:[0-9a-f]{2})*$/),
  v.transform((digits) =>
    Uint8Array.from({ length: digits.length / 2 }, (_, i) =>
      Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16),
    ),
  ),
);
const seed = v.pipe(count, v.maxValue(2 ** 32 - 1));
const act: v.GenericSchema<unknown, Act> = v.object({
  doing: v.variant('kind', [
    v.object({
      kind: v.literal('script'),
      source: text(MOST.text),
      chance: v.object({ seed, time: count }),
    }),
    v.object({ kind: v.literal('monitor'), line: text(MOST.text) }),
    v.object({ kind: v.literal('poke'), addr: count, bytes }),
    v.object({ kind: v.literal('restoreImage'), name: word }),
  ]),
  at: count,
  actions: count,
});
const startImage: v.GenericSchema<unknown, StartImage> = v.pipe(
  v.object({
    name: word,
    size: count,
    sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
    changes: list(v.object({ position: count, bytes })),
  }),
  v.check(
    ({ size, changes }) => changes.every((one) => one.position + one.bytes.length <= size),
    'An image is changed behind its end',
  ),
);
const making: v.GenericSchema<unknown, RunMaking> = v.object({
  seed,
  acts: v.pipe(
    list(act),
    v.check(
      (acts) =>
        acts.every(({ at, actions }, i) => {
          const before = acts[i - 1];
          return !before || (at >= before.at && actions >= before.actions);
        }),
      'Something was done before what came before it',
    ),
  ),
  images: list(startImage),
});

const version: v.GenericSchema<unknown, TopologyVersion> = v.object({ plugs: count, topology });
const SCHEMA: v.GenericSchema<unknown, RunFacts> = v.object({
  name: text(MOST.name),
  commandLine: text(MOST.text),
  source: text(MOST.text),
  topologies: v.pipe(list(version), v.minLength(1)),
  memory,
  making: v.exactOptional(making),
});

/** The facts that a value from outside is. Throws RunFileError for every other value. */
export function validFacts(value: unknown): RunFacts {
  if (!shallow(value, MOST.depth))
    throw new RunFileError(
      'This file is damaged: what it says of the machine is nested too deeply.',
    );
  const result = v.safeParse(SCHEMA, value);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const where = v.getDotPath(issue) ?? '';
  throw new RunFileError(
    `This file is damaged: what it says of the machine is not valid${where && ` at ${where.slice(0, 120)}`}: ${issue.message.slice(0, 200)}.`,
  );
}

function shallow(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((inner) => shallow(inner, levels - 1));
}

/** The parts of a run's file, before they are compressed. Throws RunFileError where it cannot be saved. */
export function partsOfRun({ store, folder: _, ...facts }: RunContent): Generator<Uint8Array> {
  if (store.first > 0)
    throw new RunFileError(
      `The first ${store.first.toLocaleString('en')} events of this run are forgotten, since the page holds about a million: a saved run begins with its first event.`,
    );
  const plain = inFile(facts) as Record<string, unknown>;
  // A run that cannot be continued is better than none.
  if (
    JSON.stringify(plain.making ?? '').length > MOST.making ||
    !v.is(v.optional(making), plain.making)
  )
    delete plain.making;
  validFacts(plain);
  return runParts(plain, store);
}

/** A value as a file has it: bytes are digits. */
function inFile(value: object): unknown {
  const digits = (_: string, part: unknown): unknown =>
    part instanceof Uint8Array
      ? Array.from(part, (byte) => byte.toString(16).padStart(2, '0')).join('')
      : part;
  return JSON.parse(JSON.stringify(value, digits));
}

/**
 * Makes a run of the bytes of its file, as they come behind the first line, uncompressed. `rest` gets
 * the journal so far now and then, and is waited for. Throws RunFileError for what is no run.
 */
export async function readRun(
  bytes: AsyncIterable<Uint8Array>,
  rest: (store: EventStore) => Promise<void>,
): Promise<RunContent> {
  const found: { facts?: RunFacts } = {};
  const reader = new RunReader((value) => {
    found.facts = validFacts(value);
  });
  for await (const piece of bytes) {
    reader.push(piece);
    await rest(reader.store);
  }
  reader.end();
  if (!found.facts) throw new RunFileError('This file says nothing of the machine.');
  return { ...found.facts, store: reader.store };
}
