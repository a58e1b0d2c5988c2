import type { Chardev } from '../../backends/chardev.ts';
import { ConfigError } from '../../qom/errors.ts';
import { custom } from '../../qom/property.ts';

/** What a device says whose back end shares more than queues: QEMU wants its host's help, which is not there. */
export const NEEDS_KVM = 'vhost initialization failed: requires kvm';

/** Property `chardev` of such a device: found by its id whether it is in use or not. */
export const sharedChardev = custom<Chardev | undefined>({
  type: 'string',
  default: undefined,
  names: ['chardev'],
  parse(text, { resolve }) {
    const found = resolve(text, 'chardev') as Chardev | undefined;
    if (!found) throw new ConfigError(`Chardev '${text}' not found`);
    return found;
  },
  print: (value) => `"${value?.id ?? ''}"`,
  toJson: (value) => value?.id ?? '',
});
