import { type Element, element } from '../xml.ts';
import { argumentOf, type Entries } from './argument.ts';
import { neededController } from './controllers.ts';
import type { Reader } from './reader.ts';

type Read = (reader: Reader, one: Element, at: number) => void;

/** Elements of `<devices>` that are a device each, in libvirt's order. */
export const SINGLE_DEVICES: Readonly<Record<string, Read>> = {
  input,
  video,
  sound(reader, one) {
    reader.note(`The sound card (${one.attr('model') ?? ''}) is left out.`);
  },
  watchdog,
  memballoon,
  rng,
  panic(reader, one, at) {
    const model = one.attr('model') ?? 'isa';
    if (model === 'isa') reader.device('pvpanic', { id: reader.id(one, `panic${at}`) });
    else if (model === 'pvpanic')
      reader.device('pvpanic-pci', { id: reader.id(one, `panic${at}`), ...reader.pci(one) });
    else reader.note(`A panic device of model “${model}” is the board’s own affair.`);
  },
  vsock(reader, one) {
    const cid = one.at('cid', 'address');
    const { type, entries } = reader.virtio('vhost-vsock', one);
    if (cid === undefined) reader.note('The vsock device has no address of its own: it gets 3.');
    reader.device(type, { id: reader.id(one, 'vsock0'), 'guest-cid': cid ?? '3', ...entries });
  },
  crypto(reader, one, at) {
    const id = reader.id(one, `crypto${at}`);
    const backend = one.at('backend', 'model') ?? 'builtin';
    if (backend !== 'builtin') reader.note(`${id} has QEMU’s own ciphers instead of “${backend}”.`);
    const queues = one.at('backend', 'queues');
    reader.option('object', argumentOf('cryptodev-backend-builtin', { id: `obj${id}`, queues }));
    const { type, entries } = reader.virtio('virtio-crypto', one);
    reader.device(type, { cryptodev: `obj${id}`, id, ...entries });
  },
  memory,
};

/** File systems come before disks. */
export function filesystem(reader: Reader, one: Element, at: number): void {
  const id = reader.id(one, `fs${at}`);
  const tag = one.at('target', 'dir') ?? id;
  if (one.at('driver', 'type') === 'virtiofs') {
    reader.option('chardev', argumentOf('null', { id: `chr-vu-${id}` }));
    reader.note(`${id} is served by virtiofsd, another program, which is not there.`);
    const { type, entries } = reader.virtio('vhost-user-fs', one);
    reader.device(type, { chardev: `chr-vu-${id}`, tag, id, ...entries });
    return;
  }
  const mode = one.attr('accessmode') ?? 'passthrough';
  reader.option(
    'fsdev',
    argumentOf('local', {
      security_model: mode === 'squash' ? 'none' : mode,
      id: `fsdev-${id}`,
      path: one.at('source', 'dir') ?? '/',
      readonly: one.child('readonly') ? 'on' : undefined,
    }),
  );
  const { type, entries } = reader.virtio('virtio-9p', one);
  reader.device(type, { id, fsdev: `fsdev-${id}`, mount_tag: tag, ...entries });
}

/** An IOMMU stands before the devices whose accesses it sees. */
export function iommu(reader: Reader, one: Element): void {
  const driver = one.child('driver');
  const model = one.attr('model') ?? '';
  const id = reader.id(one, 'iommu0');
  if (model === 'intel')
    reader.device('intel-iommu', {
      id,
      intremap: driver?.attr('intremap'),
      'caching-mode': driver?.attr('caching_mode'),
      eim: driver?.attr('eim'),
      'device-iotlb': driver?.attr('iotlb'),
      'aw-bits': driver?.attr('aw_bits'),
    });
  else if (model === 'virtio')
    reader.device('virtio-iommu', { id, ...reader.pci(one, { integrated: true }) });
  // smmuv3 is a property of the machine.
  else if (model !== 'smmuv3') reader.note(`An IOMMU of model “${model}” is left out.`);
}

function input(reader: Reader, one: Element, at: number): void {
  const kind = one.attr('type') ?? '';
  const bus = one.attr('bus') ?? (kind === 'tablet' ? 'usb' : 'ps2');
  if (bus === 'ps2') return;
  const names: Readonly<Record<string, string>> = {
    mouse: 'mouse',
    tablet: 'tablet',
    keyboard: bus === 'usb' ? 'kbd' : 'keyboard',
  };
  const name = Object.hasOwn(names, kind) ? names[kind] : undefined;
  if (!name || (bus !== 'usb' && bus !== 'virtio')) {
    reader.note(`An input device (${kind} on ${bus}) is left out.`);
    return;
  }
  const id = reader.id(one, `input${at}`);
  if (bus === 'virtio') {
    const { type, entries } = reader.virtio(`virtio-${name}`, one);
    reader.device(type, { id, ...entries });
    return;
  }
  const controller = neededController(reader, 'usb', 0, element('controller', {}));
  reader.device(`usb-${name}`, {
    id,
    bus: `${controller}.0`,
    port: one.at('address', 'type') === 'usb' ? one.at('address', 'port') : undefined,
  });
}

