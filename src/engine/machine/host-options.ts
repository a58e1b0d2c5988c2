import { ConfigError } from '../qom/errors.ts';
import { parseJson } from './json.ts';
import { parseKeyval } from './keyval.ts';
import { type Entry, lastValue } from './opts.ts';
import { parseSchema } from './qapi/schema.ts';
import { visitJson, visitKeyval } from './qapi/visit.ts';

const GL = 'gl?:<off|on|core|es>';
const AUDIO_DRIVERS = 'none|alsa|dbus|jack|oss|pa|pipewire|sdl|sndio|spice|wav';

/** What `-display`, `-audiodev` and `-compat` take, as far as it is the same for every driver. */
const SCHEMA = parseSchema(`
  DisplayOptions = type:<default|none|gtk|sdl|egl-headless|curses|cocoa|spice-app|dbus> full-screen?:bool window-close?:bool show-cursor?:bool ${GL} / type
    gtk: grab-on-hover?:bool zoom-to-fit?:bool show-tabs?:bool
    sdl: grab-mod?:<lctrl-lalt|lshift-lctrl-lalt|rctrl>
    egl-headless: rendernode?
    curses: charset?
    dbus: rendernode? addr? p2p?:bool audiodev?
  CompatPolicy = deprecated-input?:<accept|reject|crash> deprecated-output?:<accept|hide> unstable-input?:<accept|reject|crash> unstable-output?:<accept|hide>
`);

const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  reboot: ['reset', 'shutdown'],
  shutdown: ['poweroff', 'pause'],
  panic: ['pause', 'shutdown', 'exit-failure', 'none'],
  watchdog: ['reset', 'shutdown', 'poweroff', 'pause', 'debug', 'none', 'inject-nmi'],
};

function refuse(message: string): never {
  throw new ConfigError(message);
}

function checkDisplay(argument: string): void {
  if (/^vnc(?:,|$)/.test(argument)) refuse('VNC requires a display argument vnc=<display>');
  if (argument.startsWith('vnc=')) return;
  if (argument.startsWith('{')) visitJson(SCHEMA, 'DisplayOptions', parseJson(argument));
  else visitKeyval(SCHEMA, 'DisplayOptions', parseKeyval(argument, 'type').tree);
}

function checkAction(key: string, value: string): void {
  if (!ACTIONS[key]?.includes(value)) refuse(`Parameter '${key}' does not accept value '${value}'`);
}

function checkAudiodev(argument: string): void {
  const tree = argument.startsWith('{')
    ? parseJson(argument)
    : parseKeyval(argument, 'driver').tree;
  if (tree.id === undefined) refuse("Parameter 'id' is missing");
  if (tree.driver === undefined) refuse("Parameter 'driver' is missing");
  if (!AUDIO_DRIVERS.split('|').includes(String(tree.driver)))
    refuse(`Parameter 'driver' does not accept value '${tree.driver}'`);
}

/** Checks an option that concerns the host alone, from its argument as it stands. Throws ConfigError with QEMU's sentence. */
export function checkHostOption(name: string, argument: string): void {
  switch (name) {
    case 'display':
      checkDisplay(argument);
      return;
    case 'audiodev':
      checkAudiodev(argument);
      return;
    case 'watchdog-action':
      checkAction('watchdog', argument);
      return;
    case 'compat':
      visitKeyval(SCHEMA, 'CompatPolicy', parseKeyval(argument).tree);
      return;
    case 'seed':
      if (!/^\s*[+-]?(?:\d+|0[xX][0-9a-fA-F]+)$/.test(argument))
        refuse(`Invalid seed number: ${argument}`);
      return;
    case 'uuid':
      if (!/^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(argument))
        refuse('failed to parse UUID string: wrong format');
      return;
  }
}

/** Checks an option that concerns the host alone, from its `key=value`s. Throws ConfigError with QEMU's sentence. */
export function checkHostEntries(name: string, entries: readonly Entry[]): void {
  if (name === 'action') for (const { key, value } of entries) checkAction(key, value);
  if (name === 'add-fd' && lastValue(entries, 'fd') !== undefined)
    refuse('fd is not valid or already in use');
  if (name === 'smbios') checkSmbios(entries);
  if (name === 'icount') {
    const shift = lastValue(entries, 'shift') ?? 'auto';
    if (shift !== 'auto' && !/^\d+$/.test(shift)) refuse('icount: Invalid shift value');
  }
}

function checkSmbios(entries: readonly Entry[]): void {
  const file = lastValue(entries, 'file');
  if (file !== undefined) refuse(`Cannot read SMBIOS file ${file}`);
  const type = lastValue(entries, 'type');
  if (type === undefined) refuse('Must specify type= or file=');
  if (!/^(?:\d+|0[xX][0-9a-fA-F]+)$/.test(type)) refuse("Parameter 'type' expects a number");
}

/** Checks `-rtc`. Throws ConfigError with QEMU's sentence. */
export function checkClock(entries: readonly Entry[]): void {
  const base = lastValue(entries, 'base') ?? 'utc';
  const isDate = /^\d{4}-\d{1,2}-\d{1,2}(?:T\d{1,2}:\d{1,2}:\d{1,2})?$/.test(base);
  if (base !== 'utc' && base !== 'localtime' && !isDate)
    refuse("invalid datetime format\nvalid formats: '2006-06-17T16:01:21' or '2006-06-17'");
  const clock = lastValue(entries, 'clock') ?? 'host';
  if (!['host', 'rt', 'vm'].includes(clock)) refuse(`invalid option value '${clock}'`);
  const drift = lastValue(entries, 'driftfix') ?? 'none';
  if (!['slew', 'none'].includes(drift)) refuse(`invalid option value '${drift}'`);
}

/** Adapters of `-vga`: what QEMU calls each, and the types of which one must be there. */
const ADAPTERS: Readonly<Record<string, readonly [name: string, ...types: string[]]>> = {
  std: ['standard VGA', 'VGA', 'isa-vga'],
  cirrus: ['Cirrus VGA', 'cirrus-vga', 'isa-cirrus-vga'],
  vmware: ['VMWare SVGA', 'vmware-svga'],
  virtio: ['Virtio VGA', 'virtio-vga'],
  qxl: ['QXL VGA', 'qxl-vga'],
  tcx: ['TCX framebuffer', 'sun-tcx'],
  cg3: ['CG3 framebuffer', 'cgthree'],
};

/** Checks `-vga`. Throws ConfigError with QEMU's sentence. */
export function checkVga(vga: string, isKnown: (type: string) => boolean): void {
  if (vga === 'none') return;
  const adapter = Object.hasOwn(ADAPTERS, vga) ? ADAPTERS[vga] : undefined;
  if (!adapter) refuse(`unknown vga type: ${vga}`);
  const [name, ...types] = adapter;
  if (!types.some(isKnown)) refuse(`${name} not available`);
}
