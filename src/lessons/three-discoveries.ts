import type { Example } from './example.ts';

/** How a guest finds its devices, on whatever bus they are. */
export const THREE_DISCOVERIES: Example = {
  id: 'three-discoveries',
  title: 'Three discoveries',
  description:
    'PCI functions, windows of registers, channel devices: how each is found, and that nothing differs afterwards.',
  needs: '',
  source: `import { virtio, log } from 'guest';

// Nothing announces itself. What buses a machine has, its firmware tells:
// a device tree, ACPI tables, words on the kernel's command line. Where the
// devices are on a bus, the guest has to ask.
const ASKS = {
  pci: 'PCI: reads the IDs of every slot; bridges get numbers, and are looked behind',
  mmio: 'MMIO: reads MagicValue, Version and DeviceID of every window it was told of',
  ccw: 'CCW: STORE SUBCHANNEL until none is left; SENSE ID, and 3832 is virtio',
  s390: 's390-virtio: walks the descriptors in the page above memory',
};

for (const bus of virtio.discoveries()) {
  log(ASKS[bus.kind]);
  log('  told by the machine:', bus.told);
  let others = 0;
  for (const { place, finding, device } of bus.steps()) {
    if (device || others === 0) log(device ? '  *' : '   ', place + ':', finding);
    if (!device) others++;
  }
  if (others > 1) log('    and', others - 1, 'more places without a virtio device');
}

// From here on they are all alike: a driver asks the same questions of each.
for (const found of virtio.devices()) {
  const device = found.open();
  device.reset();
  log(device);
  log('  offers', device.deviceFeatures());
  log('  has', device.queueCount, 'queue(s), interrupt input', device.interruptInput);
}
`,
};
