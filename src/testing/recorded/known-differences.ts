/**
 * Recorded answers that the engine does not give, by the name that `npm run conformance` prints: QEMU
 * itself died of the question.
 */
export const KNOWN_DIFFERENCES: readonly string[] = [
  'types/device-list-properties.errors.s390x.json/virtio-gpu-gl-pci',
];
