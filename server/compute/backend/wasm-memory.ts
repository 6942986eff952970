/**
 * TensorFlow.js 4.22 takes what WebAssembly's allocator answers for an address, also the 0 that says "no memory", and
 * hands it a size that 32 bits cut off: both would be written over what lies there.
 */
import type { Tf } from '../tf.ts';

interface Module {
  _malloc(bytes: number): number;
  _free(address: number): void;
}
const MOST_BYTES = 2 ** 32 - 1;
const guarded = new WeakSet<object>();

/** A second call does nothing. */
export function guardWasmMemory(tf: Tf): void {
  const { wasm } = tf.engine().findBackend('wasm') as unknown as { readonly wasm: Module };
  if (guarded.has(wasm)) return;
  guarded.add(wasm);
  // The first call puts the allocator itself in the place of what finds it.
  wasm._free(wasm._malloc(8));
  const malloc = wasm._malloc;
  wasm._malloc = (bytes) => {
    const address = bytes > MOST_BYTES ? 0 : malloc(bytes);
    if (address === 0 && bytes > 0) throw new Error(`no memory for a tensor of ${bytes} bytes`);
    return address;
  };
}
