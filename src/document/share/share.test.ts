import { strToU8, zlibSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { toBase64Url } from './base64url.ts';
import type { Bundle } from './bundle.ts';
import { decodeFile, encodeFile, fileNameOf } from './file.ts';
import { decodeLink, encodeLink, LINK_LIMITS } from './link.ts';

const BUNDLE: Bundle = {
  version: 1,
  name: 'Zwei Platten – ✓',
  commandLine: "-M q35 -device 'virtio-blk-pci,serial=a b,drive=d0'",
  script: 'log("ä€𝄞");\n'.repeat(50),
  era: 'before',
  presentation: true,
};

const linkOf = (value: unknown, version = 1): string =>
  `#v${version}.${toBase64Url(zlibSync(strToU8(JSON.stringify(value))))}`;

describe('a link', () => {
  it('gives back what was put into it', () => {
    expect(decodeLink(encodeLink(BUNDLE))).toEqual(BUNDLE);
    const least: Bundle = { version: 1, commandLine: '' };
    expect(decodeLink(encodeLink(least).slice(1))).toEqual(least);
  });

  it('is noticed to be damaged wherever one character changed or is missing', () => {
    const link = encodeLink(BUNDLE);
    for (let at = 4; at < link.length; at++) {
      const other = link[at] === 'A' ? 'B' : 'A';
      const changed = link.slice(0, at) + other + link.slice(at + 1);
      // The last digit may have bits that belong to no byte.
      if (at < link.length - 1) expect(() => decodeLink(changed)).toThrow(/damaged|too long|JSON/);
      expect(() => decodeLink(link.slice(0, at))).toThrow(/damaged/);
    }
    expect(() => decodeLink(`${link.slice(0, 9)}*${link.slice(10)}`)).toThrow('its character 10');
  });

  it.each<[string, string, RegExp]>([
    ['a newer version', linkOf({ something: 'else' }, 2), /newer version of this page/],
    ['no version of ours', '#section-3', /not a machine/],
    ['version 0', linkOf({ commandLine: '' }, 0), /never was/],
    ['5 MB', `#v1.${'A'.repeat(5_000_000)}`, /too long: 4.8 MiB/],
    ['a bomb', linkOf({ commandLine: ' '.repeat(60_000_000) }), /unfolds to more than 1.0 MiB/],
    ['an array', linkOf([1]), /does not hold a machine/],
    ['nothing', linkOf(null), /does not hold a machine/],
    ['no command line', linkOf({ name: 'x' }), /no command line/],
    ['a number for a line', linkOf({ commandLine: 7 }), /command line is not a text/],
    ['a long name', linkOf({ commandLine: '', name: 'x'.repeat(121) }), /name is longer than 120/],
    ['a long line', linkOf({ commandLine: 'x'.repeat(270_000) }), /longer than 262,144/],
    ['an unknown era', linkOf({ commandLine: '', era: 'now' }), /era/],
    ['an unknown field', linkOf({ commandLine: '', run: true }), /field “run”/],
  ])('with %s is refused with a reason', (_, link, reason) => {
    expect(() => decodeLink(link)).toThrow(reason);
  });

  it.each(['__proto__', 'constructor', 'toString'])('cannot reach a prototype: %s', (key) => {
    const json = `{"commandLine":"","${key}":{"polluted":true}}`;
    const link = `#v1.${toBase64Url(zlibSync(strToU8(json)))}`;
    expect(() => decodeLink(link)).toThrow(`field “${key}”`);
    expect(() => decodeFile(`{"format":"virtio-playground","version":1,${json.slice(1)}`)).toThrow(
      `field “${key}”`,
    );
    expect('polluted' in {}).toBe(false);
  });

  it('is not made where it could not be opened', () => {
    // Not compressible: 200,000 digits of a linear congruence.
    let x = 1;
    const noise = Array.from({ length: LINK_LIMITS.hash }, () => {
      x = (Math.imul(x, 1103515245) + 12345) >>> 0;
      return String.fromCharCode(33 + ((x >>> 16) % 90));
    }).join('');
    expect(() => encodeLink({ version: 1, commandLine: '', script: noise })).toThrow('as a file');
  });

  it('carries a name on one line', () => {
    expect(decodeLink(linkOf({ commandLine: '', name: 'a\n\u202eb' })).name).toBe('a b');
  });
});

describe('a file', () => {
  it('gives back what was put into it, and says what it is', () => {
    const text = encodeFile(BUNDLE);
    expect(decodeFile(text)).toEqual(BUNDLE);
    expect(JSON.parse(text)).toMatchObject({ format: 'virtio-playground', version: 1 });
  });

  it.each<[string, string, RegExp]>([
    ['no JSON', '{"format": ', /not JSON/],
    ['other JSON', '{"name":"left-pad","version":1}', /not a machine of this page/],
    ['a newer version', '{"format":"virtio-playground","version":3}', /newer version/],
    ['no version', '{"format":"virtio-playground","commandLine":""}', /does not say its version/],
    ['a list', '[]', /does not hold a machine/],
  ])('with %s is refused with a reason', (_, text, reason) => {
    expect(() => decodeFile(text)).toThrow(reason);
  });

  it('has a name that file systems take', () => {
    expect(fileNameOf('../a b: c?', '.xml')).toBe('a-b-c.xml');
    expect(fileNameOf('***', '.svg')).toBe('machine.svg');
    expect(fileNameOf(undefined, '.png')).toBe('machine.png');
  });
});
