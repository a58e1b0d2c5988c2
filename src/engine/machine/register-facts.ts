import type { RegisterFacts } from '../../journal/device-facts.ts';
import { PCI_BRIDGE_CONFIG, PCI_CONFIG } from '../../spec/pci.ts';
import { DEVICE_CONFIG } from '../../spec/regions.ts';
import type { Register, RegisterMap } from '../../spec/registers.ts';
import { VIRTIO_MMIO, VIRTIO_MMIO_CONFIG } from '../../spec/virtio-mmio.ts';
import { VIRTIO_PCI_COMMON, VIRTIO_PCI_ISR } from '../../spec/virtio-pci.ts';
import { PciDevice } from '../hw/pci/pci-device.ts';
import type { Device } from '../qdev/device.ts';
import { readRegister } from '../transports/virtio-mmio/registers.ts';
import { VirtioMmio } from '../transports/virtio-mmio/virtio-mmio.ts';
import { COMMON_BY_OFFSET } from '../transports/virtio-pci/common-registers.ts';
import { VirtioPci } from '../transports/virtio-pci/virtio-pci.ts';
import { VirtioDevice } from '../virtio/virtio-device.ts';

/** Where the upper part of a bridge's header begins to differ. */
const BRIDGE_PART = PCI_BRIDGE_CONFIG.PrimaryBus.offset;
/** Header type bit 0: a bridge. */
const TYPE_1 = 1;

/**
 * The registers of a device and its configuration as they are now. Nothing notices: no access is recorded, and
 * ISR keeps what a driver's read would clear.
 */
export function registerFacts(device: Device): RegisterFacts[] {
  if (device instanceof VirtioMmio)
    return named('virtio-mmio', VIRTIO_MMIO, ({ offset, width }) =>
      BigInt(readRegister(device, offset, width)),
    );
  if (device instanceof VirtioDevice) return configOf(device);
  const header = device instanceof PciDevice ? headerOf(device) : [];
  if (!(device instanceof VirtioPci)) return header;
  return [
    ...named('virtio-pci-common', VIRTIO_PCI_COMMON, ({ offset }) =>
      BigInt(COMMON_BY_OFFSET.get(offset)?.read?.(device) ?? 0),
    ),
    ...named('virtio-pci-isr', VIRTIO_PCI_ISR, () => BigInt(device.vdev.isr)),
    ...header,
  ];
}

function headerOf({ config }: PciDevice): RegisterFacts[] {
  const bridge = (config.get(PCI_CONFIG.HeaderType.offset, 1) & TYPE_1) !== 0;
  const lower = Object.entries(PCI_CONFIG).filter(
    ([, { offset }]) => !bridge || offset < BRIDGE_PART,
  );
  const map: RegisterMap = {
    ...Object.fromEntries(lower),
    ...(bridge ? PCI_BRIDGE_CONFIG : {}),
  };
  return named('pci-config', map, ({ offset, width }) => BigInt(config.get(offset, width)));
}

function configOf(device: VirtioDevice): RegisterFacts[] {
  const bytes = device.readConfig().subarray(0, device.configSize);
  const known = Object.entries(DEVICE_CONFIG[device.deviceId] ?? {}).filter(
    ([, { offset, width }]) => offset + width <= bytes.length,
  );
  return named('config', Object.fromEntries(known), ({ offset, width }) => {
    let value = 0n;
    for (let i = width - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[offset + i] ?? 0);
    return value;
  });
}

function named(
  region: string,
  map: RegisterMap,
  read: (register: Register) => bigint,
): RegisterFacts[] {
  return Object.entries(map)
    .filter(
      ([, { access, offset }]) =>
        access !== 'W' && (region !== 'virtio-mmio' || offset < VIRTIO_MMIO_CONFIG),
    )
    .sort(([, a], [, b]) => a.offset - b.offset)
    .map(([name, register]) => ({
      region,
      name,
      offset: register.offset,
      size: register.width,
      value: `0x${read(register)
        .toString(16)
        .padStart(register.width * 2, '0')}`,
      doc: register.doc,
    }));
}
