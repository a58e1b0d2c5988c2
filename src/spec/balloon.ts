import type { RegisterMap } from './registers.ts';

/** Feature bits of the traditional memory balloon (VIRTIO 1.4 §5.5.3). */
export const VIRTIO_BALLOON_F = {
  VIRTIO_BALLOON_F_MUST_TELL_HOST: 0,
  VIRTIO_BALLOON_F_STATS_VQ: 1,
  VIRTIO_BALLOON_F_DEFLATE_ON_OOM: 2,
  VIRTIO_BALLOON_F_FREE_PAGE_HINT: 3,
  VIRTIO_BALLOON_F_PAGE_POISON: 4,
  VIRTIO_BALLOON_F_PAGE_REPORTING: 5,
} as const;

/** Bytes of a page that the balloon counts (VIRTIO 1.4 §5.5.6). */
export const VIRTIO_BALLOON_PAGE = 4096;

/** Device configuration layout (VIRTIO 1.4 §5.5.4). */
export const VIRTIO_BALLOON_CONFIG = {
  num_pages: { offset: 0, width: 4, access: 'R', doc: 'Pages that the host asks for' },
  actual: { offset: 4, width: 4, access: 'RW', doc: 'Pages that the guest gave' },
  free_page_hint_cmd_id: { offset: 8, width: 4, access: 'R', doc: 'With FREE_PAGE_HINT' },
  poison_val: { offset: 12, width: 4, access: 'RW', doc: 'With PAGE_POISON' },
} as const satisfies RegisterMap;
