import { describe, expect, it } from 'vitest';
import { SAMPLE_DOMAINS } from '../../testing/libvirt-domains.ts';
import { Trials } from '../../testing/trials.ts';
import { virtioPlaces } from '../../testing/virtio-places.ts';
import { adopt } from '../adopt/adopt.ts';
import { lineOf } from '../read.ts';
import { fromLibvirt, looksLikeDomain } from './from-libvirt.ts';
import { LibvirtError } from './xml.ts';

describe('domains of the web’s usual examples', () => {
  it.each(SAMPLE_DOMAINS.map((sample) => [sample.name, sample] as const))(
    '%s',
    async (_, { xml, virtio }) => {
      const trials = new Trials();
      const { doc, images, notes } = await adopt(xml, trials.tryLine, { files: [] });
      expect(trials.count).toBeLessThanOrEqual(6);
      const trial = await trials.tryLine(lineOf(doc), images);
      if (trial.kind !== 'stands') throw new Error(trial.message);
      // Devices inside a transport have no id of their own.
      const found = virtioPlaces(trial.topology).filter(({ id }) => id !== '');
      expect(found.map(({ type, id }) => `${type} ${id}`).sort()).toEqual(
        virtio.map(([type, id]) => `${type} ${id}`).sort(),
      );
      for (const note of notes) expect(note).toMatch(/^[^\n]{10,300}[.”]$/);
    },
  );

  it('says the same of machines as libvirt’s own command line would', () => {
    const { commandLine } = fromLibvirt(SAMPLE_DOMAINS[0]?.xml ?? '');
    expect(commandLine).toContain('-machine pc-q35-7.2,usb=off,vmport=off');
    expect(commandLine).toContain(
      '-device pcie-root-port,port=0x10,chassis=1,id=pci.1,bus=pcie.0,multifunction=on,addr=0x2',
    );
    expect(commandLine).toContain(
      '-device virtio-blk-pci,bus=pci.4,addr=0x0,drive=drive-virtio-disk0',
    );
    expect(commandLine).toContain('-nodefaults');
  });
});

describe('processors', () => {
  const line = (inside: string) =>
    fromLibvirt(`<domain><os><type arch='x86_64' machine='pc'>hvm</type></os>${inside}</domain>`)
      .commandLine;
  it('are counted, and more can come', () => {
    expect(line('<vcpu>4</vcpu>')).toContain('-smp 4');
    expect(line("<vcpu current='2'>4</vcpu>")).toContain('-smp 2,maxcpus=4');
  });
});

describe('hostile XML', () => {
  it.each([
    ['not XML', 'qemu-system-x86_64'],
    ['no domain', '<network/>'],
    ['an entity bomb', '<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><domain>&b;</domain>'],
    ['an entity of one’s own', '<domain><name>&evil;</name></domain>'],
    ['an external entity', '<!DOCTYPE d SYSTEM "file:///etc/passwd"><domain/>'],
    ['never closed', `<domain>${'<a>'.repeat(200_000)}`],
    ['too deep', `<domain>${'<a>'.repeat(100)}${'</a>'.repeat(100)}</domain>`],
    ['too many elements', `<domain>${'<a/>'.repeat(150_000)}</domain>`],
    ['too long', `<domain>${' '.repeat(2 ** 20)}</domain>`],
    ['an architecture that is not here', "<domain><os><type arch='ppc64'>hvm</type></os></domain>"],
    ['names of JavaScript', "<domain><os><type arch='__proto__'>hvm</type></os></domain>"],
  ])('%s', (_, xml) => {
    const start = performance.now();
    let error: unknown;
    try {
      const { commandLine } = fromLibvirt(xml);
      // An unknown entity is a text like any other.
      expect(commandLine).toContain('&evil;');
    } catch (thrown) {
      error = thrown;
    }
    if (error !== undefined) expect(error).toBeInstanceOf(LibvirtError);
    expect(performance.now() - start).toBeLessThan(5000);
  });

  it('makes no options of what stands in a text', async () => {
    const { commandLine } = fromLibvirt(
      "<domain><name>a -device virtio-rng-pci $(x) `y` 'z'</name><devices/></domain>",
    );
    const trials = new Trials();
    const { doc } = await adopt(commandLine, trials.tryLine, { files: [] });
    expect(doc.options.filter(({ name }) => name === 'device')).toEqual([]);
    expect(doc.options.find(({ name }) => name === 'name')?.argument).toBe(
      "guest=a -device virtio-rng-pci $(x) `y` 'z'",
    );
  });

  it.each([
    '<domain',
    ' <domain type="kvm">',
    '<?xml version="1.0"?><domain>',
    '<!-- a --><domain>',
  ])('knows %j for a domain', (text) => expect(looksLikeDomain(`${text} `)).toBe(true));
});
