import type { Element } from '../xml.ts';
import { argumentOf } from './argument.ts';
import { neededController } from './controllers.ts';
import type { Reader } from './reader.ts';

/** Serial ports, parallel ports, channels and consoles, in libvirt's order. */
export function readCharacters(reader: Reader, devices: Element): void {
  const serials = devices.all('serial');
  serials.forEach((one, at) => {
    serial(reader, one, at);
  });
  if (devices.child('parallel')) reader.note('Parallel ports are left out.');
  devices.all('channel').forEach((one, at) => {
    channel(reader, one, at);
  });
  devices.all('console').forEach((one, at) => {
    console(reader, one, at, serials.length > 0);
  });
}

/** `-chardev` for what is behind a port; answers its id. */
function chardev(reader: Reader, one: Element, id: string): string {
  const name = `char${id}`;
  const kind = one.attr('type') ?? 'pty';
  const path = one.at('source', 'path');
  if (kind === 'pty' || kind === 'null' || kind === 'vc' || kind === 'stdio')
    reader.option('chardev', argumentOf(kind, { id: name }));
  else if (kind === 'file' && path !== undefined)
    reader.option(
      'chardev',
      argumentOf('file', { id: name, path, append: one.at('source', 'append') }),
    );
  else {
    reader.note(
      `What ${id} was connected to on the host (${kind}) is left out: nothing listens there.`,
    );
    reader.option('chardev', argumentOf('null', { id: name }));
  }
  return name;
}

function serial(reader: Reader, one: Element, at: number): void {
  const id = reader.id(one, `serial${at}`);
  const target = one.child('target');
  const kind = target?.attr('type') ?? defaultSerial(reader);
  const chardevId = chardev(reader, one, id);
  const port = target?.attr('port') ?? String(at);
  const entries = { chardev: chardevId, id };
  switch (kind) {
    case 'isa-serial':
      reader.device('isa-serial', { ...entries, index: port });
      break;
    case 'pci-serial':
      reader.device('pci-serial', { ...entries, ...reader.pci(one, { integrated: true }) });
      break;
    case 'usb-serial':
      reader.device('usb-serial', {
        ...entries,
        bus: `${neededController(reader, 'usb', 0, one)}.0`,
      });
      break;
    case 'sclp-serial':
      reader.device(target?.at('model', 'name') ?? 'sclpconsole', entries);
      break;
    default:
      // The board's own port: `-serial` takes them in turn.
      reader.option('serial', `chardev:${chardevId}`);
  }
}

function defaultSerial(reader: Reader): string {
  switch (reader.platform.program) {
    case 'qemu-system-x86_64':
      return 'isa-serial';
    case 'qemu-system-s390x':
      return 'sclp-serial';
    default:
      return 'system-serial';
  }
}

/** The virtio port that an element sits on, as entries. */
function port(reader: Reader, one: Element) {
  const address = one.child('address');
  const on = Number(address?.attr('controller') ?? 0) || 0;
  const bus = `${neededController(reader, 'virtio-serial', on, one)}.${address?.attr('bus') ?? '0'}`;
  const nr = address?.attr('port');
  return { bus, nr: nr === undefined || nr === '0' ? undefined : nr };
}

function channel(reader: Reader, one: Element, at: number): void {
  if (one.at('target', 'type') !== 'virtio') {
    reader.note(`A channel of type “${one.at('target', 'type') ?? ''}” is left out.`);
    return;
  }
  const id = reader.id(one, `channel${at}`);
  const name =
    one.at('target', 'name') ??
    (one.attr('type') === 'spicevmc' ? 'com.redhat.spice.0' : undefined);
  const place = port(reader, one);
  reader.device('virtserialport', { ...place, chardev: chardev(reader, one, id), id, name });
}

function console(reader: Reader, one: Element, at: number, serials: boolean): void {
  const kind =
    one.at('target', 'type') ?? (reader.platform.transport === 'ccw' ? 'sclp' : 'serial');
  if (kind === 'serial') {
    // The first console is the first serial port, said a second time.
    if (!serials && at === 0) serial(reader, one, 0);
    return;
  }
  const id = reader.id(one, `console${at}`);
  if (kind === 'virtio') {
    const place = port(reader, one);
    reader.device('virtconsole', { ...place, chardev: chardev(reader, one, id), id });
  } else if (kind === 'sclp' || kind === 'sclplm')
    reader.device(`${kind}console`, { chardev: chardev(reader, one, id), id });
  else reader.note(`A console of type “${kind}” is left out.`);
}
