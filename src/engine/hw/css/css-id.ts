import { ConfigError } from '../../qom/errors.ts';
import { custom, type Property } from '../../qom/property.ts';

/** Number of the channel subsystem image that virtual devices live in where the user names none. */
export const DEFAULT_CSSID = 0xfe;
/** Largest number of a subchannel set. */
export const MAX_SSID = 3;
/** Largest number of a device or a subchannel in a set. */
export const MAX_DEVNO = 0xffff;

/** Where a device or a subchannel is in the channel subsystem: `fe.0.1234`. */
export interface CssId {
  /** Channel subsystem image, 0 to 254. */
  readonly cssid: number;
  /** Subchannel set, 0 to 3. */
  readonly ssid: number;
  /** Device number, or subchannel number, 16 bits. */
  readonly devid: number;
}

/** `fe.0.1234`: only the last part has a fixed width. */
export function cssIdText({ cssid, ssid, devid }: CssId): string {
  return `${cssid.toString(16)}.${ssid.toString(16)}.${devid.toString(16).padStart(4, '0')}`;
}

/** A device number that the user chose; undefined where the machine is to choose. */
export function devno(): Property<CssId | undefined> {
  return custom<CssId | undefined>({
    type: 'str',
    default: undefined,
    description: 'Identifier of an I/O device in the channel subsystem, example: fe.1.23ab',
    parse(text, { name, type }) {
      // Two digits at most, one digit, and four characters that read as a number (a sign and 0x included).
      const match =
        /^\s*([+-]?(?:0[xX])?[0-9a-fA-F]*)\.\s*([0-9a-fA-F])\.((?=.{4}$)\s*[+-]?(?:0[xX])?[0-9a-fA-F]*)$/.exec(
          text,
        );
      const digits = /[0-9a-f]/i;
      if (
        !match ||
        (match[1] ?? '').length > 2 ||
        !digits.test(match[1] ?? '') ||
        !digits.test(match[3] ?? '')
      )
        throw new ConfigError(`Property '${type}.${name}' doesn't take value '${text}'`);
      const [cssid, ssid, devid] = match.slice(1).map(hexNumber) as [number, number, number];
      if (cssid > DEFAULT_CSSID || cssid < 0 || ssid > MAX_SSID)
        throw new ConfigError(
          `Invalid cssid or ssid: cssid ${(cssid >>> 0).toString(16)}, ssid ${ssid.toString(16)}`,
        );
      return { cssid, ssid, devid: devid & MAX_DEVNO };
    },
    print: (value) => `"${idOrUnset(value)}"`,
    toJson: idOrUnset,
  });
}

/** A number that the machine gave a device. */
export function assignedId(): Property<CssId | undefined> {
  return custom<CssId | undefined>({
    type: 'str',
    default: undefined,
    description:
      'Read-only identifier of an I/O device in the channel subsystem, example: fe.1.23ab',
    parse(_text, { name, type }) {
      throw new ConfigError(`Property '${type}.${name}' is not writable`);
    },
    print: (value) => `"${idOrUnset(value)}"`,
    toJson: idOrUnset,
  });
}

function idOrUnset(value: CssId | undefined): string {
  return value ? cssIdText(value) : '<unset>';
}

function hexNumber(text: string): number {
  const [, sign, digits = ''] = /^\s*([+-]?)(?:0[xX])?(.*)$/.exec(text) ?? [];
  const value = digits === '' ? 0 : Number.parseInt(digits, 16);
  return sign === '-' ? -value : value;
}
