/**
 * Counts the bytes of all tensors that a backend holds, whoever made them: kernels' own ones too, which TensorFlow.js's
 * count leaves out. It watches where each backend keeps them.
 */
import type { Tf } from '../tf.ts';

interface Held {
  readonly shape?: readonly number[];
  readonly values?: ArrayLike<unknown> | null;
}
interface Storage {
  set(key: object, value: Held): unknown;
  delete(key: object): boolean;
}

export class TensorBytes {
  private now = 0;
  private most = 0;
  private readonly undo: (() => void)[] = [];

  constructor(tf: Tf) {
    for (const name of ['tensorflow', 'wasm', 'cpu']) {
      const backend = tf.findBackend(name) as unknown as Record<string, Storage | undefined> | null;
      const storage = backend?.tensorMap ?? backend?.dataIdMap ?? backend?.data;
      if (storage) this.watch(storage);
    }
    if (this.undo.length === 0) throw new Error('no backend keeps its tensors where they are looked for');
  }

  /** The most that was held at once since the last call beyond what was held at that call. */
  restart(): void {
    this.begin = this.now;
    this.most = this.now;
  }

  get peak(): number {
    return this.most - this.begin;
  }
  private begin = 0;

  stop(): void {
    for (const undo of this.undo) undo();
  }

  private watch(storage: Storage): void {
    const sizes = new WeakMap<object, number>();
    const { set, delete: remove } = storage;
    storage.set = (key, value) => {
      const bytes = sizeOf(value);
      this.now += bytes - (sizes.get(key) ?? 0);
      sizes.set(key, bytes);
      this.most = Math.max(this.most, this.now);
      return set.call(storage, key, value);
    };
    storage.delete = (key) => {
      this.now -= sizes.get(key) ?? 0;
      sizes.delete(key);
      return remove.call(storage, key);
    };
    this.undo.push(() => Object.assign(storage, { set, delete: remove }));
  }
}

/** All numbers have four bytes, but truth values, which are few. */
function sizeOf({ shape, values }: Held): number {
  if (shape) return 4 * shape.reduce((a, b) => a * b, 1);
  return values && ArrayBuffer.isView(values) ? values.byteLength : 0;
}
