import { expect, test } from 'vitest';
import { parseKeyval } from '../keyval.ts';
import { parseOpts } from '../opts.ts';
import { parseSchema } from './schema.ts';
import { visitJson, visitKeyval, visitOpts } from './visit.ts';

const SCHEMA = parseSchema(`
  Inner = n:u16 s?
  Ref | Thing
  Thing = id kind:<a|b> flag?:bool / kind
    a: size:size inner?:Inner list?:[u16]
    b: number:int signed?:i32 ref?:Ref
`);

const json = (value: Record<string, unknown>) => visitJson(SCHEMA, 'Thing', value as never);
const keyval = (text: string) => visitKeyval(SCHEMA, 'Thing', parseKeyval(text, 'kind').tree);
const opts = (text: string) => {
  const { id, entries } = parseOpts(text, 'kind');
  return visitOpts(SCHEMA, 'Thing', id, entries);
};

test('the same thing in three notations', () => {
  const thing = { id: 'x', kind: 'a', flag: true, size: 2048n, list: [1n, 2n, 3n] };
  expect({ ...json({ id: 'x', kind: 'a', flag: true, size: 2048, list: [1, 2, 3] }) }).toEqual(
    thing,
  );
  expect({ ...keyval('a,id=x,flag=on,size=2k,list.0=1,list.1=2,list.2=3') }).toEqual(thing);
  expect({ ...opts('a,id=x,flag=on,size=2k,list=1-2,list=3') }).toEqual(thing);
});

test.each([
  [() => json({ kind: 'a' }), "Parameter 'id' is missing"],
  [() => json({ id: 'x', kind: 5 }), "Invalid parameter type for 'kind', expected: string"],
  [() => json({ id: 'x', kind: 'c' }), "Parameter 'kind' does not accept value 'c'"],
  [() => json({ id: 'x', kind: 'a', size: '1' }), "Parameter 'size' expects uint64"],
  [() => json({ id: 'x', kind: 'a', size: 1, inner: {} }), "Parameter 'inner.n' is missing"],
  [
    () => json({ id: 'x', kind: 'a', size: 1, inner: { n: 1, z: 2 } }),
    "Parameter 'inner.z' is unexpected",
  ],
  [() => json({ id: 'x', kind: 'a', size: 1, list: ['q'] }), "Parameter 'list[0]' expects uint64"],
  [() => json({ id: 'x', kind: 'b', number: 1, ref: 5 }), 'expected: Ref'],
  [() => keyval('b,id=x,number=z'), "Parameter 'number' expects integer"],
  [() => keyval('a,id=x,size=z'), "Parameter 'size' expects size"],
  [() => keyval('a,id=x,size=1,inner.n=65536'), "Parameter 'n' expects uint16_t"],
  [() => keyval('a,id=x,size=1,foo=1,bar=2'), "Parameter 'bar' is unexpected"],
  [() => opts('b,id=x,number=z'), "Parameter 'number' expects an int64 value"],
  [() => opts('a,id=x,size=z'), "Parameter 'size' expects a size value"],
  [() => opts('a,id=x,size=1,list=z'), "Parameter 'list' expects a uint64 value or range"],
  [() => opts('b,id=x,number=1,signed=99999999999'), "Parameter 'signed' expects int32_t"],
  [() => opts('b,id=x,number=1,foo=1,bar=2,baz=3'), "Invalid parameter 'baz'"],
])('each notation has its sentences (%#)', (visit, message) => {
  expect(visit).toThrow(message);
});
