import type { InputEvent, InputKind } from '../../backends/input.ts';
import { isKeyName, KEY_CODES } from '../../backends/key-codes.ts';
import type { MonitorTarget } from '../target.ts';
import { isJsonObject, QmpError, qmpCommand } from './command.ts';

const BUTTONS = ['left', 'middle', 'right', 'wheel-up', 'wheel-down', 'side', 'extra'];
const AXES = ['x', 'y'];

/** A member of an object. Throws QmpError where it is not there. */
function member(object: unknown, name: string): unknown {
  const value = isJsonObject(object) ? object[name] : undefined;
  if (value === undefined) throw new QmpError(`Parameter '${name}' is missing`);
  return value;
}

/** One of a list of words. Throws QmpError. */
function word(object: unknown, name: string, words: readonly string[]): string {
  const value = member(object, name);
  if (typeof value !== 'string')
    throw new QmpError(`Invalid parameter type for '${name}', expected: string`);
  // QEMU names the word that is none.
  if (!words.includes(value))
    throw new QmpError(`Parameter '${name}' does not accept value '${value}'`);
  return value;
}

/** A key by QEMU's name or by its number, as its name. Throws QmpError. */
function keyName(key: unknown): string {
  const type = word(key, 'type', ['qcode', 'number']);
  const data = member(key, 'data');
  if (type === 'number')
    return [...KEY_CODES].find(([, code]) => code === Number(data))?.[0] ?? 'unmapped';
  if (typeof data !== 'string' || !isKeyName(data))
    throw new QmpError(`Parameter 'data' does not accept value '${String(data)}'`);
  return data;
}

/** An event as JSON. Throws QmpError. */
function eventOf(json: unknown): InputEvent {
  const kind = word(json, 'type', ['key', 'btn', 'rel', 'abs', 'mtt']) as InputKind;
  const data = member(json, 'data');
  if (kind === 'key')
    return { kind, key: keyName(member(data, 'key')), down: member(data, 'down') === true };
  if (kind === 'btn')
    return { kind, button: word(data, 'button', BUTTONS), down: member(data, 'down') === true };
  const axis = word(data, 'axis', AXES) as 'x' | 'y';
  return { kind, axis, value: Number(member(data, 'value')) };
}

/** What devices of the board's take besides: its keyboard and mouse, which have no registers here. */
const BOARD_KINDS: readonly InputKind[] = ['key', 'btn', 'rel'];

function takes({ input, devices }: MonitorTarget, kind: InputKind): boolean {
  const hasBoardKeyboard = devices.some(({ type }) => type.name === 'i8042');
  return input.takes(kind) || (hasBoardKeyboard && BOARD_KINDS.includes(kind));
}

/** Commands that stand in for a person at the keyboard. */
export const INPUT_QMP = [
  qmpCommand(
    'input-send-event',
    { device: 'string?', head: 'integer?', events: 'array' },
    (target, { events: given }) => {
      const events = given.map(eventOf);
      for (const { kind } of events)
        if (!takes(target, kind))
          throw new QmpError(`Input handler not found for event type ${kind}`);
      target.input.send(events);
      return {};
    },
  ),
  qmpCommand('send-key', { keys: 'array', 'hold-time': 'integer?' }, ({ input }, { keys }) => {
    const names = keys.map(keyName);
    // No time passes here, so that they are not held.
    for (const key of names) input.send([{ kind: 'key', key, down: true }]);
    for (const key of names.reverse()) input.send([{ kind: 'key', key, down: false }]);
    return {};
  }),
] as const;
