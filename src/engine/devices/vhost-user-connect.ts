import type { DeviceContext } from '../qdev/context.ts';
import { RealizeError } from '../qom/errors.ts';

/** Times that a device tries to reach its back end again before it gives up. */
const RETRIES = 3;
const REASON = 'vhost_backend_init failed: Protocol error';

/**
 * What a vhost-user device says whose character back end leads to no other process: it cannot pass
 * file descriptors. Throws RealizeError.
 */
export function refuseVhostUser(context: DeviceContext, retries = 0): never {
  for (let left = retries; left > 0; left--) {
    context.report('Failed to set msg fds.');
    context.report(`Reconnecting after error: ${REASON}`);
  }
  context.report('Failed to set msg fds.');
  throw new RealizeError(REASON);
}

/** The same for a device that tries several times. Throws RealizeError. */
export function refuseVhostUserAfterRetries(context: DeviceContext): never {
  refuseVhostUser(context, RETRIES);
}
