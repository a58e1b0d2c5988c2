import { expect, test } from 'vitest';
import { VIRTIO_MMIO } from '../../spec/virtio-mmio.ts';
import { MMIO_WINDOW } from './mmio-port.ts';
import { Registers } from './registers.ts';
import { Subject } from './subject.ts';

const open = () => new Subject('mmio-v2', 'split');
const window = ({ port: { machine } }: Subject) =>
  new Registers(machine, 'memory', MMIO_WINDOW, VIRTIO_MMIO);

test('[4.2.2.1] magic value and version', () => {
  const registers = window(open());
  expect([registers.read('MagicValue'), registers.read('Version')]).toEqual([0x7472_6976, 2]);
});

test('[4.2.2.1] events stay in InterruptStatus until they are acknowledged, each by its bit', () => {
  const subject = open();
  const ring = subject.start();
  const registers = window(subject);
  expect(registers.read('InterruptStatus')).toBe(0);
  ring.offer(subject.request().pieces);
  subject.port.notify(0);
  expect(registers.read('InterruptStatus')).toBe(1);
  expect(registers.read('InterruptStatus')).toBe(1);
  registers.write('InterruptACK', 2);
  expect(registers.read('InterruptStatus')).toBe(1);
  registers.write('InterruptACK', 1);
  expect(registers.read('InterruptStatus')).toBe(0);
});

test('[4.2.2.1] a reset clears InterruptStatus and QueueReady of every queue', () => {
  const subject = open();
  const ring = subject.start();
  subject.queue(1);
  ring.offer(subject.request().pieces);
  subject.port.notify(0);
  expect([subject.port.queueEnabled(0), subject.port.queueEnabled(1)]).toEqual([true, true]);
  subject.port.reset();
  expect([subject.port.queueEnabled(0), subject.port.queueEnabled(1)]).toEqual([false, false]);
  expect(window(subject).read('InterruptStatus')).toBe(0);
});

test('[4.2.2.1] ConfigGeneration is another one after a change', () => {
  const subject = open();
  subject.start();
  const before = subject.port.generation();
  subject.port.device.notifyConfig();
  expect(subject.port.generation()).not.toBe(before);
});

test('[4.2.2.1] a queue that is not ready is not looked at', () => {
  const subject = open();
  const ring = subject.start();
  const request = subject.request();
  window(subject).write('QueueSel', 1);
  ring.offer(request.pieces);
  subject.port.notify(1);
  expect(subject.untouched(request)).toBe(true);
});
