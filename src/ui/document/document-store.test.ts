import { beforeEach, describe, expect, test } from 'vitest';
import type { MachineDocument } from '../../document/document.ts';
import { addOption } from '../../document/edits.ts';
import { optionIdOf } from '../../document/entries.ts';
import { lineOf, readDocument } from '../../document/read.ts';
import { deleteNodes } from '../../document/wiring.ts';
import type { DeviceNode } from '../../protocol/topology.ts';
import { type BuiltMachine, buildLine } from '../../testing/built-machine.ts';
import type { Session, SessionState } from '../session/session.ts';
import { selectNodes, useUi } from '../state/ui-store.ts';
import { devicesOf } from '../topology/graph.ts';
import { dismissRefusal, useDocument } from './document-store.ts';
import { adviseOnMonitor, edit, followFix, replaceDocument } from './edit.ts';
import { connectDocument, keyOf } from './live-machine.ts';
import { powerCycle } from './power-cycle.ts';
import { redo, undo } from './undo.ts';

/** A session whose machine is in this thread, and no guest in it. */
class BenchSession {
  #machine: BuiltMachine | undefined;
  #state: Partial<SessionState> = { run: 'idle', commandLine: '' };
  readonly #listeners = new Set<() => void>();
  /** Lines that a machine was built from. */
  readonly built: string[] = [];
  /** Lines that the monitor was given. */
  readonly told: string[] = [];

  getState = () => this.#state as SessionState;
  subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  set(change: Partial<SessionState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }
  async build(commandLine: string): Promise<boolean> {
    await Promise.resolve();
    const built = buildLine(commandLine);
    if ('message' in built) {
      this.set({ refused: built.message, refusedOption: built.option });
      return false;
    }
    this.built.push(commandLine);
    this.#machine = built;
    const machine = built.topology();
    this.set({ commandLine, refused: undefined, run: 'idle', topology: machine, machine });
    return true;
  }
  async tryLine(commandLine: string) {
    const built = buildLine(commandLine);
    if ('message' in built) return { kind: 'refused', ...built };
    return { kind: 'stands', topology: built.topology(), qtree: built.qtree(), warnings: [] };
  }
  async monitor(line: string): Promise<string> {
    this.told.push(line);
    const output = this.#machine?.monitor(line) ?? '';
    const machine = this.#machine?.topology();
    this.set({ topology: machine, machine });
    return output;
  }
  deviceTypes = async () => this.#machine?.types() ?? [];
  qtree = () => this.#machine?.qtree() ?? '';
  addImage(): void {}
  async reset(): Promise<void> {}
}

let bench: BenchSession;
let session: Session;
let disconnect = () => {};

async function begin(line: string): Promise<void> {
  disconnect();
  bench = new BenchSession();
  session = bench as unknown as Session;
  useDocument.setState({ doc: readDocument(line), past: [], future: [], refusal: undefined });
  await bench.build(line);
  disconnect = connectDocument(session);
  useDocument.setState({ past: [], future: [] });
  bench.built.length = 0;
}

const doc = () => useDocument.getState().doc;
const line = () => lineOf(doc());
const labels = () => useDocument.getState().past.map(({ label }) => label);
const add =
  (argument: string, name = 'device') =>
  (from: MachineDocument) =>
    addOption(from, name, argument);
const without =
  (id: string) =>
  (from: MachineDocument, topology = session.getState().topology!) =>
    deleteNodes(from, topology, {
      devices: from.options.filter((one) => optionIdOf(one) === id).map(({ key }) => key),
      backEnds: [],
    });
const device = (id: string): DeviceNode | undefined =>
  devicesOf(session.getState().topology!).find((one) => one.id === id);

beforeEach(() => begin('-M pc -nodefaults'));

