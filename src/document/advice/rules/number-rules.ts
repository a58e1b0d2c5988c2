import type { Advice, Fix } from '../advice.ts';
import type { Refusal, Rule } from '../refusal.ts';
import { shortName, virtioName } from '../transports.ts';

/** Keys that say where a device is, and on which transport they do. */
const PLACES: Readonly<Record<string, 'pci' | 'ccw'>> = {
  addr: 'pci',
  multifunction: 'pci',
  devno: 'ccw',
};

/** A PCI address from whatever was typed, or undefined: `00:05.0`, `0x5`, `fe.0.0005`. */
export function pciAddress(text: string): string | undefined {
  const clean = text.trim().toLowerCase();
  const channel = /^[0-9a-f]{1,2}\.[0-3]\.([0-9a-f]{1,4})$/.exec(clean)?.[1];
  if (channel !== undefined) return slotText(Number.parseInt(channel, 16), 0);
  const found = /^(?:(?:[0-9a-f]{4}:)?[0-9a-f]{2}:)?(?:0x)?([0-9a-f]{1,2})(?:\.([0-7]))?$/.exec(
    clean,
  );
  return found ? slotText(Number.parseInt(found[1] ?? '', 16), Number(found[2] ?? 0)) : undefined;
}

/** The same as something to offer: no address where a device is already. */
function freeAddress(refusal: Refusal, text: string): string | undefined {
  const address = pciAddress(text);
  const named = refusal.entry('bus');
  const bus = refusal.buses.find(
    ({ ancestors, name }) => ancestors.includes('PCI') && (named === undefined || name === named),
  );
  return bus?.children.some((device) => device.address === address) ? undefined : address;
}

function slotText(slot: number, fn: number): string | undefined {
  if (slot > 31) return undefined;
  return `${slot.toString(16).padStart(2, '0')}.${fn}`;
}

/** A channel device number from whatever was typed, or undefined: `1234`, `0x5`, `05.0`, `0.0.1234`. */
export function deviceNumber(text: string): string | undefined {
  const clean = text.trim().toLowerCase();
  const found =
    /^(?:0x)?([0-9a-f]{1,4})$/.exec(clean)?.[1] ??
    /^(?:[0-9a-f]{1,3}\.){2}([0-9a-f]{1,4})$/.exec(clean)?.[1] ??
    /^([0-9a-f]{1,2})\.[0-7]$/.exec(clean)?.[1];
  return found === undefined ? undefined : `fe.0.${found.padStart(4, '0')}`;
}

/** `addr=` on a channel, `devno=` on PCI. */
function wrongKey([, owner = '', key = '']: RegExpExecArray, refusal: Refusal): Advice | undefined {
  const belongs = Object.hasOwn(PLACES, key) ? PLACES[key] : undefined;
  const name = virtioName(owner);
  const here = name?.transport;
  if (belongs === undefined || here === undefined || here === belongs) return undefined;
  const value = refusal.entry(key) ?? '';
  const right = here === 'ccw' ? 'devno' : 'addr';
  const converted =
    here === 'ccw' ? deviceNumber(value) : here === 'pci' ? freeAddress(refusal, value) : undefined;
  const words =
    here === 'mmio'
      ? `A virtio-mmio slot is chosen by its bus (bus=virtio-mmio-bus.N), and has no ${key}.`
      : here === 'ccw'
        ? 'A channel device is found by its device number: devno=fe.0.1234 is channel subsystem fe (the one for virtio), subchannel set 0, number 1234. There is no PCI slot, and the subchannel number is not the device number.'
        : 'A PCI function is found by slot and function: addr=05.0 is slot 5, function 0, both hexadecimal. Device numbers belong to channel devices.';
  const convert: Fix[] =
    converted !== undefined && key !== 'multifunction'
      ? [
          {
            label: `Use ${right}=${converted}`,
            words: `${right} says where the device is on this transport.`,
            doc: refusal.changed({ [right]: converted }, refusal.changed({ [key]: undefined })),
            ...refusal.anew,
          },
        ]
      : [];
  return {
    title: `${shortName(owner)} has no ${key}`,
    words,
    misconception: 9,
    section: here === 'ccw' ? '4.3.1' : here === 'mmio' ? '4.2.1' : '4.1.2',
    fixes: [
      ...convert,
      {
        label: `Leave out ${key}`,
        words: 'QEMU gives the device the first place that is free.',
        doc: refusal.changed({ [key]: undefined }),
        ...refusal.anew,
      },
    ],
  };
}

/** An address that is not written as one. */
function malformed(
  [, owner = '', key = '', value = '']: RegExpExecArray,
  refusal: Refusal,
): Advice | undefined {
  if (key !== 'addr' && key !== 'devno') return undefined;
  const right = key === 'devno' ? deviceNumber(value) : freeAddress(refusal, value);
  return {
    title: key === 'devno' ? 'That is no device number' : 'That is no PCI address',
    words:
      key === 'devno'
        ? 'A device number has three parts in hexadecimal, cssid.ssid.number: fe.0.1234. cssid fe is the one for virtio, ssid is 0 to 3, the number has up to four digits.'
        : 'An address on a PCI bus is slot.function in hexadecimal: 1f.7 is the last one. The bus is not part of it; bus= names that.',
    misconception: key === 'devno' ? 9 : 4,
    section: key === 'devno' ? '4.3.1' : '4.1.2',
    fixes: [
      ...(right !== undefined && right !== value
        ? [
            {
              label: `Use ${key}=${right}`,
              words: `It is the same number, written as ${shortName(owner)} wants it.`,
              doc: refusal.changed({ [key]: right }),
              ...refusal.anew,
            },
          ]
        : []),
      {
        label: `Leave out ${key}`,
        words: 'QEMU gives the device the first place that is free.',
        doc: refusal.changed({ [key]: undefined }),
        ...refusal.anew,
      },
    ],
  };
}

/** Refusals about how places are written. */
export const NUMBER_RULES: readonly Rule[] = [
  { match: /^Property '(.*)\.([\w-]+)' not found$/, advise: wrongKey },
  { match: /^Property '(.*)\.(\w+)' doesn't take value '(.*)'$/, advise: malformed },
  {
    match: /^Invalid cssid or ssid: cssid ([0-9a-f]+), ssid ([0-9a-f]+)$/,
    advise: (_, refusal) => {
      const value = refusal.entry('devno') ?? '';
      const number = /([0-9a-f]{1,4})$/i.exec(value)?.[1];
      const right = number === undefined ? undefined : `fe.0.${number.padStart(4, '0')}`;
      return {
        title: 'There is no such channel subsystem',
        words:
          'A device number is cssid.ssid.number. cssid goes up to fe, which is the one for virtio devices, and ssid from 0 to 3.',
        misconception: 9,
        section: '4.3.1',
        fixes: [
          ...(right === undefined
            ? []
            : [
                {
                  label: `Use devno=${right}`,
                  words: 'The same number in the subsystem for virtio.',
                  doc: refusal.changed({ devno: right }),
                  ...refusal.anew,
                },
              ]),
          {
            label: 'Leave out devno',
            words: 'QEMU gives the device the first number that is free.',
            doc: refusal.changed({ devno: undefined }),
            ...refusal.anew,
          },
        ],
      };
    },
  },
];
