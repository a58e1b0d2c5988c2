import { utf8Encode } from '../../../base/utf8.ts';
import { SCSI_OP as OP } from '../../../spec/scsi-commands.ts';
import type { ScsiCommand } from './command.ts';
import type { ScsiBus, ScsiDevice } from './scsi-bus.ts';
import { SENSE, senseBytes } from './sense.ts';
import { failed, good, type ScsiAnswer, type ScsiTransfer, sendBytes } from './unit.ts';

/** Bytes of the target's INQUIRY data. */
const INQUIRY_BYTES = 36;
/** Peripheral type where there is no such unit. */
const NO_UNIT = 0x7f;
/** Peripheral type where there could be one. */
const NOT_PRESENT = 0x3f;
/** Version of the primary commands, SPC-3. */
const VERSION = 5;
const LUN_BYTES = 8;

/** Carries out what a target does itself: REPORT LUNS, and commands for a unit that is not there. */
export function targetCommand(
  device: ScsiDevice,
  lun: number,
  command: ScsiCommand,
  buffer: ScsiTransfer,
): ScsiAnswer {
  const { opcode, transfer, cdb } = command;
  if (lun !== 0 && opcode !== OP.INQUIRY && opcode !== OP.REQUEST_SENSE)
    return failed(SENSE.unitNotSupported);
  switch (opcode) {
    case OP.REPORT_LUNS: {
      const luns = reportLuns(device, command);
      return luns ? sendBytes(buffer, luns) : failed(SENSE.invalidField);
    }
    case OP.INQUIRY: {
      const facts = inquiry(lun, command);
      return facts ? sendBytes(buffer, facts) : failed(SENSE.invalidField);
    }
    case OP.REQUEST_SENSE: {
      const fixed = ((cdb[1] ?? 0) & 1) === 0;
      const sense = lun !== 0 ? SENSE.unitNotSupported : (device.sense ?? SENSE.noSense);
      const answer = sendBytes(buffer, senseBytes(sense, fixed).subarray(0, transfer));
      device.attentionReported();
      return answer;
    }
    case OP.TEST_UNIT_READY:
      return good(transfer);
    default:
      return failed(SENSE.invalidOpcode);
  }
}

/** The units of a target, unit 0 first whether it is there or not; undefined where the command is wrong. */
function reportLuns(device: ScsiDevice, { transfer, cdb }: ScsiCommand): Uint8Array | undefined {
  if (transfer < 2 * LUN_BYTES || (cdb[2] ?? 0) > 2) return undefined;
  const bus = device.parentBus as ScsiBus;
  const luns = [0, ...bus.unitsBeside(device).filter((lun) => lun !== 0)];
  const bytes = new Uint8Array((luns.length + 1) * LUN_BYTES);
  new DataView(bytes.buffer).setUint32(0, luns.length * LUN_BYTES);
  luns.forEach((lun, i) => {
    const at = (i + 1) * LUN_BYTES;
    // Large numbers are written flat.
    bytes[at] = lun < 256 ? 0 : 0x40 | (lun >> 8);
    bytes[at + 1] = lun & 0xff;
  });
  device.lunsReported();
  return bytes.subarray(0, Math.min(bytes.length, transfer & ~(LUN_BYTES - 1)));
}

function inquiry(lun: number, { transfer, cdb }: ScsiCommand): Uint8Array | undefined {
  const [, flags = 0, page = 0] = cdb;
  if (flags & 2) return undefined;
  // The one page of vital product data is the list of pages.
  if (flags & 1) return page === 0 ? Uint8Array.of(page, 0, 1, 0).subarray(0, transfer) : undefined;
  if (page !== 0) return undefined;
  const length = Math.min(transfer, INQUIRY_BYTES);
  const bytes = new Uint8Array(INQUIRY_BYTES);
  bytes[0] = lun !== 0 ? NO_UNIT : NOT_PRESENT;
  if (lun === 0) {
    bytes.set([VERSION, 0x12, length - 5, 0, 0, 0x12], 2);
    bytes.set(utf8Encode('QEMU    QEMU TARGET     2.5'), 8);
  }
  return bytes.subarray(0, length);
}
