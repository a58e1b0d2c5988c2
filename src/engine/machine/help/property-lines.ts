import type { ListedProperty } from '../../qom/listing.ts';

/** Column at which the words about a property begin, where its name and type leave room. */
const COLUMN = 24;

/** `NAME options:` and a line a property, sorted; or that there are none. */
export function optionsText(name: string, properties: readonly ListedProperty[]): string {
  if (properties.length === 0) return `There are no options for ${name}.\n`;
  const lines = properties.map(propertyLine).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return `${[`${name} options:`, ...lines].join('\n')}\n`;
}

function propertyLine({ name, type, description, default: value }: ListedProperty): string {
  const start = `  ${name}=<${type}>`;
  if (description === '' && value === undefined) return start;
  const shown = typeof value === 'bigint' ? String(value) : JSON.stringify(value);
  const end = value === undefined ? '' : ` (default: ${shown})`;
  return `${start.padEnd(COLUMN)} - ${description}${end}`;
}
