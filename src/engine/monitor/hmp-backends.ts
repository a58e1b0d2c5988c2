import { addNetdev, netdevOptions } from '../machine/netdevs.ts';
import { OPTION_LISTS } from '../machine/option-lists.ts';
import { lastValue, readOpts } from '../machine/opts.ts';
import { NOWHERE } from '../machine/start-log.ts';
import { ConfigError } from '../qom/errors.ts';
import type { Command } from './commands.ts';
import { answerTo, ask, attempt, isHelp } from './hmp-answer.ts';
import { readOptions } from './hmp-machine.ts';
import { addChardevLate, terminalOf } from './qmp/back-ends.ts';
import { MonitorError, SyntaxComplaint } from './target.ts';

/** Runs `work`; unlike others, commands about drives report without the word "Error". Returns no text. */
function withoutWord(work: () => void): string {
  try {
    work();
  } catch (error) {
    if (error instanceof ConfigError) throw new MonitorError(error.message);
    throw error;
  }
  return '';
}

/** Commands about what stands behind devices. */
export const BACKEND_HMP: readonly Command[] = [
  {
    name: 'announce_self',
    params: '[interfaces] [id]',
    help: 'Trigger GARP/RARP announcements',
    args: ['string?', 'string?'],
    run(target, { strings: [interfaces] }) {
      // QEMU repeats it after pauses of these many milliseconds; the machine has no clock of its own.
      const pauses = { initial: 50, max: 550, rounds: 5, step: 100 };
      ask(target, 'announce-self', {
        ...pauses,
        ...(interfaces === undefined ? {} : { interfaces: interfaces.split(',') }),
      });
      return '';
    },
  },
  {
    name: 'block_resize',
    params: 'device size',
    help: 'resize a block image',
    args: ['block', 'size'],
    run(target, { strings: [device], addresses: [size] }) {
      ask(target, 'block_resize', { device, size });
      return '';
    },
  },
  {
    name: 'chardev-add',
    params: 'args',
    help: 'add chardev',
    args: ['string'],
    run(target, { strings }) {
      const { fault, id, entries, warnings } = readOpts(strings[0] ?? '', OPTION_LISTS.chardev);
      const told = warnings.map((warning) => `warning: ${warning}\n`).join('');
      const rival = id !== undefined && target.backEnds.hasOptionChardev(id);
      const complaint = rival ? `Duplicate ID '${id}' for chardev` : fault?.message;
      if (complaint !== undefined)
        throw new MonitorError(`${told}${complaint}\nError: Parsing chardev args failed`);
      if (isHelp(lastValue(entries, 'backend'))) return told + answerTo(target, 'chardev');
      let redirected = '';
      const complained = attempt(() => {
        const terminal = terminalOf(addChardevLate(target, id, entries));
        if (terminal !== undefined)
          redirected = `char device redirected to ${terminal} (label ${id})\n`;
      });
      return told + complained + redirected;
    },
  },
  {
    name: 'chardev-remove',
    params: 'id',
    help: 'remove chardev',
    args: ['string'],
    complete: ['chardev-id'],
    run(target, { strings: [id] }) {
      ask(target, 'chardev-remove', { id });
      return '';
    },
  },
  {
    name: 'drive_add',
    params:
      '[-n] [[<domain>:]<bus>:]<slot>\n[file=file][,if=type][,bus=n]\n[,unit=m][,media=d][,index=i]\n[,snapshot=on|off][,cache=on|off]\n[,readonly=on|off][,copy-on-read=on|off]',
    help: 'add drive to PCI storage controller',
    args: ['string', 'string'],
    run(target, { strings }) {
      const opts = readOptions(target, strings[1] ?? '', '');
      const { drives } = target.backEnds;
      if (opts.id !== undefined && drives.list.some(({ id }) => id === opts.id))
        throw new MonitorError(`Duplicate ID '${opts.id}' for drive`);
      withoutWord(() => drives.addLate({ ...opts, location: NOWHERE }, target.devices.length));
      return 'OK\n';
    },
  },
  {
    name: 'drive_del',
    params: 'device',
    help: 'remove host block device',
    args: ['block'],
    run: (target, { strings: [device] }) =>
      withoutWord(() => target.backEnds.drives.removeDrive(device ?? '')),
  },
  {
    name: 'netdev_add',
    params:
      '[user|tap|socket|stream|dgram|vde|bridge|hubport|netmap|vhost-user],id=str[,prop=value][,...]',
    help: 'add host network device',
    args: ['options'],
    run(target, { strings }) {
      const opts = readOptions(target, strings[0] ?? '', 'type');
      if (isHelp(lastValue(opts.entries, 'type'))) return answerTo(target, 'netdev');
      if (target.network.clients.some(({ kind, name }) => kind !== 'nic' && name === opts.id)) {
        target.printError(`Duplicate ID '${opts.id}' for netdev`);
        throw new SyntaxComplaint('');
      }
      return attempt(() => addNetdev(target.backEnds, netdevOptions(opts)));
    },
  },
  {
    name: 'netdev_del',
    params: 'id',
    help: 'remove host network device',
    args: ['string'],
    complete: ['netdev-id'],
    run(target, { strings: [id] }) {
      ask(target, 'netdev_del', { id });
      return '';
    },
  },
  {
    name: 'set_link',
    params: 'name on|off',
    help: 'change the link status of a network adapter',
    args: ['string', 'switch'],
    complete: ['net-name'],
    run(target, { strings: [name, up] }) {
      ask(target, 'set_link', { name, up: up === 'on' });
      return '';
    },
  },
];
