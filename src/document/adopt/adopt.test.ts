import { describe, expect, it } from 'vitest';
import { PASTED_LINES } from '../../testing/pasted-lines.ts';
import { Trials } from '../../testing/trials.ts';
import { virtioPlaces } from '../../testing/virtio-places.ts';
import { DocumentError } from '../document.ts';
import { lineOf } from '../read.ts';
import { adopt, kindOfText } from './adopt.ts';
import { standInContent } from './stand-in.ts';

async function adopted(
  text: string,
  files: readonly string[] = [],
  contents: Readonly<Record<string, Uint8Array>> = {},
) {
  const trials = new Trials(files, contents);
  const result = await adopt(text, trials.tryLine, { files });
  const tries = trials.count;
  const trial = await trials.tryLine(lineOf(result.doc), result.images);
  if (trial.kind !== 'stands') throw new Error(trial.message);
  return { ...result, line: lineOf(result.doc), tries, places: virtioPlaces(trial.topology) };
}

const refusal = (text: string) =>
  adopt(text, new Trials().tryLine, { files: [] }).then(
    () => 'taken',
    (error: unknown) => {
      expect(error).toBeInstanceOf(DocumentError);
      return (error as DocumentError).message;
    },
  );

describe('lines of the web’s usual examples', () => {
  it.each(PASTED_LINES.map((sample) => [sample.name, sample] as const))(
    '%s',
    async (_, { text, virtio, told = [] }) => {
      const { places, notes, tries, images, line } = await adopted(text);
      const left = [...places];
      for (const [type, id] of virtio) {
        const at = left.findIndex((one) => one.type === type && one.id === (id ?? ''));
        expect(at, `${type} ${id ?? ''} in ${JSON.stringify(left)}`).toBeGreaterThanOrEqual(0);
        left.splice(at, 1);
      }
      for (const words of told) expect(notes.join('\n')).toContain(words);
      for (const note of notes) expect(note).toMatch(/^[^\n]{10,300}[.”]$/);
      expect(new Set(notes).size).toBe(notes.length);
      expect(tries).toBeLessThanOrEqual(6);
      for (const { name } of images) expect(line).toContain(name);
      expect(kindOfText(text)).toBe('command');
    },
  );

  it('takes over what it made itself, with nothing to say', async () => {
    for (const { text } of PASTED_LINES) {
      const first = await adopted(text);
      const again = await adopted(
        first.line,
        first.images.map(({ name }) => name),
      );
      expect(again.line).toBe(first.line);
      expect(again.notes).toEqual([]);
    }
  });
});

describe('images', () => {
  it('takes the page’s own by name, with or without the way there', async () => {
    const { line, images, notes } = await adopted(
      '-drive file=/srv/a.img,if=virtio,format=raw -drive file=b.img,if=virtio,format=raw',
      ['a.img', 'b.img', 'c.img'],
    );
    expect(line).toContain('file=a.img');
    expect(line).toContain('file=b.img');
    expect(images).toEqual([]);
    expect(notes.join()).toContain('a.img');
  });

  it('never lets an exported line write to an image of another format as if it were raw', async () => {
    const { line, images } = await adopted(
      'qemu-system-x86_64 -drive file=x.qcow2,format=qcow2,if=virtio',
    );
    expect(line).toContain('file=x.raw,format=raw');
    expect(images).toEqual([{ name: 'x.raw', format: 'raw', bytes: 8 * 2 ** 20 }]);
  });

  it('puts an empty image in the place of one that is here and cannot be read', async () => {
    const qcow2 = standInContent({ name: '', format: 'qcow2', bytes: 2 ** 30 });
    const { line, notes } = await adopted(
      '-hda mine.qcow2 -drive file=other,if=virtio',
      ['mine.qcow2', 'other'],
      { 'mine.qcow2': qcow2, other: qcow2 },
    );
    expect(line).toBe('-hda mine.raw -drive file=other.raw,if=virtio,format=raw');
    expect(notes.join()).toContain('mine.qcow2 is a qcow2 image, which is not read here');
  });

  it('calls what is read over a network by its own name', async () => {
    const { images } = await adopted(
      '-cdrom https://example.org/iso/small.iso?x=1 -drive file=rbd:pool/vol@snap:id=me,format=raw,if=virtio',
    );
    expect(images.map(({ name }) => name)).toEqual(['small.iso', 'vol']);
  });
});

