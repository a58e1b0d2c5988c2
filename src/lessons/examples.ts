import { BUG_ADDRESS_OUTSIDE_RAM } from './bug-address-outside-ram.ts';
import { BUG_DESCRIPTOR_LOOP } from './bug-descriptor-loop.ts';
import { BUG_FORGOTTEN_NOTIFICATION } from './bug-forgotten-notification.ts';
import type { Example } from './example.ts';
import { RANDOM_BYTES } from './random-bytes.ts';
import { READ_A_SECTOR } from './read-a-sector.ts';
import { REQUESTS_IN_FLIGHT } from './requests-in-flight.ts';
import { THREE_DISCOVERIES } from './three-discoveries.ts';

/** Every example script, in the order in which one would read them; the first is the default. */
export const EXAMPLES: readonly Example[] = [
  READ_A_SECTOR,
  REQUESTS_IN_FLIGHT,
  RANDOM_BYTES,
  THREE_DISCOVERIES,
  BUG_FORGOTTEN_NOTIFICATION,
  BUG_ADDRESS_OUTSIDE_RAM,
  BUG_DESCRIPTOR_LOOP,
];
