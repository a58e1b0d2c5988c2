/**
 * The interface of the s390-virtio machine, which was there before channel devices: descriptors of
 * all devices one after another in the page above RAM, rings in the pages behind it, and three
 * hypercalls. Sources: Linux 4.4 kvm_virtio.h and kvm_virtio.c, QEMU 2.5 s390-virtio-bus.h.
 */

/** Head of a device descriptor: one byte each, offsets in bytes. A `type` of 0 ends the list. */
export const KVM_DEVICE_DESC = {
  type: { offset: 0, width: 1, doc: 'Virtio device ID; 0 ends the list' },
  num_vq: { offset: 1, width: 1, doc: 'Number of queues' },
  feature_len: { offset: 2, width: 1, doc: 'Bytes of each of the two feature sets' },
  config_len: { offset: 3, width: 1, doc: 'Bytes of configuration space' },
  status: { offset: 4, width: 1, doc: 'Device status; written by the driver' },
} as const;
/** Bytes of the head; one `KVM_VQCONFIG` a queue follows, the device's features, the driver's, and the configuration space. */
export const KVM_DEVICE_DESC_BYTES = 5;

/** One queue in a descriptor; numbers are big-endian. */
export const KVM_VQCONFIG = {
  token: {
    offset: 0,
    width: 8,
    doc: 'What an interrupt for the queue carries; written by the driver',
  },
  address: { offset: 8, width: 8, doc: 'Guest-physical address of the ring' },
  num: { offset: 16, width: 2, doc: 'Number of entries' },
} as const;
/** Bytes of `KVM_VQCONFIG` with its padding. */
export const KVM_VQCONFIG_BYTES = 24;
/** Bytes of a feature set; bit 0 is the lowest bit of the first byte. */
export const KVM_FEATURE_BYTES = 4;

/** Bytes of the page with the descriptors, and alignment of the rings. */
export const KVM_PAGE_BYTES = 4096;
/** Pages above RAM: one of descriptors, the rest for rings. */
export const KVM_DEVICE_PAGES = 512;
/** Pages that a ring gets. */
export const KVM_RING_PAGES = 3;
/** Most queues of a device. */
export const KVM_QUEUE_MAX = 64;

/** Subcodes of DIAGNOSE 500, each with one address: of a ring, of a descriptor, of a descriptor. */
export const KVM_S390_VIRTIO = {
  /** There are available buffers. */ NOTIFY: 0,
  /** The device is to be reset. */ RESET: 1,
  /** The driver wrote the status in the descriptor. */ SET_STATUS: 2,
} as const;

/** External interruption by which the host calls: its code, what stands in the place of the CPU's address. */
export const KVM_EXT_INTERRUPTION = { code: 0x2603, subcode: 0x0d00 } as const;

/** What an external interruption is about; its 64-bit parameter is a queue's token, or an address. */
export const VIRTIO_PARAM = {
  /** A queue has used buffers. */ VRING_INTERRUPT: 0,
  /** The configuration of the device that has the queue changed. */ CONFIG_CHANGED: 1,
  /** A device came; the parameter is the address of its descriptor. */ DEV_ADD: 2,
} as const;
