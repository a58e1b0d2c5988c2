import { ARCHES } from '../../options/programs.ts';
import { joinWords } from '../../options/words.ts';
import { argumentOf } from './from/argument.ts';
import { readCharacters } from './from/characters.ts';
import { readControllers } from './from/controllers.ts';
import { bytesOf, filesystem, iommu, SINGLE_DEVICES } from './from/devices.ts';
import { readDisk } from './from/disks.ts';
import { readInterface } from './from/network.ts';
import { type Platform, Reader } from './from/reader.ts';
import { type Element, element, LibvirtError, parseXml } from './xml.ts';

/** A domain as the command line that libvirt would start, and what was left out or changed. */
export interface FromLibvirt {
  readonly commandLine: string;
  readonly notes: readonly string[];
}

/** Whether a text looks like a libvirt domain. */
export function looksLikeDomain(text: string): boolean {
  return /^\s*(?:<\?xml|<!--|<domain[\s>])/.test(text) && /<domain[\s>]/.test(text);
}

/** The QEMU command line of a libvirt domain. Throws LibvirtError where the text is none. */
export function fromLibvirt(xml: string): FromLibvirt {
  const domain = parseXml(xml);
  if (domain.name !== 'domain')
    throw new LibvirtError(`This XML is a <${domain.name.slice(0, 40)}>, not a libvirt <domain>.`);
  const platform = platformOf(domain);
  const devices = domain.child('devices');
  const reader = new Reader(platform, devices);
  boardOptions(reader, domain);
  readDevices(reader, devices ?? element('devices', {}));
  verbatim(reader, domain);
  leftOut(reader, domain, devices);
  return {
    commandLine: joinWords([platform.program, ...reader.words]),
    notes: reader.notes,
  };
}

/** libvirt's names of architectures that QEMU calls otherwise. */
const ARCH_NAMES: Readonly<Record<string, string>> = { i686: 'x86_64', s390: 's390x' };

function platformOf(domain: Element): Platform {
  const type = domain.child('os')?.child('type');
  const asked = type?.attr('arch') ?? programArchOf(domain) ?? 'x86_64';
  const arch = ARCH_NAMES[asked] ?? asked;
  if (!ARCHES.some((known) => known === arch))
    throw new LibvirtError(
      `This domain is for ${asked.slice(0, 40)}; this page has ${ARCHES.join(', ')}.`,
    );
  const machine = type?.attr('machine') ?? DEFAULT_MACHINES[arch] ?? 'pc';
  const express = /q35|^virt/.test(machine);
  const pci = machine !== 'microvm' && machine !== 'none';
  return {
    program: `qemu-system-${arch}`,
    pciRoot: pci ? (express ? 'pcie.0' : 'pci.0') : undefined,
    transport: arch === 's390x' ? 'ccw' : pci ? 'pci' : 'mmio',
    sata: machine.includes('q35'),
    ide: arch === 'x86_64' && pci && !machine.includes('q35'),
  };
}

/** What libvirt takes where `<type>` names no machine. */
const DEFAULT_MACHINES: Readonly<Record<string, string>> = {
  x86_64: 'pc',
  aarch64: 'virt',
  riscv64: 'virt',
  s390x: 's390-ccw-virtio',
};

function programArchOf(domain: Element): string | undefined {
  const emulator = domain.child('devices')?.child('emulator')?.text ?? '';
  return /qemu-system-(\w+)$/.exec(emulator)?.[1];
}

/** What is said about the machine as a whole. */
function boardOptions(reader: Reader, domain: Element): void {
  const arch = reader.platform.program.slice('qemu-system-'.length);
  const type = domain.child('os')?.child('type');
  const name = domain.child('name')?.text;
  if (name) reader.option('name', argumentOf('', { guest: name }));
  const machine = type?.attr('machine') ?? DEFAULT_MACHINES[arch] ?? 'pc';
  const features = domain.child('features');
  reader.option(
    'machine',
    argumentOf(machine, {
      usb: reader.platform.program === 'qemu-system-x86_64' ? 'off' : undefined,
      vmport: stateOf(features?.child('vmport')),
      smm: stateOf(features?.child('smm')),
      'gic-version': arch === 'aarch64' ? features?.at('gic', 'version') : undefined,
      iommu: domain.child('devices')?.at('iommu', 'model') === 'smmuv3' ? 'smmuv3' : undefined,
      acpi: acpiOf(arch, features),
    }),
  );
  processors(reader, domain, arch);
  const memory = bytesOf(domain.child('memory')) ?? bytesOf(domain.child('currentMemory'));
  const most = domain.child('maxMemory');
  if (memory)
    reader.option(
      'm',
      argumentOf(most ? '' : memory, {
        size: most && memory,
        slots: most?.attr('slots'),
        maxmem: bytesOf(most),
      }),
    );
  const uuid = domain.child('uuid')?.text;
  if (uuid) reader.option('uuid', uuid);
  reader.option('nodefaults');
  const child = (path: string) => domain.child('os')?.child(path)?.text;
  const [kernel, initrd, append] = [child('kernel'), child('initrd'), child('cmdline')];
  if (kernel || initrd || append)
    reader.note('The kernel that the domain starts directly is left out: no guest code runs here.');
  if (domain.child('os')?.child('loader'))
    reader.note('The firmware (loader, nvram) is left out: no guest code runs here.');
}

