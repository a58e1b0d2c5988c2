import type { CommandOption } from '../../options/command.ts';
import { dependents, unlinked } from '../advice/refusal.ts';
import type { DocumentOption, MachineDocument } from '../document.ts';
import { entriesOf, entryOf, optionIdOf, withEntry } from '../entries.ts';
import { nextKey } from '../read.ts';
import { Notes } from './notes.ts';

/** Back ends that go with the last device that uses them. */
const BACK_ENDS = new Set(['drive', 'blockdev', 'netdev', 'chardev', 'fsdev', 'object', 'tpmdev']);

/** A machine on its way from a pasted text to one that can be built here. */
export class Work {
  /** `x86_64`, … */
  arch: string;
  options: readonly DocumentOption[];
  readonly notes = new Notes();

  constructor(arch: string, options: readonly Pick<CommandOption, 'name' | 'argument'>[]) {
    this.arch = arch;
    this.options = options.map(({ name, argument }, i) => ({ key: i + 1, name, argument }));
  }

  get doc(): MachineDocument {
    return { program: `qemu-system-${this.arch}`, options: this.options };
  }

  set doc({ options }: MachineDocument) {
    this.options = options;
  }

  /** Options by their name. */
  named(...names: readonly string[]): DocumentOption[] {
    return this.options.filter(({ name }) => names.includes(name));
  }

  /** Changes every option of a name; one for which `change` answers undefined goes. */
  each(
    names: readonly string[],
    change: (option: DocumentOption) => DocumentOption | undefined,
  ): void {
    this.options = this.options.flatMap((option) => {
      if (!names.includes(option.name)) return [option];
      const next = change(option);
      return next ? [next] : [];
    });
  }

  replace(option: DocumentOption): void {
    this.options = this.options.map((one) => (one.key === option.key ? option : one));
  }

  /** Adds an option in front of another. */
  addBefore(before: DocumentOption, name: string, argument: string): void {
    const at = this.options.findIndex(({ key }) => key === before.key);
    const option = { key: nextKey(this.options), name, argument };
    this.options = this.options.toSpliced(Math.max(at, 0), 0, option);
  }

  /** Takes an option out with all that cannot be without it, and back ends that nobody uses any more. Answers what went. */
  takeOut(option: DocumentOption): DocumentOption[] {
    const gone = new Set(dependents(this.doc, option));
    for (let found = true; found; ) {
      found = false;
      const left = this.options.filter(({ key }) => !gone.has(key));
      const lost = this.options.filter(({ key }) => gone.has(key));
      for (const one of left) {
        const id = BACK_ENDS.has(one.name) ? optionIdOf(one) : undefined;
        if (id === undefined || !lost.some((user) => uses(user, id))) continue;
        if (left.some((user) => user !== one && uses(user, id))) continue;
        gone.add(one.key);
        found = true;
      }
    }
    const went = this.options.filter(({ key }) => gone.has(key));
    this.options = unlinked(
      { ...this.doc, options: this.options.filter(({ key }) => !gone.has(key)) },
      option,
    ).options;
    return went;
  }
}

/** Whether an option names an id, as a link or as a chardev (`chardev:ID`). */
function uses(option: DocumentOption, id: string): boolean {
  if (option.argument === `chardev:${id}`) return true;
  return entriesOf(option).some(
    ({ key, value }) => value === id && key !== 'id' && key !== 'node-name',
  );
}

/** An option with entries changed; undefined values are taken out. */
export function withEntries(
  option: DocumentOption,
  values: Readonly<Record<string, string | undefined>>,
): DocumentOption {
  return Object.entries(values).reduce((one, [key, value]) => withEntry(one, key, value), option);
}

/** An option of a `key=value` kind that keeps the entries named, and no other. */
export function only(option: DocumentOption, keys: readonly string[]): DocumentOption {
  const kept = entriesOf(option).filter(({ key }) => keys.includes(key));
  return kept.reduce((one, { key, value }) => withEntry(one, key, value), {
    ...option,
    argument: '',
  } as DocumentOption);
}

/** The kind of what an option makes: `virtio-blk-pci`, `user`, `rng-random`. */
export function kindOf(option: DocumentOption): string {
  const key = { device: 'driver', object: 'qom-type', chardev: 'backend' }[option.name] ?? 'type';
  return entryOf(option, key) ?? '';
}