function video(reader: Reader, one: Element, at: number): void {
  const model = one.child('model');
  const kind = model?.attr('type') ?? 'vga';
  if (kind === 'none') return;
  const primary = at === 0;
  const x86 = reader.platform.program === 'qemu-system-x86_64';
  const id = reader.id(one, `video${at}`);
  const outputs = model?.attr('heads');
  if (kind === 'virtio') {
    const vga = primary && x86 ? { type: 'virtio-vga', integrated: true } : { integrated: true };
    const { type, entries } = reader.virtio('virtio-gpu', one, vga);
    if (model?.at('acceleration', 'accel3d') === 'yes')
      reader.note(`${id} draws without 3D acceleration.`);
    reader.device(type, { id, max_outputs: outputs, ...entries });
    return;
  }
  const types: Readonly<Record<string, string>> = {
    vga: primary ? 'VGA' : 'secondary-vga',
    cirrus: 'cirrus-vga',
    qxl: primary ? 'qxl-vga' : 'qxl',
    bochs: 'bochs-display',
    vmvga: 'vmware-svga',
  };
  if (kind === 'ramfb') reader.device('ramfb', { id });
  else if (Object.hasOwn(types, kind))
    reader.device(types[kind] ?? kind, { id, ...reader.pci(one, { integrated: true }) });
  else reader.note(`A display of model “${kind}” is left out.`);
}

function watchdog(reader: Reader, one: Element, at: number): void {
  const model = one.attr('model') ?? '';
  if (model === 'itco') return;
  const id = reader.id(one, `watchdog${at}`);
  if (model === 'i6300esb') reader.device(model, { id, ...reader.pci(one, { integrated: true }) });
  else if (model === 'ib700' || model === 'diag288') reader.device(model, { id });
  else {
    reader.note(`A watchdog of model “${model}” is left out.`);
    return;
  }
  const action = one.attr('action') ?? 'reset';
  reader.option('watchdog-action', action === 'dump' ? 'pause' : action);
}

function memballoon(reader: Reader, one: Element): void {
  if (one.attr('model') === 'none') return;
  const { type, entries } = reader.virtio('virtio-balloon', one);
  reader.device(type, {
    id: reader.id(one, 'balloon0'),
    'deflate-on-oom': one.attr('autodeflate'),
    'free-page-reporting': one.attr('freePageReporting'),
    ...entries,
  });
}

function rng(reader: Reader, one: Element, at: number): void {
  const id = reader.id(one, `rng${at}`);
  const backend = one.child('backend');
  const kind = backend?.attr('model') ?? 'random';
  if (kind === 'builtin') reader.option('object', argumentOf('rng-builtin', { id: `obj${id}` }));
  else {
    if (kind !== 'random')
      reader.note(`${id} takes its randomness from /dev/urandom instead of “${kind}”.`);
    const filename = (kind === 'random' && backend?.text) || '/dev/urandom';
    reader.option('object', argumentOf('rng-random', { id: `obj${id}`, filename }));
  }
  const { type, entries } = reader.virtio('virtio-rng', one);
  const limits: Entries = {
    'max-bytes': one.at('rate', 'bytes'),
    period: one.child('rate') ? (one.at('rate', 'period') ?? '1000') : undefined,
  };
  reader.device(type, { rng: `obj${id}`, id, ...limits, ...entries });
}

function memory(reader: Reader, one: Element, at: number): void {
  const target = one.child('target');
  const size = target && bytesOf(target.child('size'));
  const model = one.attr('model') ?? '';
  if (!size || (model !== 'dimm' && model !== 'virtio-mem')) {
    reader.note(`Memory of model “${model}” is left out.`);
    return;
  }
  const id = reader.id(one, `${model === 'dimm' ? 'dimm' : 'virtiomem'}${at}`);
  reader.option('object', argumentOf('memory-backend-ram', { id: `mem${id}`, size }));
  if (model === 'dimm') {
    reader.device('pc-dimm', { memdev: `mem${id}`, id });
    return;
  }
  const { type, entries } = reader.virtio('virtio-mem', one);
  reader.device(type, {
    memdev: `mem${id}`,
    id,
    'block-size': bytesOf(target.child('block')),
    'requested-size': bytesOf(target.child('requested')),
    ...entries,
  });
}

const UNITS: Readonly<Record<string, number>> = {
  b: 1,
  bytes: 1,
  kb: 1e3,
  k: 2 ** 10,
  kib: 2 ** 10,
  mb: 1e6,
  m: 2 ** 20,
  mib: 2 ** 20,
  gb: 1e9,
  g: 2 ** 30,
  gib: 2 ** 30,
  tb: 1e12,
  t: 2 ** 40,
  tib: 2 ** 40,
};

/** A size as QEMU takes it, from an element with a unit (KiB where it has none); undefined where it is none. */
export function bytesOf(size: Element | undefined): string | undefined {
  if (!size || !/^\d{1,15}$/.test(size.text)) return undefined;
  const unit = UNITS[(size.attr('unit') ?? 'KiB').toLowerCase()];
  if (unit === undefined) return undefined;
  const bytes = Number(size.text) * unit;
  for (const [suffix, factor] of [
    ['G', 2 ** 30],
    ['M', 2 ** 20],
    ['k', 2 ** 10],
  ] as const)
    if (bytes > 0 && bytes % factor === 0) return `${bytes / factor}${suffix}`;
  return String(Math.floor(bytes));
}