const stateOf = (feature: Element | undefined): string | undefined =>
  feature && (feature.attr('state') ?? 'on');

/** Only said where it is not the machine's default. */
function acpiOf(arch: string, features: Element | undefined): string | undefined {
  return arch !== 's390x' && features && !features.child('acpi') ? 'off' : undefined;
}

function processors(reader: Reader, domain: Element, arch: string): void {
  const kind = domain.attr('type') ?? 'qemu';
  if (kind !== 'qemu')
    reader.note(
      `“${kind}” is left out: it makes processors faster, and is not a part of the machine.`,
    );
  const cpu = domain.child('cpu');
  const mode = cpu?.attr('mode') ?? 'custom';
  const model = cpu?.child('model')?.text;
  if (mode !== 'custom') {
    if (mode !== 'maximum')
      reader.note(
        `Processors like the host’s (${mode}) become “max”: all that QEMU itself can do.`,
      );
    if (arch !== 'riscv64') reader.option('cpu', 'max');
  } else if (model) reader.option('cpu', cpuOf(model, cpu));
  // QEMU's own default is a 32-bit one.
  else if (arch === 'aarch64') reader.option('cpu', 'max');
  const count = domain.child('vcpu')?.text;
  const topology = cpu?.child('topology');
  const current = domain.child('vcpu')?.attr('current');
  const fewer = current !== undefined && /^\d{1,5}$/.test(current) && current !== count;
  if (count && /^\d{1,5}$/.test(count))
    reader.option(
      'smp',
      argumentOf(fewer ? current : count, {
        maxcpus: fewer ? count : undefined,
        sockets: topology?.attr('sockets'),
        dies: topology?.attr('dies') === '1' ? undefined : topology?.attr('dies'),
        cores: topology?.attr('cores'),
        threads: topology?.attr('threads'),
      }),
    );
}

function cpuOf(model: string, cpu: Element | undefined): string {
  const features: Record<string, string> = {};
  for (const feature of cpu?.all('feature') ?? []) {
    const name = feature.attr('name');
    if (name)
      features[name] = /^(?:disable|forbid)$/.test(feature.attr('policy') ?? '') ? 'off' : 'on';
  }
  return argumentOf(model, features);
}

function readDevices(reader: Reader, devices: Element): void {
  for (const one of devices.all('iommu')) iommu(reader, one);
  readControllers(reader, devices.all('controller'));
  devices.all('filesystem').forEach((one, at) => {
    filesystem(reader, one, at);
  });
  for (const one of devices.all('disk')) readDisk(reader, one);
  devices.all('interface').forEach((one, at) => {
    readInterface(reader, one, at);
  });
  readCharacters(reader, devices);
  for (const [name, read] of Object.entries(SINGLE_DEVICES)) {
    devices.all(name).forEach((one, at) => {
      read(reader, one, at);
    });
  }
  if (!devices.child('memballoon') && hasDevices(devices)) {
    SINGLE_DEVICES.memballoon?.(reader, element('memballoon', { model: 'virtio' }), 0);
    reader.note(
      'A memory balloon was added, as libvirt does for a domain that does not speak of one.',
    );
  }
}

const hasDevices = (devices: Element): boolean => devices.children.length > 0;

/** What libvirt hands to QEMU without a look, whatever prefix the name space has. */
function verbatim(reader: Reader, domain: Element): void {
  for (const group of domain.children) {
    if (/:commandline$/.test(group.name))
      for (const arg of group.children) {
        const value = arg.attr('value');
        if (/:arg$/.test(arg.name) && value !== undefined) reader.words.push(value);
        else if (/:env$/.test(arg.name))
          reader.note(`The environment variable ${arg.attr('name') ?? ''} is left out.`);
      }
    else if (/:override$/.test(group.name))
      reader.note('<qemu:override> is left out: give the devices their properties here.');
  }
}

/** Elements of the domain that are read, or that say nothing about the machine. */
const SAID = new Set(
  `name uuid title description metadata memory currentMemory maxMemory vcpu os features cpu devices genid`
    .split(' ')
    .concat('on_poweroff on_reboot on_crash on_lockfailure pm resource seclabel'.split(' ')),
);
const SAID_OF_DEVICES = new Set([
  ...['emulator', 'controller', 'disk', 'interface', 'serial', 'parallel', 'channel', 'console'],
  ...['filesystem', 'iommu', ...Object.keys(SINGLE_DEVICES)],
]);

/** Names what was not read, once each. */
function leftOut(reader: Reader, domain: Element, devices: Element | undefined): void {
  const names = new Set<string>();
  for (const { name } of domain.children)
    if (!SAID.has(name) && !name.includes(':')) names.add(name);
  for (const { name } of devices?.children ?? []) if (!SAID_OF_DEVICES.has(name)) names.add(name);
  if (names.size > 0)
    reader.note(`Left out: ${[...names].map((name) => `<${name.slice(0, 40)}>`).join(', ')}.`);
}