describe('an edit', () => {
  test('builds the machine, can be undone, and done again', async () => {
    const first = doc();
    expect(await edit(session, 'add rng', add('virtio-rng-pci,id=r'))).toBe(true);
    const second = doc();
    expect(bench.built).toEqual(['-M pc -nodefaults -device virtio-rng-pci,id=r']);
    expect(labels()).toEqual(['add rng']);
    expect(await undo(session)).toBe(true);
    expect(doc()).toEqual(first);
    expect(await redo(session)).toBe(true);
    expect(doc()).toEqual(second);
    expect(await redo(session)).toBe(false);
    expect(keyOf(device('r')!)).toBe(second.options.at(-1)?.key);
  });

  test('that changes nothing leaves no step behind', async () => {
    expect(await edit(session, 'nothing', (from) => ({ ...from }))).toBe(true);
    expect(bench.built).toEqual([]);
    expect(labels()).toEqual([]);
  });

  test('that is refused changes nothing, and says why until the next one', async () => {
    expect(await edit(session, 'add rng', add('virtio-rng-pci,addr=1'))).toBe(false);
    expect(useDocument.getState().refusal).toMatchObject({
      label: 'add rng',
      message: expect.stringContaining('PCI: slot 1 function 0 not available'),
      option: 2,
    });
    expect(line()).toBe('-M pc -nodefaults');
    expect(labels()).toEqual([]);
    await edit(session, 'add rng', add('virtio-rng-pci'));
    expect(useDocument.getState().refusal).toBeUndefined();
  });

  test('waits for those before it, and is given what they left', async () => {
    const seen: string[] = [];
    const look = (from: MachineDocument, topology = session.getState().topology!) => {
      seen.push(`${from.options.length} ${devicesOf(topology).filter(({ id }) => id).length}`);
      return addOption(from, 'device', `virtio-rng-pci,id=r${from.options.length}`);
    };
    await Promise.all([edit(session, 'a', look), edit(session, 'b', look), undo(session)]);
    expect(seen).toEqual(['2 0', '3 1']);
    expect(line()).toBe('-M pc -nodefaults -device virtio-rng-pci,id=r2');
  });
});

describe('an edit by hand', () => {
  const hand = (label: string, change: (from: MachineDocument) => MachineDocument) =>
    edit(session, label, change, { assist: true });

  test('gets the back end that is missing, and undo takes both back', async () => {
    expect(await hand('add disk', add('virtio-blk-pci,id=b'))).toBe(true);
    expect(session.getState().topology?.backEnds).toHaveLength(1);
    expect(labels()).toEqual(['add disk']);
    await undo(session);
    expect(line()).toBe('-M pc -nodefaults');
  });

  test('gets several things one after the other', async () => {
    expect(await hand('add a disk of SCSI', add('scsi-hd,id=d'))).toBe(true);
    expect(line()).toMatch(/virtio-scsi-pci.*scsi-hd,id=d/);
    expect(device('d')?.backends).toHaveLength(1);
    expect(labels()).toEqual(['add a disk of SCSI']);
  });

  test('leaves everything else where it was; a typed line is left as it is typed', async () => {
    await begin('-M pc -nodefaults -device virtio-rng-pci,id=a -device virtio-rng-pci,id=b');
    await edit(session, 'delete a', without('a'));
    expect(line()).toBe('-M pc -nodefaults -device virtio-rng-pci,id=b');
    await undo(session);
    await hand('delete a', without('a'));
    expect(line()).toBe('-M pc -nodefaults -device virtio-rng-pci,id=b,addr=03.0');
    await undo(session);
    expect(line()).toContain('id=a -device virtio-rng-pci,id=b');
  });

  test('is mended by hand too, with the fix that is chosen', async () => {
    await begin('-M microvm');
    expect(await hand('add rng', add('virtio-rng-pci'))).toBe(false);
    const fix = useDocument.getState().refusal?.advice.fixes.find((one) => one.doc);
    expect(fix).toBeDefined();
    expect(fix && (await followFix(session, fix))).toBe(true);
    expect(useDocument.getState().refusal).toBeUndefined();
    expect(labels()).toEqual(['add rng']);
  });
});

test('what is selected is the same part of the machine after it was built anew', async () => {
  await begin('-M pc -nodefaults -device virtio-rng-pci -device virtio-scsi-pci');
  const scsi = devicesOf(session.getState().topology!).find(
    ({ type }) => type === 'virtio-scsi-pci',
  );
  const inside = `${scsi?.path}/virtio-backend`;
  selectNodes([scsi?.path ?? '', inside]);
  const key = doc().options.find(({ argument }) => argument === 'virtio-rng-pci')?.key;
  await edit(session, 'delete rng', (from) => ({
    ...from,
    options: from.options.filter((option) => option.key !== key),
  }));
  expect([...useUi.getState().selection]).toEqual([
    '/machine/peripheral-anon/device[0]',
    '/machine/peripheral-anon/device[0]/virtio-backend',
  ]);
});

