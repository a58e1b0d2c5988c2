import type { DeviceType } from '../../protocol/messages.ts';
import type { Session } from '../session/session.ts';

let known: { readonly machine: string; readonly types: Promise<readonly DeviceType[]> } | undefined;

/** The device types of the machine at hand; asked for once a machine type. */
export function deviceTypes(session: Session): Promise<readonly DeviceType[]> {
  const { topology, commandLine } = session.getState();
  const program = /qemu-system-\w+/.exec(commandLine)?.[0] ?? '';
  const machine = `${program} ${topology?.machineType}`;
  if (known?.machine !== machine) known = { machine, types: session.deviceTypes() };
  return known.types;
}
