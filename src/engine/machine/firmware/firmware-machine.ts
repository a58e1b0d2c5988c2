import type { GuestRam } from '../../../memory/guest-ram.ts';
import type { Device } from '../../qdev/device.ts';
import type { CpuBus } from './config-cycles.ts';

/** What firmware needs of the machine that it runs on. */
export interface FirmwareMachine extends CpuBus {
  readonly ram: GuestRam;
  readonly devices: readonly Device[];
}
