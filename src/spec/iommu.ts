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

/** Bytes of a request's head and tail (VIRTIO 1.4 §5.13.6). */
export const VIRTIO_IOMMU_HEAD = 4;
export const VIRTIO_IOMMU_TAIL = 4;
/** Types of requests (VIRTIO 1.4 §5.13.6). */
export const VIRTIO_IOMMU_T = { ATTACH: 1, DETACH: 2, MAP: 3, UNMAP: 4, PROBE: 5 } as const;
/** Bytes of each request in front of its tail (VIRTIO 1.4 §5.13.6). */
export const VIRTIO_IOMMU_BYTES: Readonly<Record<number, number>> = {
  [VIRTIO_IOMMU_T.ATTACH]: 20,
  [VIRTIO_IOMMU_T.DETACH]: 20,
  [VIRTIO_IOMMU_T.MAP]: 36,
  [VIRTIO_IOMMU_T.UNMAP]: 28,
  [VIRTIO_IOMMU_T.PROBE]: 72,
};
/** Status of a request, in its tail (VIRTIO 1.4 §5.13.6). */
export const VIRTIO_IOMMU_S = {
  OK: 0,
  IOERR: 1,
  UNSUPP: 2,
  DEVERR: 3,
  INVAL: 4,
  RANGE: 5,
  NOENT: 6,
  FAULT: 7,
} as const;
/** The domain lets everything through (VIRTIO 1.4 §5.13.6.3). */
export const VIRTIO_IOMMU_ATTACH_F_BYPASS = 1;
/** READ, WRITE and MMIO (VIRTIO 1.4 §5.13.6.5). */
export const VIRTIO_IOMMU_MAP_F = 7;
/** Property of a range that is not to be mapped, and its bytes behind type and length (VIRTIO 1.4 §5.13.6.8.1). */
export const VIRTIO_IOMMU_PROBE_RESV_MEM = { type: 1, length: 20 } as const;
