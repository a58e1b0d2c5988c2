import type { DocumentOption } from '../document.ts';
import { entriesOf, withEntry } from '../entries.ts';
import { type Notes, quoted } from './notes.ts';
import { UNSET } from './unset.ts';

/** Where in an option something unknown stands. */
interface Context {
  readonly option: string;
  readonly key: string;
  /** The value in which it stands, as it was written. */
  readonly value: string;
}

const FILES = /^(?:file|filename|.*\.filename|hd[a-d]|fd[ab]|cdrom|kernel|initrd|bios|pflash|dtb)$/;
const COUNTS = /^(?:cpus|cores|sockets|dies|threads|maxcpus|num[-_]queues|ports|max_ports|heads)$/;

/** Values for what the text leaves open: the same one for a name wherever it stands alike. */
class Filler {
  readonly #notes: Notes;
  #macs = 0;
  #ports = 2222;

  constructor(notes: Notes) {
    this.#notes = notes;
  }

  fill(text: string, context: Omit<Context, 'value'>): string {
    return text.replace(UNSET, (place, name: string, at: number) => {
      const value = this.#value(name, { ...context, value: text }, text.slice(at + place.length));
      if (value !== name)
        this.#notes.add(
          `${quoted(name, 40)} has no value in the text: “${quoted(value, 40)}” stands for it.`,
        );
      return value;
    });
  }

  #value(name: string, { option, key, value }: Context, behind: string): string {
    const plain = name
      .replace(/[^A-Za-z0-9_]+/g, ' ')
      .trim()
      .toLowerCase()
      .replaceAll(' ', '-');
    const what = plain === '' ? 'value' : plain;
    const whole = value.replace(UNSET, '') === '';
    if (key === 'size' || option === 'm' || key === 'maxmem')
      return /^[gt]/i.test(behind) ? '1' : whole ? '512M' : '512';
    if (COUNTS.test(key) || option === 'smp') return '2';
    if (key === 'queues') return '1';
    if (key === 'mac' || /mac/.test(what)) return this.#mac(whole);
    if (key === 'format') return 'raw';
    if (option === 'cpu' && whole) return 'max';
    if (key === 'hostfwd' || key === 'port' || /port/.test(what)) return String(this.#ports++);
    if (key === 'guest-cid' || /^(?:.*[-_])?(?:id|num|index|idx|cid|slot|nr)$/.test(what))
      return key === 'id' || key.endsWith('dev') ? what : '3';
    if (FILES.test(key) && whole) return /\.\w{2,5}$/.test(name) ? name : `${what}.img`;
    return what;
  }

  #mac(whole: boolean): string {
    const last = (++this.#macs).toString(16).padStart(2, '0');
    return whole ? `52:54:00:00:00:${last.slice(-2)}` : last.slice(-2);
  }
}

/** The options with something in the place of all that the text does not say, each told once. */
export function fillUnset(options: readonly DocumentOption[], notes: Notes): DocumentOption[] {
  const filler = new Filler(notes);
  return options.map((option) => {
    const { name, argument } = option;
    if (argument === undefined || argument.replace(UNSET, '') === argument)
      return { ...option, name: name.replace(UNSET, '') };
    let next = option;
    // More entries, of which nothing is known.
    for (const { key, value } of entriesOf(option))
      if (key.replace(UNSET, '') !== key) next = withEntry(next, key, undefined);
      else if (value.replace(UNSET, '') !== value)
        next = withEntry(next, key, filler.fill(value, { option: name, key }));
    return { ...next, argument: filler.fill(next.argument ?? '', { option: name, key: name }) };
  });
}
