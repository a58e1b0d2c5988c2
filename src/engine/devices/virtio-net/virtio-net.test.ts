import { expect, test } from 'vitest';
import { VIRTIO_NET_CONFIG } from '../../../spec/net.ts';
import { DeviceRig } from '../../../testing/device-rig.ts';
import type { VirtioNet } from './virtio-net.ts';

const device = (options = '') =>
  new DeviceRig(`-device virtio-net-pci${options}`).device as VirtioNet;

test('[5.1.4] the configuration space ends with the last field that a feature speaks of', () => {
  const sizes = [',status=off', '', ',mq=on', ',host_mtu=1400', ',speed=100', ',rss=on'].map(
    (options) => device(options).configSize,
  );
  expect(sizes).toEqual([6, 8, 10, 12, 17, 24]);
});

test('[5.1.3] offers no checksum or segmentation offload: no back end here knows the packet header', () => {
  const offloads = [0, 1, 7, 8, 9, 10, 11, 12, 13, 14, 57];
  const offered = offloads.filter((bit) => (device(',hash=on').deviceFeatures >> BigInt(bit)) & 1n);
  expect(offered).toEqual([]);
});

test('[5.1.4.3] a legacy driver writes the address, until it is reset; a modern one does not', () => {
  const net = device();
  const { mac } = VIRTIO_NET_CONFIG;
  const address = () => [...net.readConfig().subarray(0, mac.width)];
  const own = address();
  const config = net.readConfig();
  config.fill(2, 0, mac.width);
  net.setDriverFeatures(1n << 32n);
  net.writeConfig(config);
  expect(address()).toEqual(own);
  net.resetVirtio('driver');
  net.setDriverFeatures(0n);
  net.writeConfig(config);
  expect(address()).toEqual([2, 2, 2, 2, 2, 2]);
  net.resetVirtio('driver');
  expect(address()).toEqual(own);
});

test('addresses are given from 52:54:00:12:34:56 on, past those that are taken', () => {
  const rig = new DeviceRig(
    '-device virtio-net-pci -device virtio-net-pci,mac=52:54:00:12:34:58 -device virtio-net-pci -device virtio-net-pci',
  );
  const last = (rig.machine.devices as unknown[])
    .filter((found) => (found as { deviceName?: string }).deviceName === 'virtio-net')
    .map((found) => (found as VirtioNet).props.mac[5]);
  expect(last).toEqual([0x56, 0x58, 0x57, 0x59]);
});

test.each([
  [
    'rx_queue_size=300',
    'Invalid rx_queue_size (= 300), must be a power of 2 between 256 and 1024.',
  ],
  [
    'tx_queue_size=2048',
    'Invalid tx_queue_size (= 2048), must be a power of 2 between 256 and 1024',
  ],
  ['duplex=no', "'duplex' must be 'half' or 'full'"],
  ['speed=-2', "'speed' must be between 0 and INT_MAX"],
])('refuses %s', (options, sentence) => {
  expect(() => device(`,${options}`)).toThrow(sentence);
});

test('[5.1.4] set_link changes the status, and tells the driver once', () => {
  const rig = new DeviceRig('-netdev user,id=u -device virtio-net-pci,netdev=u,id=n');
  rig.start();
  const status = () => (rig.device as VirtioNet).readConfig()[VIRTIO_NET_CONFIG.status.offset];
  expect(status()).toBe(1);
  rig.machine.monitor('set_link n off');
  rig.machine.monitor('set_link n off');
  expect(status()).toBe(0);
  rig.machine.monitor('set_link n on');
  expect(status()).toBe(1);
  expect(rig.events('configChange')).toHaveLength(2);
});

test('[5.1.3] the primary of a failover pair waits until a driver accepts STANDBY', () => {
  const rig = new DeviceRig(
    '-device virtio-net-pci,id=a,failover=on -device virtio-rng-pci,id=b,failover_pair_id=a',
  );
  const primary = () => rig.machine.root.at('/machine/peripheral/b');
  const net = rig.machine.root.at('/machine/peripheral/a/virtio-backend') as VirtioNet;
  const standby = 1n << 62n;
  net.setDriverFeatures(1n << 32n);
  expect(primary()).toBeUndefined();
  net.setDriverFeatures((1n << 32n) | standby);
  // On a conventional bus it may not be one, and then stays away.
  expect(rig.events('log').map(({ text }) => text)).toContain(
    'warning: failover primary device must be on PCIExpress bus',
  );
  expect(primary()).toBeUndefined();
});
