import {
  VIRTIO_SCSI_TMF as FUNCTION,
  VIRTIO_SCSI_S as S,
  VIRTIO_SCSI_LUN_AT,
} from '../../../spec/scsi.ts';
import type { ScsiBus, ScsiDevice } from '../scsi/scsi-bus.ts';

/** A unit's address in a request: its target and number, or undefined where it means none. */
export interface UnitAddress {
  readonly target: number;
  readonly lun: number;
}

/** Reads a unit's address: eight bytes, of which the first is 1 (VIRTIO 1.4 §5.6.6.1). */
export function unitAddress(request: Uint8Array, at: number): UnitAddress | undefined {
  const [kind, target = 0, high = 0, low = 0] = request.subarray(at);
  const lun = ((high << 8) | low) & 0x3fff;
  const flat = high >= 0x40 && high < 0x80;
  return kind === 1 && (high === 0 || flat) ? { target, lun } : undefined;
}

/** Functions about the commands of one unit: none is ever under way here, so there is nothing to end. */
const ABOUT_COMMANDS: readonly number[] = [
  FUNCTION.ABORT_TASK,
  FUNCTION.ABORT_TASK_SET,
  FUNCTION.CLEAR_TASK_SET,
  FUNCTION.QUERY_TASK,
  FUNCTION.QUERY_TASK_SET,
];

/** Carries out a task management function; the device's response (VIRTIO 1.4 §5.6.6.2). */
export function manageTasks(bus: ScsiBus, request: Uint8Array, littleEndian: boolean): number {
  const view = new DataView(request.buffer, request.byteOffset, request.length);
  const subtype = view.getUint32(4, littleEndian);
  const at = VIRTIO_SCSI_LUN_AT.control;
  if (subtype === FUNCTION.I_T_NEXUS_RESET) {
    const target = request[at + 1] ?? 0;
    for (const unit of bus.unitsOf(0, target)) unit.reset();
    return S.OK;
  }
  const isReset = subtype === FUNCTION.LOGICAL_UNIT_RESET;
  if (!isReset && !ABOUT_COMMANDS.includes(subtype)) return S.FUNCTION_REJECTED;
  const address = unitAddress(request, at);
  const unit: ScsiDevice | undefined = address && bus.unitAt(address.target, address.lun);
  if (!unit) return S.BAD_TARGET;
  if (unit.address[2] !== address?.lun) return S.INCORRECT_LUN;
  if (isReset) unit.reset();
  return S.OK;
}
