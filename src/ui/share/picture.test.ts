import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import { machineOf } from '../../testing/built-machine.ts';
import { graphOf } from '../topology/graph.ts';
import { COLOURS, type Colours, type PictureLook, pictureSvg } from './picture.ts';

const LOOK: PictureLook = {
  colours: Object.fromEntries(COLOURS.map((name, i) => [name, `#00000${i}`])) as Colours,
  sans: '"Segoe UI", sans-serif',
  mono: 'monospace',
  measure: (text) => text.length * 7,
  guest: 'idle',
  stateOf: () => ({ text: 'DRIVER_OK', marks: [true, true, false, false] }),
  markOf: ({ option }) => (option === undefined ? undefined : 'asked'),
  groupName: () => 'platform devices',
  title: 'a < b & "c"\u0000\ud800',
  description: '-M pc',
};

const svgOf = (line: string) => {
  const graph = graphOf(machineOf(line).topology(), new Set());
  return { graph, ...pictureSvg(graph, LOOK) };
};

interface Element {
  readonly '#text'?: string;
}
const parsed = (text: string) =>
  new XMLParser({ ignoreAttributes: false }).parse(text).svg as Record<string, Element[]>;

describe('a picture of a machine', () => {
  const line = '-M q35 -nodefaults -device virtio-rng-pci,id=one -device virtio-rng-pci,id=two';

  it('has every card, every wire and every word', () => {
    const { text, graph } = svgOf(line);
    const words = parsed(text).text?.map((element) => element['#text']);
    expect(words).toEqual(
      expect.arrayContaining(['Guest', 'virtio-rng-pci one', 'virtio-rng-pci two', 'DRIVER_OK']),
    );
    const marked = [...graph.nodes.values()].filter(
      (node) => node.kind === 'device' && node.device.option !== undefined,
    );
    expect(parsed(text).path).toHaveLength(
      graph.layout.wires.length + graph.links.filter(({ own }) => !own).length + marked.length,
    );
  });

  it('is as large as the machine, whatever stands in sight', () => {
    const { graph, width, height } = svgOf(line);
    expect(width).toBeGreaterThan(graph.layout.width);
    expect(height).toBeGreaterThan(graph.layout.height);
  });

  it('is XML whatever names hold, and cuts what is too long for its card', () => {
    const long = 'x'.repeat(200);
    const { text } = svgOf(`-M pc -drive if=none,id=${long}`);
    expect(XMLValidator.validate(text)).toBe(true);
    expect(text).toContain('<title>a &lt; b &amp; &quot;c&quot;\ufffd</title>');
    expect(text).not.toContain(long);
    expect(text).toMatch(/x{20,}…</);
  });
});
