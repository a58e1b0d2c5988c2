import type { RegisterMap } from './registers.ts';

/** Feature bits of the entropy device: there are none (VIRTIO 1.4 §5.4.3). */
export const VIRTIO_RNG_F = {} as const;

/** Device configuration layout of the entropy device: it has none (VIRTIO 1.4 §5.4.4). */
export const VIRTIO_RNG_CONFIG = {} as const satisfies RegisterMap;
