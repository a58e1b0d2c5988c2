import { bit, bool, onOffAuto, u32 } from '../../qom/property.ts';

/** Properties of the abstract `virtio-pci`. */
export const BASE_PROPERTIES = {
  'virtio-pci-bus-master-bug-migration': bit(false),
  'migrate-extra': bit(true),
  'modern-pio-notify': bit(false),
  'x-disable-pcie': bit(false),
  'page-per-vq': bit(false),
  'x-ignore-backend-features': bool(false),
  ats: bit(false),
  'x-ats-page-aligned': bit(true),
  'x-pcie-deverr-init': bit(true),
  'x-pcie-lnkctl-init': bit(true),
  'x-pcie-pm-init': bit(true),
  'x-pcie-flr-init': bit(true),
  aer: bit(false),
} as const;

/** Properties of `virtio-*-pci`, which choose between modern and legacy; `-transitional` and the like have none. */
export const MODE_PROPERTIES = {
  'disable-legacy': onOffAuto('auto'),
  'disable-modern': bool(false),
} as const;

/** Properties that most device kinds add. */
export const KIND_PROPERTIES = {
  class: u32(0),
  ioeventfd: bit(true),
  vectors: u32(0xffff_ffff),
} as const;

/** All that a transport reads, whichever of its types declares it. */
export type VirtioPciProperties = typeof BASE_PROPERTIES &
  typeof MODE_PROPERTIES &
  typeof KIND_PROPERTIES;
