import { createContext, runInContext } from 'node:vm';
import { expect, it } from 'vitest';
import { harden } from './harden.ts';

it('leaves the language and takes the rest, wherever it was inherited from', () => {
  class EventTargetLike {
    addEventListener(): void {}
  }
  class ScopeLike extends EventTargetLike {
    postMessage(): void {}
    get indexedDB(): string {
      return 'here';
    }
  }
  const scope = Object.assign(new ScopeLike(), { fetch: () => 'out', Math, Atomics, anything: 1 });
  harden(scope);
  for (const name of ['addEventListener', 'postMessage', 'indexedDB', 'fetch', 'anything'])
    expect(scope[name as keyof typeof scope], name).toBeUndefined();
  expect(scope.Math).toBe(Math);
  expect(scope.Atomics).toBe(Atomics);
  expect(scope.constructor).toBeUndefined();
  expect('fetch' in scope).toBe(true);
  expect(() => Object.assign(scope, { fetch: 1 })).toThrow(TypeError);
});

it('overlays what cannot be taken', () => {
  const scope: Record<string, unknown> = Object.create(
    Object.defineProperty({}, 'location', { value: 'https://example.org', configurable: false }),
  );
  harden(scope);
  expect(scope.location).toBeUndefined();
});

it('names every global of the language', () => {
  const context = createContext({});
  const names = runInContext('Object.getOwnPropertyNames(globalThis)', context) as string[];
  const scope = Object.fromEntries(names.map((name) => [name, 1]));
  harden(scope);
  const taken = names.filter((name) => scope[name] === undefined);
  expect(taken).toEqual(['console']);
});