describe('what cannot be had', () => {
  it.each([
    [
      '-device virtio-blk-pci,drive=d,x-unknown=7,num-queues=2 -drive id=d,if=none,file=d.img,format=raw',
      /x-unknown=7 is left out/,
    ],
    ['-M pc-i440fx-2.9 -device virtio-rng-pci,bus=pci.0,addr=0x9', /pc-i440fx-2.9 becomes pc/],
    ['-m 96G -device virtio-rng-pci', /does not get as much/],
    ['-cpu Neoverse-V9 -device virtio-rng-pci', /becomes max/],
    ['-smp 4,sockets=3,cores=3,maxcpus=4 -device virtio-rng-pci', /do not fit together/],
    ['-device vfio-pci,host=1 -device vfio-pci,host=2 -device virtio-rng-pci', /vfio-pci/],
    ['-device virtio-net-pci,netdev=nowhere', /nowhere/],
    ['-net nic,model=rtl8139 -net user -device virtio-rng-pci', /card rtl8139 becomes/],
    ['-nic tap,model=pcnet -device virtio-rng-pci', /card pcnet becomes/],
    ['-vga qxl -device virtio-rng-pci', /qxl becomes std/],
    [
      '-device lsi53c895a,id=s -drive if=none,id=d,file=d.img,format=raw -device scsi-hd,bus=s.0,drive=d',
      /virtio-scsi-pci/,
    ],
    [
      '-device vhost-user-blk-pci,id=b,chardev=c -chardev socket,id=c,path=/x',
      /becomes virtio-blk-pci/,
    ],
    ['-M q35 -no-hpet -rtc driftfix=slew -device virtio-rng-pci', /hpet=off/],
    [
      '-device virtio-9p-pci,fsdev=f,mount_tag=t -fsdev proxy,id=f,socket=/x',
      /by another program: f/,
    ],
    ['-device virtio-rng-pci -frobnicate 3', /no option -frobnicate/],
    ['-M q35 -device virtio-rng-pci,bus=pci.7', /pci\.7/],
  ])('%s', async (text, note) => {
    const { notes, places } = await adopted(text);
    expect(notes.join('\n')).toMatch(note);
    expect(places.length).toBeGreaterThan(0);
  });

  it('keeps ids, buses and addresses', async () => {
    const text =
      '-M q35 -device pcie-root-port,id=rp,bus=pcie.0,addr=0x5,chassis=3 -netdev tap,id=n -device virtio-net-pci,id=nic,netdev=n,bus=rp,addr=0x0,mac=52:54:00:00:00:09';
    expect((await adopted(text)).line).toBe(text.replace('tap', 'user'));
  });

  it('needs one try where nothing is wrong', async () => {
    const { tries, notes } = await adopted('-M q35 -m 64 -device virtio-rng-pci');
    expect([tries, notes]).toEqual([1, []]);
  });
});

describe('what no machine can be made of', () => {
  it.each([
    ['Dear all, the meeting is at four.', /neither/],
    ['', /neither/],
    ['qemu-system-ppc64 -M pseries', /ppc64/],
    ['<network><name>default</name></network>', /not a libvirt <domain>/],
    ['<!DOCTYPE x [<!ENTITY a "b">]><domain>&a;</domain>', /document type/],
    ['<domain><name>x</domain>', /not well-formed/],
    [`<domain>${'<a>'.repeat(300_000)}`, /not well-formed/],
    [`<domain>${'<a/>'.repeat(200_000)}</domain>`, /elements/],
    [`<domain>${'<a>'.repeat(60)}${'</a>'.repeat(60)}</domain>`, /cannot be read/],
    ['x'.repeat(2 ** 20 + 1), /longer/],
    [`qemu-system-x86_64 ${'-device virtio-rng-pci '.repeat(20_000)}`, /options/],
    [`A=${'x'.repeat(999)}\n${'A=$A$A\n'.repeat(40)}qemu-system-x86_64 -m $A`, /grows too long/],
    [`qemu-system-x86_64 -append 'never closed`, /quote/],
  ])('%.40s', async (text, message) => {
    expect(await refusal(text)).toMatch(message);
  });

  it.each([
    ['$(', 'qemu-system-x86_64 '],
    [`\${a:-`, 'qemu-system-x86_64 '],
    ['$((', 'qemu-system-x86_64 '],
    ['\n', 'qemu-system-x86_64 -m 1'],
    ['A+=(x) ', ''],
    ['a=$b ', ''],
    ['<<a\n', 'qemu-system-x86_64 '],
    ['-\n', ''],
    ['<a b="c"> ', '<domain>'],
    ['<!--', '<domain>'],
  ])('takes no more than linear time over %j', async (part, front) => {
    const time = (characters: number): number => {
      const text = front + part.repeat(characters / part.length);
      const start = performance.now();
      kindOfText(text);
      return performance.now() - start;
    };
    time(2 ** 14);
    // Quadratic time would be 64 times as long at least, thousands of milliseconds.
    expect(time(2 ** 19)).toBeLessThan(5000);
  });
});

describe('kinds of text', () => {
  it.each([
    ['<domain type="kvm"/>', 'domain'],
    ["<?xml version='1.0'?>\n<domain></domain>", 'domain'],
    ['$ sudo qemu-system-x86_64 -m 1G', 'command'],
    ['kvm -m 512 disk.img', 'command'],
    ['-m 512 -device virtio-rng-pci', 'options'],
    ['apt install qemu-system-x86_64 -y', undefined],
    ['modprobe kvm', undefined],
    ['log("-m 512")', undefined],
    ['-- a list\n-- of things', undefined],
    ['<network/>', undefined],
  ])('%j', (text, kind) => {
    expect(kindOfText(text)).toBe(kind);
  });
});
