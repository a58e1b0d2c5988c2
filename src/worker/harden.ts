/** Globals that ECMAScript defines, and those that a script may have besides: nothing that reaches out of the thread. */
const KEPT = new Set(
  [
    'globalThis Infinity NaN undefined eval isFinite isNaN parseFloat parseInt decodeURI',
    'decodeURIComponent encodeURI encodeURIComponent escape unescape AggregateError Array',
    'ArrayBuffer BigInt BigInt64Array BigUint64Array Boolean DataView Date Error EvalError',
    'FinalizationRegistry Float16Array Float32Array Float64Array Function Int8Array',
    'Int16Array Int32Array Iterator Map Number Object Promise Proxy RangeError ReferenceError',
    'RegExp Set SharedArrayBuffer String SuppressedError Symbol SyntaxError TypeError',
    'Uint8Array Uint8ClampedArray Uint16Array Uint32Array URIError WeakMap WeakRef WeakSet',
    'Atomics JSON Math Reflect Intl DisposableStack AsyncDisposableStack InternalError uneval',
    'TextEncoder TextDecoder WebAssembly structuredClone',
  ].flatMap((line) => line.split(' ')),
);

/**
 * Takes from a worker's global scope and its prototypes whatever is not the language itself:
 * network, storage, messages, timers, further workers. Each name stays, as undefined, so that a
 * script that uses one can be told. To be called once, before any script, by code that keeps what
 * it needs itself.
 */
export function harden(scope: object): void {
  const taken = new Set<PropertyKey>();
  for (
    let owner: object | null = scope;
    owner && owner !== Object.prototype;
    owner = Object.getPrototypeOf(owner)
  )
    for (const key of Reflect.ownKeys(owner)) {
      if (typeof key === 'symbol' || KEPT.has(key)) continue;
      Reflect.deleteProperty(owner, key);
      taken.add(key);
    }
  for (const key of taken) Reflect.defineProperty(scope, key, { value: undefined });
}
