import { ConfigError } from '../qom/errors.ts';

/** A JSON value. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;
/** A JSON object. */
export type JsonObject = { readonly [key: string]: JsonValue };

/** Parses an option's argument that is a JSON object. Throws ConfigError where it is none. */
export function parseJson(text: string): JsonObject {
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch {
    throw new ConfigError(`JSON parse error, ${complaint(text)}`);
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw new ConfigError("Invalid parameter type for 'parameters', expected: object");
  return value as JsonObject;
}

/** QEMU's words for an unfinished text; else ours, since parsers differ in what they stumble over first. */
function complaint(text: string): string {
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string;
    if (quoted && char === '\\') at++;
    else if (char === '"') quoted = !quoted;
    else if (!quoted && '{['.includes(char)) depth++;
    else if (!quoted && '}]'.includes(char)) depth--;
  }
  return quoted || depth > 0 ? 'premature EOI' : 'not a JSON object';
}
