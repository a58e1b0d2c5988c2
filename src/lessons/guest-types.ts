import { GUEST_CONSTANTS } from './guest-types/constants.ts';
import { GUEST_INNER } from './guest-types/inner.ts';
import { GUEST_TYPES as TYPES } from './guest-types/types.ts';
import { GUEST_VALUES } from './guest-types/values.ts';

/** Declares the module that guest scripts import, for an editor. */
export const GUEST_TYPES = [GUEST_VALUES, TYPES, GUEST_INNER, GUEST_CONSTANTS].join('\n');
