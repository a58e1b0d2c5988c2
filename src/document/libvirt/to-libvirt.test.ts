import { describe, expect, it } from 'vitest';
import { MACHINES } from '../../lessons/machines.ts';
import { SAMPLE_DOMAINS } from '../../testing/libvirt-domains.ts';
import { PASTED_LINES } from '../../testing/pasted-lines.ts';
import { Trials } from '../../testing/trials.ts';
import { virtioPlaces } from '../../testing/virtio-places.ts';
import { adopt } from '../adopt/adopt.ts';
import { lineOf, readDocument } from '../read.ts';
import { fromLibvirt } from './from-libvirt.ts';
import { toLibvirt } from './to-libvirt.ts';
import { parseXml } from './xml.ts';

/** Types and places of the virtio devices of a line, in any order. */
async function placesOf(trials: Trials, line: string) {
  const trial = await trials.tryLine(line, []);
  if (trial.kind !== 'stands') throw new Error(`${line}\n${trial.message}`);
  const places = virtioPlaces(trial.topology).map(({ type, at }) => `${type} ${at}`);
  return { places: places.sort(), topology: trial.topology };
}

async function roundTrip(text: string) {
  const trials = new Trials();
  const { doc, images } = await adopt(text, trials.tryLine, { files: [] });
  await trials.tryLine(lineOf(doc), images);
  const { places, topology } = await placesOf(trials, lineOf(doc));
  const { xml, notes } = toLibvirt(doc, topology);
  const back = fromLibvirt(xml);
  const after = await placesOf(trials, lineOf(readDocument(back.commandLine)));
  return { places, after: after.places, xml, notes, line: back.commandLine, back };
}

const SOURCES: readonly (readonly [name: string, text: string])[] = [
  ...MACHINES.map(({ id, commandLine }) => [id, commandLine] as const),
  ...PASTED_LINES.map(({ name, text }) => [name, text] as const),
  ...SAMPLE_DOMAINS.map(({ name, xml }) => [name, xml] as const),
];

describe('to libvirt and back', () => {
  it.each(SOURCES)('%s: the same virtio devices on equal places', async (_, text) => {
    const { places, after } = await roundTrip(text);
    expect(places.length).toBeGreaterThan(0);
    expect(after).toEqual(places);
  });

  it.each([
    [
      'properties that libvirt has no word for',
      '-M pc -device virtio-rng-pci,id=r,x-pcie-lnksta-dllla=off',
    ],
    [
      'disks on a controller without id',
      '-M q35 -device virtio-scsi-pci -drive if=none,id=a,file=a.img,format=raw -device scsi-hd,drive=a,bus=scsi.0,lun=3 -drive if=none,id=b,file=b.img,format=raw -device scsi-hd,drive=b,bus=scsi.0,lun=5,dpofua=on',
    ],
    [
      'short forms',
      '-M pc -drive if=virtio,file=a.img,format=raw,werror=stop -nic user,model=virtio,hostfwd=tcp::2222-:22 -device virtio-balloon-pci',
    ],
    ['two balloons', '-M q35 -device virtio-balloon-pci,id=a -device virtio-balloon-pci,id=b'],
    [
      'a shared back end',
      '-M pc -object rng-random,id=o,filename=/dev/urandom -device virtio-rng-pci,rng=o -device virtio-rng-pci,rng=o',
    ],
    [
      'slots out of order',
      '-M microvm -device virtio-rng-device -device virtio-keyboard-device -device virtio-serial-device,bus=virtio-mmio-bus.5',
    ],
    [
      'ports of virtio-serial',
      '-M q35 -device virtio-serial-pci,id=my -chardev null,id=c -device virtserialport,chardev=c,name=a.b,bus=my.0,nr=7 -chardev ringbuf,id=d,size=64 -device virtconsole,chardev=d,bus=my.0',
    ],
    [
      'bridges',
      '-M q35 -device pcie-root-port,id=rp,chassis=9,addr=0x9 -device pcie-pci-bridge,id=br,bus=rp -device virtio-rng-pci,bus=br,addr=0x7 -device virtio-rng-pci,bus=br,addr=0x8,max-bytes=5,period=9',
    ],
    [
      'channel devices',
      'qemu-system-s390x -M s390-ccw-virtio -device virtio-rng-ccw,devno=fe.1.0a00 -device virtio-tablet-ccw',
    ],
  ])('%s', async (_, text) => {
    const { places, after, notes } = await roundTrip(text);
    expect(after).toEqual(places);
    for (const note of notes) expect(note).toMatch(/^[^\n]+\.$/);
  });
});

describe('a domain', () => {
  it('is one to libvirt: machine, memory, processors, devices', async () => {
    const { xml } = await roundTrip(
      '-M q35 -m 512 -smp 4,sockets=1,cores=2,threads=2 -cpu max -name web -uuid 8b0e3c5e-8b9a-4a4d-9d44-2c5f4a0a7f11 -nodefaults -netdev user,id=n -device virtio-net-pci,netdev=n,id=net0,mac=52:54:00:00:00:07',
    );
    const domain = parseXml(xml);
    const text = (name: string) => domain.child(name)?.text;
    expect(domain.attr('type')).toBe('qemu');
    expect([text('name'), text('memory'), text('vcpu')]).toEqual(['web', '512', '4']);
    expect(domain.at('memory', 'unit')).toBe('MiB');
    expect(domain.child('os')?.at('type', 'arch')).toBe('x86_64');
    expect(domain.child('os')?.at('type', 'machine')).toBe('q35');
    expect(domain.at('cpu', 'mode')).toBe('maximum');
    expect(domain.child('cpu')?.at('topology', 'threads')).toBe('2');
    const nic = domain.child('devices')?.child('interface');
    expect(nic?.at('mac', 'address')).toBe('52:54:00:00:00:07');
    expect(nic?.at('address', 'slot')).toMatch(/^0x0\d$/);
    expect(domain.child('qemu:commandline')).toBeUndefined();
  });

  it('loses nothing: what has no words is handed to QEMU, and told', async () => {
    const { xml, notes, line } = await roundTrip(
      '-M pc -object throttle-group,id=t -device virtio-rng-pci,id=r,x-pcie-lnksta-dllla=off',
    );
    const args = parseXml(xml).child('qemu:commandline')?.all('qemu:arg') ?? [];
    expect(args.map((arg) => arg.attr('value'))).toContain('throttle-group,id=t');
    expect(xml).toContain("xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'");
    expect(line).toContain('x-pcie-lnksta-dllla=off');
    expect(notes.join()).toContain('handed to QEMU');
  });

  it('writes any text', async () => {
    const { xml } = await roundTrip(`-M pc -name "guest=<a> & 'b'" -device virtio-rng-pci`);
    expect(parseXml(xml).child('name')?.text).toBe("<a> & 'b'");
  });
});
