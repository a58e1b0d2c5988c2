/** Virtio devices behind one bridge: less than its 32 slots, so that QEMU's own choice of slots always fits. */
const BEHIND_BRIDGE = 28;

/** A virtio device and the back end that it needs, by running number. */
const KINDS: readonly ((n: number) => readonly string[])[] = [
  (n) => [
    `-blockdev driver=null-co,node-name=disk${n},size=1048576`,
    `-device virtio-blk-pci,id=blk${n},drive=disk${n}`,
  ],
  (n) => [`-netdev user,id=lan${n}`, `-device virtio-net-pci,id=net${n},netdev=lan${n}`],
  (n) => [`-object rng-builtin,id=seed${n}`, `-device virtio-rng-pci,id=rng${n},rng=seed${n}`],
  (n) => [`-device virtio-scsi-pci,id=scsi${n}`],
];

/**
 * A q35 machine with `count` devices on its line: root ports, a bridge behind each, and virtio devices
 * with their back ends behind those.
 */
export function manyDevices(count: number): string {
  const words = ['-M q35 -m 64'];
  let bridge = '';
  let behind = BEHIND_BRIDGE;
  for (let devices = 0, group = -1, n = 0; devices < count; devices++) {
    if (behind === BEHIND_BRIDGE && devices + 2 < count) {
      group++;
      behind = 0;
      bridge = `bridge${group}`;
      const address = `${(2 + (group >> 3)).toString(16)}.${group & 7}`;
      words.push(
        `-device pcie-root-port,id=port${group},bus=pcie.0,addr=${address},multifunction=on,chassis=${group + 1}`,
        `-device pcie-pci-bridge,id=${bridge},bus=port${group}`,
      );
      devices++;
      continue;
    }
    const made = KINDS[n % KINDS.length]?.(n) ?? [];
    words.push(...made.slice(0, -1), `${made.at(-1)},bus=${bridge}`);
    behind++;
    n++;
  }
  return words.join(' ');
}
