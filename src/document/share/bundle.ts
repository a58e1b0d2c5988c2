import * as v from 'valibot';

/** What a link or a file carries: a machine, a guest script, and how to look at them. Never disk images. */
export interface Bundle {
  readonly version: 1;
  readonly name?: string;
  /** As a person would type it; the default program may be left out. */
  readonly commandLine: string;
  /** TypeScript of the guest. */
  readonly script?: string;
  /** Whether the machine is drawn as QEMU 1.2 had it. */
  readonly era?: 'before' | 'since';
  /** Whether the page opens for an audience: large type, few controls. */
  readonly presentation?: boolean;
}

/** A link or a file that cannot be opened; the message says why, in words for the person. */
export class ShareError extends Error {}

/** The newest version that this program reads, and the one that it writes. */
export const BUNDLE_VERSION = 1;

/** Bounds of what a bundle may hold, in UTF-16 units. */
export const BUNDLE_LIMITS = { name: 120, commandLine: 1 << 18, script: 1 << 19 } as const;

const text = (what: string, most: number) =>
  v.pipe(
    v.string(`its ${what} is not a text`),
    v.maxLength(most, `its ${what} is longer than ${most.toLocaleString('en')} characters`),
  );

const ENTRIES = {
  name: v.optional(text('name', BUNDLE_LIMITS.name)),
  commandLine: v.pipe(
    text('command line', BUNDLE_LIMITS.commandLine),
    v.check((line) => !line.includes('\0'), 'its command line holds a zero character'),
  ),
  script: v.optional(text('script', BUNDLE_LIMITS.script)),
  era: v.optional(v.picklist(['before', 'since'], 'its era is neither “before” nor “since”')),
  presentation: v.optional(v.boolean('its presentation mark is neither true nor false')),
};
const KNOWN = new Set(Object.keys(ENTRIES));
const SCHEMA = v.object(ENTRIES);

/**
 * The bundle that a value from outside is. `what`: what it came from (`link`, `file`), for the message.
 * Throws ShareError for every value that is not one.
 */
export function validBundle(value: unknown, what: string): Bundle {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new ShareError(`This ${what} does not hold a machine.`);
  // Own keys, whatever they are called: `in` would find `__proto__` and its like on every object.
  const stray = Object.keys(value).find((key) => !KNOWN.has(key));
  if (stray !== undefined)
    throw new ShareError(
      `This ${what} is not valid: it has a field “${stray.slice(0, 40)}” that version ${BUNDLE_VERSION} does not know.`,
    );
  if (!Object.hasOwn(value, 'commandLine'))
    throw new ShareError(`This ${what} is not valid: it has no command line.`);
  const result = v.safeParse(SCHEMA, value);
  if (!result.success)
    throw new ShareError(`This ${what} is not valid: ${result.issues[0].message}.`);
  const { name, commandLine, script, era, presentation } = result.output;
  return {
    version: BUNDLE_VERSION,
    commandLine,
    ...(name === undefined ? {} : { name: plainName(name) }),
    ...(script === undefined ? {} : { script }),
    ...(era === undefined ? {} : { era }),
    ...(presentation === undefined ? {} : { presentation }),
  };
}

/** Refuses what a later version of this program wrote. Throws ShareError. */
export function checkVersion(version: number, what: string): void {
  if (version > BUNDLE_VERSION)
    throw new ShareError(
      `This ${what} was made by a newer version of this page (format ${version}); this one reads format ${BUNDLE_VERSION}. Load the page again to get the newest version.`,
    );
  if (version < 1 || !Number.isInteger(version))
    throw new ShareError(`This ${what} has a version that never was: ${version}.`);
}

/** A bundle's fields as they are written: in a fixed order, without those that say nothing. */
export function fieldsOf(bundle: Bundle): Record<string, unknown> {
  const { name, commandLine, script, era, presentation } = bundle;
  return {
    ...(name ? { name } : {}),
    commandLine,
    ...(script === undefined ? {} : { script }),
    ...(era === 'before' ? { era } : {}),
    ...(presentation ? { presentation } : {}),
  };
}

/** A name on one line, without characters that change how the text around them looks. */
function plainName(name: string): string {
  return name.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}
