import { expect, test } from '@playwright/test';
import { readDocument } from '../src/document/read.ts';
import { maskText } from '../src/headless/conformance/mask.ts';
import { HELLO_IMAGE_NAME } from '../src/lessons/hello-image.ts';
import type { BusNode, DeviceNode } from '../src/protocol/topology.ts';
import { machineOf } from '../src/testing/built-machine.ts';
import { isInstalled, realQtree } from '../src/testing/real-qemu.ts';
import { Playground } from './playground.ts';

/** Edits of the walk: `WALK_EDITS=2000` walks further, `WALK_SEED` elsewhere. */
const EDITS = Number(process.env.WALK_EDITS ?? 200);
const SEED = Number(process.env.WALK_SEED ?? 1);
/** Edits between two looks at the machine. */
const STRIDE = 50;

/** Machines, each with a share of the edits. */
const LINES = [
  '-M pc -m 64',
  '-M q35 -m 64 -nodefaults -device pcie-root-port,id=rp0,chassis=1 -device virtio-scsi-pci,id=scsi0',
  '-M microvm,pcie=on -m 64',
  'qemu-system-aarch64 -M virt -cpu cortex-a57 -m 64',
  'qemu-system-s390x -M s390-ccw-virtio -m 64',
];

/** What came of some edits. */
interface Strides {
  readonly done: Readonly<Record<string, number>>;
  readonly refused: number;
}

/** A part of the walk. */
interface Stretch {
  readonly seed: number;
  readonly edits: number;
  /** A guest stands in the middle of a script, so that devices come and go by hot-plug. */
  readonly guest: boolean;
}

/** Edits at random, in the page, by what the canvas calls; self-contained, since it travels there. */
async function walk({ seed, edits, guest }: Stretch): Promise<Strides> {
  const { session, document } = window.virtioPlayground!;
  const hand = await document.hand();
  let state = seed;
  const below = (limit: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 8) % limit;
  };
  const one = <T>(list: readonly T[]): T | undefined => list[below(Math.max(1, list.length))];
  const done: Record<string, number> = {};
  let refused = 0;
  let clip = '-device virtio-rng-pci,id=rng0';
  const types = (await session.deviceTypes()).filter(
    ({ name, unmodelled }) =>
      !unmodelled &&
      !/^vhost|-host|-gl\b|^scsi-(?:block|generic)|^intel-iommu|^vfio|cpu$|^pxb|^isa-/.test(name),
  );
  for (let i = 0; i < edits; i++) {
    if (guest && session.getState().run === 'idle') {
      session.step("import { log } from 'guest'; for (;;) log('at work');");
      while (session.getState().run !== 'paused') await new Promise((next) => setTimeout(next, 5));
    }
    const { topology } = session.getState();
    if (!topology) throw new Error('no machine');
    const buses: BusNode[] = [];
    const devices: DeviceNode[] = [];
    const visit = (bus: BusNode): void => {
      buses.push(bus);
      for (const device of bus.children) {
        devices.push(device);
        device.buses.forEach(visit);
      }
    };
    visit(topology.root);
    const own = devices.filter(({ option, added }) => option !== undefined || added !== undefined);
    const crowded = own.length > 30;
    const choose = (): void =>
      document.select(
        [one(own)?.path, below(4) === 0 ? one(own)?.path : undefined].filter(
          (path) => path !== undefined,
        ),
      );
    const roll = below(100);
    let verb = '';
    let taken: boolean | undefined;
    if (roll < 30 && !crowded) {
      verb = 'add';
      const wild = below(12) === 0;
      const fit = types.filter(
        (type) => wild || buses.some((bus) => !bus.full && bus.ancestors.includes(type.bus ?? '?')),
      );
      const type = one(fit);
      const places = buses.filter(
        (bus) => wild || (!bus.full && bus.ancestors.includes(type?.bus ?? '?')),
      );
      const bus = one(places);
      if (type && bus)
        taken = await hand.connect(
          session,
          { kind: 'type', name: type.name },
          { kind: 'bus', bus: bus.path },
        );
    } else if (roll < 45) {
      verb = 'move';
      const device = one(own);
      const bus = one(buses.filter((place) => !place.full));
      if (device && bus)
        taken = await hand.connect(
          session,
          { kind: 'device', path: device.path },
          { kind: 'bus', bus: bus.path },
        );
    } else if (roll < 60) {
      verb = 'set';
      const device = one(own);
      const facts = device && (await session.device(device.path));
      const property = one(facts?.properties.filter((p) => p.settable && !p.link) ?? []);
      if (device && property) {
        const value = one([undefined, ...(property.choices ?? ['on', 'off', '1', '2', '64', 'a'])]);
        const complaint = await hand.applyProperty(session, device.path, property, value);
        taken = complaint === undefined;
      }
    } else if (roll < 70) {
      verb = 'delete';
      choose();
      taken = await hand.deleteSelected(session);
    } else if (roll < 76 && !crowded) {
      verb = 'duplicate';
      choose();
      taken = await hand.duplicateSelected(session);
    } else if (roll < 84 && !crowded) {
      verb = 'paste';
      choose();
      if (below(2) === 0) clip = hand.selectedText(session) || clip;
      document.select(below(3) === 0 ? [one(buses)?.path ?? ''] : []);
      taken = await hand.paste(session, clip);
    } else if (roll < 95) {
      verb = 'undo';
      for (let steps = crowded ? 5 : 1; steps > 0; steps--) taken = await document.undo();
    } else {
      verb = 'redo';
      taken = await document.redo();
    }
    if (taken) done[verb] = (done[verb] ?? 0) + 1;
    else refused++;
  }
  return { done, refused };
}

