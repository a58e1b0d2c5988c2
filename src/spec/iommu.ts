import type { RegisterMap } from './registers.ts';

/** Feature bits of the IOMMU device (VIRTIO 1.4 §5.13.3). */
export const VIRTIO_IOMMU_F = {
  VIRTIO_IOMMU_F_INPUT_RANGE: 0,
  VIRTIO_IOMMU_F_DOMAIN_RANGE: 1,
  VIRTIO_IOMMU_F_MAP_UNMAP: 2,
  VIRTIO_IOMMU_F_BYPASS: 3,
  VIRTIO_IOMMU_F_PROBE: 4,
  VIRTIO_IOMMU_F_MMIO: 5,
  VIRTIO_IOMMU_F_BYPASS_CONFIG: 6,
} as const;

/** Device configuration layout (VIRTIO 1.4 §5.13.4). */
export const VIRTIO_IOMMU_CONFIG = {
  page_size_mask: { offset: 0, width: 8, access: 'R', doc: 'Page sizes that mappings may have' },
  input_range_start: { offset: 8, width: 8, access: 'R', doc: 'First virtual address' },
  input_range_end: { offset: 16, width: 8, access: 'R', doc: 'Last virtual address' },
  domain_range_start: { offset: 24, width: 4, access: 'R', doc: 'First domain' },
  domain_range_end: { offset: 28, width: 4, access: 'R', doc: 'Last domain' },
  probe_size: { offset: 32, width: 4, access: 'R', doc: 'Bytes of the answer to a probe' },
  bypass: { offset: 36, width: 1, access: 'RW', doc: 'Whether endpoints without domain pass' },
} as const satisfies RegisterMap;

/** Bytes of the configuration space, its padding included (VIRTIO 1.4 §5.13.4). */
export const VIRTIO_IOMMU_CONFIG_BYTES = 40;
