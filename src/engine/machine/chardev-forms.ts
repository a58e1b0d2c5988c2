import { ConfigError } from '../qom/errors.ts';
import { type Entry, entriesOf, readOpts } from './opts.ts';

/** Back ends whose short name is their name. */
const PLAIN = ['null', 'pty', 'msmouse', 'wctablet', 'braille', 'testdev', 'stdio'];
/** Prefixes of a path, and the back end that takes it. */
const PATHS: Readonly<Record<string, string>> = {
  'file:': 'file',
  'pipe:': 'pipe',
  '/dev/parport': 'parallel',
  '/dev/ppi': 'parallel',
  '/dev/': 'serial',
  COM: 'serial',
};
const TCP = ['tcp', 'telnet', 'tn3270', 'websocket'];

/**
 * What a short form of `-serial`, `-monitor` and the like says as options of `-chardev`: `vc`, `unix:/run/s,server=on`.
 * Throws ConfigError where it says nothing; its message may be empty, where QEMU gives none.
 */
export function chardevForm(text: string): Entry[] {
  if (!text.startsWith('mon:')) return plainForm(text);
  const form = text.slice(4);
  const mux = [{ key: 'mux', value: 'on' }];
  if (form === 'stdio') mux.push({ key: 'signal', value: 'off' });
  return [...mux, ...plainForm(form)];
}

function plainForm(text: string): Entry[] {
  if (PLAIN.includes(text)) return entriesOf({ backend: text });
  if (text.startsWith('vc')) return consoleForm(text);
  if (text === 'con:') return entriesOf({ backend: 'console' });
  const scheme = /^(\w+):/.exec(text)?.[1] ?? '';
  if (TCP.includes(scheme)) return tcpForm(scheme, text.slice(scheme.length + 1));
  if (scheme === 'udp') return udpForm(text.slice(4));
  if (scheme === 'unix')
    return [...entriesOf({ backend: 'socket' }), ...more(text.slice(5), 'path')];
  for (const [prefix, backend] of Object.entries(PATHS))
    if (text.startsWith(prefix))
      return entriesOf({ backend, path: prefix.endsWith(':') ? text.slice(prefix.length) : text });
  throw new ConfigError(`'${text}' is not a valid char driver`);
}

function consoleForm(text: string): Entry[] {
  const size = /^vc:(\d{1,7})(C?)x(\d{1,7})/.exec(text);
  if (text[2] === ':' && !size) throw new ConfigError('');
  if (!size) return entriesOf({ backend: 'vc' });
  const [, first = '', chars, second = ''] = size;
  return entriesOf(
    chars
      ? { backend: 'vc', cols: first, rows: second }
      : { backend: 'vc', width: first, height: second },
  );
}

function tcpForm(scheme: string, text: string): Entry[] {
  const match = /^([^:,]{0,64}):([^,]{1,32})(?:,(.*))?$/s.exec(text);
  if (!match) throw new ConfigError('');
  const [, host = '', port = '', rest] = match;
  const flag = scheme === 'tcp' ? [] : [{ key: scheme, value: 'on' }];
  return [
    ...entriesOf({ backend: 'socket', host, port }),
    ...(rest === undefined ? [] : more(rest)),
    ...flag,
  ];
}

function udpForm(text: string): Entry[] {
  const match = /^([^:]{0,64}):([^@,]{1,32})(?:@(.*))?/s.exec(text);
  if (!match) throw new ConfigError('');
  const [, host = '', port = '', local] = match;
  const remote = entriesOf({ backend: 'udp', host, port });
  if (local === undefined) return remote;
  const [, localaddr, localport] = /^([^:]{0,64}):([^,]{1,32})/.exec(local) ?? [];
  if (localaddr === undefined || localport === undefined) throw new ConfigError('');
  return [...remote, ...entriesOf({ localaddr, localport })];
}

/** Further options of a form; QEMU says nothing of short switches here. */
function more(text: string, implied?: string): readonly Entry[] {
  const { entries: read, fault } = readOpts(text, implied === undefined ? {} : { implied });
  if (fault) throw fault;
  return read;
}
