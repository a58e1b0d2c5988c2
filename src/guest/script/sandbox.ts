/** What ECMAScript itself offers, and a guest script may use. */
const LANGUAGE = new Set(
  [
    'undefined NaN Infinity isNaN isFinite parseInt parseFloat encodeURI encodeURIComponent',
    'decodeURI decodeURIComponent escape unescape Object Array String Number Boolean Symbol BigInt',
    'Math JSON Date RegExp Map Set WeakMap WeakSet WeakRef Reflect Proxy Intl Iterator Atomics',
    'Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError',
    'ArrayBuffer SharedArrayBuffer DataView Int8Array Uint8Array Uint8ClampedArray Int16Array',
    'Uint16Array Int32Array Uint32Array Float32Array Float64Array BigInt64Array BigUint64Array',
  ].flatMap((line) => line.split(' ')),
);

/** Why a name that exists out there does not exist for the guest. */
function reason(name: string): string {
  if (/^set(Timeout|Interval|Immediate)$|^Promise$|^queueMicrotask$/.test(name))
    return `${name} is not available: a guest script runs straight through, and nothing runs after it`;
  return `${name} is not available: a guest has its machine, and nothing else`;
}

/**
 * Stand-ins for the globals that a script mentions and that belong to whoever runs it (the
 * worker's messages, network and storage; Node's process), not to the language. Using one throws
 * ReferenceError. This keeps accidents out, not attackers: the vCPU's thread does that.
 */
export function standIns(mentioned: ReadonlySet<string>): Map<string, unknown> {
  const found = new Map<string, unknown>();
  for (const name of mentioned)
    if (!LANGUAGE.has(name) && (name in globalThis || name === 'globalThis'))
      found.set(name, standIn(name));
  return found;
}

function standIn(name: string): unknown {
  const refuse = (): never => {
    throw new ReferenceError(reason(name));
  };
  const trap = { get: refuse, set: refuse, has: refuse, apply: refuse, construct: refuse };
  return new Proxy(function absent() {}, trap);
}
