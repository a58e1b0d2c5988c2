import { VirtioBalloon } from '../../devices/virtio-balloon/virtio-balloon.ts';
import type { MonitorTarget } from '../target.ts';
import { QmpError, qmpCommand } from './command.ts';

/** The machine's one balloon. Throws QmpError. */
function balloonOf({ devices }: MonitorTarget): VirtioBalloon {
  const found = devices.find((device) => device instanceof VirtioBalloon && device.realized);
  if (!(found instanceof VirtioBalloon))
    throw new QmpError('No balloon device has been activated', 'DeviceNotActive');
  return found;
}

/** Commands about the memory that the guest lends back. */
export const BALLOON_QMP = [
  qmpCommand('query-balloon', {}, (target) => ({ actual: balloonOf(target).actualBytes })),
  qmpCommand('balloon', { value: 'integer' }, (target, { value }) => {
    const balloon = balloonOf(target);
    if (value <= 0) throw new QmpError("Parameter 'target' expects a size");
    balloon.askFor(Number(value));
    return {};
  }),
] as const;
