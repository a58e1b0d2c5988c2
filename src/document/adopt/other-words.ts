import { machineOf, withMachineEntry } from '../advice/world.ts';
import { addOption } from '../edits.ts';
import { entryOf, withEntry } from '../entries.ts';
import { type Work, withEntries } from './work.ts';

/** Options that QEMU keeps for old habits, as entries of `-machine`: what the board has is decided there. */
const MACHINE_ENTRIES: Readonly<Record<string, string>> = { 'no-hpet': 'hpet', 'no-acpi': 'acpi' };

/** Says in newer words what old options say of the board, so that it is heeded; and leaves out what is not modelled. */
export function otherWords(work: Work): void {
  const pc = work.arch === 'x86_64' && /^(?:pc|q35|$)/.test(machineOf(work.doc));
  for (const [name, key] of Object.entries(MACHINE_ENTRIES)) {
    const found = work.named(name);
    if (found.length === 0 || !pc) continue;
    work.each([name], () => undefined);
    work.doc = withMachineEntry(work.doc, key, 'off');
    work.notes.add(`-${name} is written as -machine ${key}=off.`);
  }
  leaveUsb(work);
  clock(work, pc);
  work.each(['fw_cfg', 'smbios'], (option) => {
    if (entryOf(option, 'file') === undefined) return option;
    work.notes.add(`-${option.name} with a file of the host is left out.`);
    return undefined;
  });
}

const USB = 'USB is left out: this page does not model it on this machine.';

function leaveUsb(work: Work): void {
  const i440fx = work.arch === 'x86_64' && !/q35|microvm/.test(machineOf(work.doc));
  work.each(['usbdevice'], () => {
    work.notes.add(USB);
    return undefined;
  });
  if (i440fx) return;
  work.each(['usb'], () => {
    work.notes.add(USB);
    return undefined;
  });
  work.each(['M', 'machine'], (option) => {
    if (!/^(?:on|yes|true)$/.test(entryOf(option, 'usb') ?? '')) return option;
    work.notes.add(USB);
    return withEntry(option, 'usb', 'off');
  });
}

/** A clock that catches up is a property of the board's clock. */
function clock(work: Work, pc: boolean): void {
  const [option] = work.named('rtc').filter((one) => entryOf(one, 'driftfix') === 'slew');
  if (!option) return;
  const rest = withEntries(option, { driftfix: undefined });
  work.options = work.options.flatMap((one) =>
    one.key !== option.key ? [one] : rest.argument === '' ? [] : [rest],
  );
  if (pc) work.doc = addOption(work.doc, 'global', 'mc146818rtc.lost_tick_policy=slew');
  work.notes.add(
    pc
      ? 'driftfix=slew is written as -global mc146818rtc.lost_tick_policy=slew.'
      : 'driftfix=slew is left out: it is about a clock that the machine does not have.',
  );
}