test('a walk of edits at random ends with the machine that its command line makes', async ({
  page,
}) => {
  test.setTimeout(60_000 + EDITS * 1000);
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  const playground = new Playground(page);
  await playground.open();
  const total: Record<string, number> = {};
  const started = Date.now();
  const share = Math.ceil(EDITS / LINES.length);
  for (const [at, line] of LINES.entries()) {
    const { options, program } = readDocument(line);
    await page.evaluate((doc) => window.virtioPlayground!.document.edit('begin', doc), {
      options,
      program,
    });
    for (let edits = 0; edits < share; edits += STRIDE) {
      const seed = SEED * 1000 + at * 100 + edits;
      const count = Math.min(STRIDE, share - edits);
      const guest = line.includes('pcie-root-port');
      const { done, refused } = await page.evaluate(walk, { seed, edits: count, guest });
      for (const [verb, times] of Object.entries({ ...done, refused }))
        total[verb] = (total[verb] ?? 0) + times;
      const now = await page.evaluate(async () => {
        const { session, document } = window.virtioPlayground!;
        const lines = await session.qtree();
        return { line: document.line(), qtree: lines.map(({ text }) => `${text}\n`).join('') };
      });
      const doc = readDocument(now.line);
      expect(maskText('qtree', now.qtree), now.line).toBe(
        maskText('qtree', machineOf(now.line).qtree()),
      );
      if (isInstalled(doc.program)) {
        const image = { name: HELLO_IMAGE_NAME, format: 'raw', bytes: 65536 } as const;
        const real = await realQtree(doc, [image]).catch((error: Error) => error.message);
        expect(maskText('qtree', real), now.line).toBe(maskText('qtree', now.qtree));
      }
    }
  }
  const seconds = Math.round((Date.now() - started) / 1000);
  test.info().annotations.push({
    type: 'walk',
    description: `${EDITS} edits in ${seconds} s: ${JSON.stringify(total)}`,
  });
  expect(faults).toEqual([]);
  for (const verb of ['add', 'move', 'set', 'delete', 'undo'])
    expect(total[verb], verb).toBeGreaterThan(0);
});
