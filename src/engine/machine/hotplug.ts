import { Device } from '../qdev/device.ts';
import { ConfigError } from '../qom/errors.ts';
import type { QObject } from '../qom/object.ts';

/** A device or an object that was named and is not there. */
export class DeviceNotFound extends ConfigError {
  constructor(name: string) {
    super(`Device '${name}' not found`);
  }
}

/** The device that `device_del` means: a user's id, or a path. Throws ConfigError with QEMU's sentence. */
function findDevice(root: QObject, name: string): Device {
  const found = name.startsWith('/') ? root.at(name) : root.at('/machine/peripheral')?.at(name);
  if (!found) throw new DeviceNotFound(name);
  if (!(found instanceof Device)) throw new ConfigError(`${name} is not a hotpluggable device`);
  return found;
}

/**
 * `device_del`: the device leaves at once where nobody is asked, else the guest is told to let go of it.
 * Throws ConfigError with QEMU's sentence.
 */
export function removeDevice(root: QObject, name: string): void {
  const device = findDevice(root, name);
  if (device.unplugPending)
    throw new ConfigError(`Device ${name} is already in the process of unplug`);
  const { parentBus } = device;
  if (parentBus && !parentBus.hotpluggable)
    throw new ConfigError(`Bus '${parentBus.busName}' does not support hotplugging`);
  if (!device.hotpluggable)
    throw new ConfigError(`Device '${device.type.name}' does not support hotplugging`);
  const handler = device.context.handlerOf(device) ?? parentBus?.hotplugHandler;
  if (!handler) throw new ConfigError(`Device '${device.type.name}' does not support hotplugging`);
  if (handler.unplugRequest) handler.unplugRequest(device);
  else device.unplug();
}
