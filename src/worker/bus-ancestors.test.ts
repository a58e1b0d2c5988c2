import { describe, expect, test } from 'vitest';
import { Machine } from '../engine/machine/machine.ts';
import { ConfigError } from '../engine/qom/errors.ts';
import type { BusNode } from '../protocol/topology.ts';
import { goldenHost } from '../testing/golden.ts';

/** Machines that have between them every kind of bus that virtio needs, and buses of each kind with room. */
const LINES = [
  `qemu-system-x86_64 -M q35 -nodefaults -device pcie-root-port,id=port -device pci-bridge,id=bridge,chassis_nr=1
  -device virtio-scsi-pci,id=scsi -device virtio-serial-pci,id=serial -device ich9-ahci,id=ahci`,
  `qemu-system-aarch64 -M virt -nodefaults -device virtio-serial-device,id=serial`,
  `qemu-system-s390x -M s390-ccw-virtio -nodefaults -device virtio-scsi-ccw,id=scsi -device zpci,uid=1,target=rng
  -device virtio-rng-pci,id=rng`,
];

function busesBelow(bus: BusNode): BusNode[] {
  return [bus, ...bus.children.flatMap(({ buses }) => buses.flatMap(busesBelow))];
}

describe.each(LINES)('%s', (line) => {
  const machine = Machine.build(line.replaceAll('\n', ' '), goldenHost());
  // The type is checked on the way to a device that is refused for a reason of its own.
  machine.started = false;
  const buses = busesBelow(machine.topology().root).filter(
    // The first of a name that has room is the one that the name finds.
    ({ full, name }, at, all) => !full && all.findIndex((bus) => bus.name === name) === at,
  );
  const attempt = (driver: string, bus: string): string => {
    try {
      const entries = Object.entries({ driver, bus, 'no-such-property': 'x' });
      machine.addDevice({
        id: undefined,
        entries: entries.map(([key, value]) => ({ key, value })),
      });
    } catch (error) {
      if (error instanceof ConfigError) return error.message;
      throw error;
    }
    throw new Error(`${driver} was made on ${bus}`);
  };

  test('a bus has the type that a device asks for among its own and its ancestors’ exactly where the engine lets it in', () => {
    const kinds = new Set<string>();
    let fitting = 0;
    for (const { name, ancestors, type: kind } of buses)
      for (const type of machine.deviceTypes()) {
        const message = attempt(type.name, name);
        // What the machine takes nowhere is refused before any bus is looked at.
        if (/^Parameter 'driver' expects|^'\S+' is not modelled yet$/.test(message)) {
          const elsewhere =
            type.unmodelled || ancestors.includes('System') || type.bus === 'System';
          expect(elsewhere, `${type.name} on ${name}: ${message}`).toBe(true);
          continue;
        }
        const fits = type.bus !== undefined && ancestors.includes(type.bus);
        expect(!message.includes("can't go on"), `${type.name} on ${name}: ${message}`).toBe(fits);
        kinds.add(kind);
        if (fits) fitting++;
      }
    expect(fitting).toBeGreaterThan(20);
    expect(kinds.size).toBeGreaterThan(3);
  });
});
