import { propertyTables } from './emit-properties.ts';
import {
  aliasTable,
  busTable,
  chardevTable,
  cpuTable,
  descriptionTable,
  interfaceTable,
  machineTable,
  moduleTable,
  typeTable,
} from './emit-types.ts';
import { MODERN_MACHINE, type Survey } from './type-survey.ts';

/** Source files of the catalog, by name. */
export function emitCatalog(surveys: Readonly<Record<string, Survey>>): Record<string, string> {
  const properties = propertyTables(surveys, hasRows);
  return {
    'type-table.ts': constant(
      'TYPES',
      'Types by parent: `parent programs words…`. A word is a name, with `*` where the type is abstract and `=` and the letters of its groups where `-device` makes it; `~suffix` ends every name of its line.',
      quote(typeTable(surveys)),
    ),
    'interface-table.ts': constant(
      'INTERFACES',
      'Interfaces that a type has and its parent has not: `interface types…`.',
      quote(interfaceTable(surveys)),
    ),
    'device-table.ts':
      constant(
        'BUSES',
        'Buses that device types plug into: `bus types…`, a type only where its parent differs.',
        quote(busTable(surveys)),
      ) +
      constant(
        'ALIASES',
        'Short names of devices: `alias programs type`.',
        quote(aliasTable(surveys)),
      ) +
      constant(
        'DESCRIPTIONS',
        'What `-device help` says of a device: `type text`.',
        quote(descriptionTable(surveys)),
      ) +
      constant(
        'MODULES',
        'Types that are loaded when they are first used, and what comes with them: `type types…`.',
        quote(moduleTable(surveys)),
      ),
    'property-table.ts':
      constant(
        'KINDS',
        'Kinds of properties: `code|type|description`, `!` at the end where a textual twin is listed.',
        quote(properties.kinds),
      ) +
      constant(
        'ROWS',
        "Properties that a type adds to its parent's: `types name:kind=default…`, behind a lone `=` in the order of lists; `~` marks what help does not offer; behind `-` those of the class that the device tree does not print; behind `+` those that each instance gets; `@` and letters where programs differ.",
        quote(properties.rows),
      ),
    'machine-table.ts': constant(
      'MACHINES',
      'Machine types in the order of `-M help`: `program name text`.',
      quote(machineTable(surveys)),
    ),
    'cpu-table.ts': constant(
      'CPUS',
      'What `-cpu help` prints below its title, a section a program.',
      quote(cpuTable(without(surveys, 's390x'))),
    ),
    's390-cpu-table.ts': constant(
      'S390_CPUS',
      'The same of s390x.',
      quote(cpuTable({ s390x: surveys.s390x as Survey })),
    ),
    'chardev-table.ts': constant(
      'CHARDEVS',
      'What `-chardev help` prints below its title, a section a program.',
      quote(chardevTable(surveys)),
    ),
  };
}

/** Whether a type's properties come from the table: everything that is not declared where it behaves. */
function hasRows(name: string, { implementers, deviceHelp }: Survey): boolean {
  if (/^(?:virtio|vhost)(?!-user-backend$)|-cpu$/.test(name)) return false;
  if (deviceHelp.includes(`name "${name}"`)) return true;
  if (implementers['user-creatable']?.includes(name)) return true;
  if (name.endsWith('-machine')) return MODERN_MACHINE.test(name);
  return /^(?:chardev|memory-region|irq|container|clock|vhost-user-backend)/.test(name);
}

function quote(text: string): string {
  if (/[`\\]|\$\{/.test(text)) throw new Error(`cannot quote ${/.*[`\\].*/.exec(text)?.[0]}`);
  return `\`\n${text.replace(/\n$/, '')}\n\``;
}

function without(
  surveys: Readonly<Record<string, Survey>>,
  arch: string,
): Readonly<Record<string, Survey>> {
  return Object.fromEntries(Object.entries(surveys).filter(([name]) => name !== arch));
}

/** A documented constant. */
function constant(name: string, doc: string, value: string): string {
  return `/** ${doc} */\nexport const ${name} = ${value};\n`;
}
