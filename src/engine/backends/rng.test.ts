import { expect, test } from 'vitest';
import { TypeRegistry } from '../qom/type.ts';
import { bytesSource } from './byte-source.ts';
import { type RngBackend, registerRngBackends } from './rng.ts';

function backend(type: string): RngBackend {
  const registry = new TypeRegistry();
  registerRngBackends(registry);
  let next = 0;
  const random = (into: Uint8Array) => {
    for (let i = 0; i < into.length; i++) into[i] = next++;
  };
  const openImage = (name: string) =>
    name === 'dice' ? bytesSource(Uint8Array.of(6, 5, 4)) : undefined;
  return registry.create(type, { random, openImage }) as RngBackend;
}

test.each(['rng-builtin', 'rng-random'])(
  '%s hands out what the host’s source gives, in order',
  (type) => {
    const rng = backend(type);
    expect([...rng.request(3)]).toEqual([0, 1, 2]);
    expect([...rng.request(0)]).toEqual([]);
    expect([...rng.request(2)]).toEqual([3, 4]);
  },
);

test('rng-random reads on in its file, to the end', () => {
  const rng = backend('rng-random');
  rng.set('filename', 'dice');
  expect([...rng.request(2)]).toEqual([6, 5]);
  expect([...rng.request(2)]).toEqual([4]);
  expect([...rng.request(2)]).toEqual([]);
});

test('the common ancestor makes no objects', () => {
  expect(() => backend('rng-backend')).toThrow("object type 'rng-backend' is abstract");
});

test('rng-random reads the file that QEMU reads', () => {
  expect(backend('rng-random').values.filename).toBe('/dev/urandom');
});
