import { Menu } from '@base-ui/react/menu';
import { setMachine } from '../../document/wiring.ts';
import { edit } from '../document/edit.ts';
import { ChevronIcon } from '../kit/icons.tsx';
import { useSession, useSessionState } from '../state/session-context.tsx';

/** Machine types that this page has boards for, and what carries virtio devices on each. */
const MACHINE_TYPES: readonly (readonly [program: string, type: string, words: string])[] = [
  ['qemu-system-x86_64', 'pc', 'virtio-pci on a PCI bus'],
  ['qemu-system-x86_64', 'q35', 'virtio-pci on PCI Express'],
  ['qemu-system-x86_64', 'microvm', 'virtio-mmio slots, and PCI Express with pcie=on'],
  ['qemu-system-aarch64', 'virt', 'virtio-mmio slots and virtio-pci'],
  ['qemu-system-riscv64', 'virt', 'virtio-mmio slots and virtio-pci'],
  ['qemu-system-s390x', 's390-ccw-virtio', 'virtio-ccw: channel devices'],
  ['qemu-system-s390x', 's390-virtio', 'the bus of mainframes before channels'],
];

/** The machine's type, and the same devices on a machine of another type. */
export default function MachineTypeMenu() {
  const session = useSession();
  const type = useSessionState((state) => state.topology?.machineType) ?? '';
  return (
    <Menu.Root>
      <Menu.Trigger
        className="button machine-label mono"
        aria-label={`Machine type ${shortType(type)}: change`}
        title="Put the devices on a machine of another type"
      >
        {shortType(type)}
        <ChevronIcon />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner className="positioner" sideOffset={6} align="start">
          <Menu.Popup className="menu">
            {MACHINE_TYPES.map(([program, name, words]) => (
              <Menu.Item
                key={`${program} ${name}`}
                className="menu-item"
                onClick={() => {
                  void edit(
                    session,
                    `change the machine to ${name}`,
                    (doc) => setMachine(doc, program, name),
                    { powerOff: true },
                  );
                }}
              >
                <span className="menu-title mono">
                  {name} <span className="menu-mark">{program.replace('qemu-system-', '')}</span>
                </span>
                <span className="menu-text">{words}</span>
              </Menu.Item>
            ))}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}

/** `pc-i440fx-7.2` of `pc-i440fx-7.2-machine`. */
function shortType(type: string): string {
  return type.replace(/-machine$/, '');
}
