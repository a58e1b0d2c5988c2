import { type Runtime, Session } from 'node:inspector';

/** What the debugger and this file hand to each other. */
const table: { object: unknown; values: readonly unknown[] } = { object: undefined, values: [] };
Object.assign(globalThis, { privateFieldsTable: table });

/** A field as the debugger tells of it; Node's types do not know of such. */
type PrivateProperty = Pick<Runtime.PropertyDescriptor, 'name' | 'value'>;

let session: Session | undefined;

/** The fields that an object keeps to itself, by their names with `#`: what only a debugger sees. */
export function privateFields(
  object: object,
): readonly (readonly [name: string, value: unknown])[] {
  if (!session) {
    session = new Session();
    session.connect();
  }
  table.object = object;
  table.values = [];
  const { result } = ask<Runtime.EvaluateReturnType>('Runtime.evaluate', {
    expression: 'privateFieldsTable.object',
    objectGroup: 'fields',
  });
  const { privateProperties = [] } = ask<{
    privateProperties?: PrivateProperty[];
  }>('Runtime.getProperties', { objectId: result.objectId, ownProperties: true });
  const fields = privateProperties.flatMap(({ name, value }) => (value ? [{ name, value }] : []));
  ask('Runtime.callFunctionOn', {
    objectId: result.objectId,
    functionDeclaration: 'function (...values) { privateFieldsTable.values = values; }',
    arguments: fields.map(({ value: { value, unserializableValue, objectId } }) => ({
      value,
      unserializableValue,
      objectId,
    })),
  });
  ask('Runtime.releaseObjectGroup', { objectGroup: 'fields' });
  return fields.map(({ name }, i) => [name, table.values[i]] as const);
}

/** A debugger in the same thread answers at once. */
function ask<T>(method: string, parameters: object): T {
  let answer: T | undefined;
  session?.post(method, parameters, (error, result) => {
    if (error) throw new Error(`${method}: ${error.message}`);
    answer = result as T;
  });
  return answer as T;
}