describe('while a guest is at work', () => {
  beforeEach(async () => {
    await begin(
      '-M q35 -nodefaults -device pcie-root-port,id=rp,chassis=1 -device pcie-root-port,id=rp2,chassis=2',
    );
    bench.set({ run: 'running' });
  });

  test('devices come by the monitor, and the line builds the same machine', async () => {
    expect(await edit(session, 'add rng', add('virtio-rng-pci,id=r,bus=rp'))).toBe(true);
    expect(bench.built).toEqual([]);
    expect(bench.told).toEqual(['device_add virtio-rng-pci,id=r,bus=rp']);
    const cold = buildLine(line());
    expect('qtree' in cold && cold.qtree()).toBe(bench.qtree());
  });

  test('a disk comes with its drive', async () => {
    const both = (from: MachineDocument) =>
      addOption(
        addOption(from, 'drive', 'if=none,id=d,driver=null-co'),
        'device',
        'virtio-blk-pci,drive=d,bus=rp',
      );
    expect(await edit(session, 'add a disk', both)).toBe(true);
    expect(bench.built).toEqual([]);
    const cold = buildLine(line());
    expect('qtree' in cold && cold.qtree()).toBe(bench.qtree());
  });

  test('a disk added by hand gets a back end, and the machine runs on', async () => {
    const done = await edit(session, 'add a disk', add('virtio-blk-pci,bus=rp'), { assist: true });
    expect(done).toBe(true);
    expect(bench.built).toEqual([]);
    expect(line()).toContain('-blockdev');
    const cold = buildLine(line());
    expect('qtree' in cold && cold.qtree()).toBe(bench.qtree());
  });

  test('what was typed at the monitor is in the document', async () => {
    await session.monitor('device_add virtio-rng-pci,bus=rp2');
    expect(line()).toMatch(/-device virtio-rng-pci,bus=rp2,addr=00.0$/);
    expect(labels()).toEqual(['hot-plug']);
  });

  test('a refused device leaves no back end behind', async () => {
    const both = (from: MachineDocument) =>
      addOption(
        addOption(from, 'netdev', 'user,id=n'),
        'device',
        'virtio-net-pci,netdev=n,bus=rp,nonsense=1',
      );
    expect(await edit(session, 'add a card', both)).toBe(false);
    expect(bench.told.at(-1)).toBe('netdev_del n');
    expect(useDocument.getState().refusal?.label).toBe('add a card');
    expect(session.getState().topology?.backEnds).toEqual([]);
  });

  test('a device that the guest still holds stays in the document', async () => {
    await edit(session, 'add rng', add('virtio-rng-pci,id=r,bus=rp'));
    expect(await edit(session, 'delete rng', without('r'))).toBe(true);
    expect(device('r')?.leaving).toBe(true);
    expect(line()).toContain('id=r');
  });

  test('switched off and on, what came is still there, and what was asked to leave has left', async () => {
    await edit(session, 'add rng', add('virtio-rng-pci,id=r,bus=rp'));
    await powerCycle(session);
    expect(device('r')).toBeDefined();
    await edit(session, 'add another', add('virtio-rng-pci,id=s,bus=rp2'));
    await edit(session, 'delete it', without('s'));
    await powerCycle(session);
    expect(device('s')).toBeUndefined();
    expect(line()).toContain('id=r');
    expect(line()).not.toContain('id=s');
  });

  test('what is refused at the monitor is explained', async () => {
    const output = await session.monitor('device_add virtio-rng-pci');
    await adviseOnMonitor(session, 'device_add virtio-rng-pci', output);
    expect(useDocument.getState().refusal?.message).toContain('does not support hotplugging');
    dismissRefusal();
    expect(useDocument.getState().refusal).toBeUndefined();
  });

  test('another machine switches it off', async () => {
    expect(await replaceDocument(session, 'open', readDocument('-M microvm'))).toBe(true);
    expect(bench.built).toEqual(['-M microvm']);
    expect(session.getState().run).toBe('idle');
  });
});
