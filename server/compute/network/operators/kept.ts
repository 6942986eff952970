/** What operators make of weights alone (a filter turned, a matrix transposed), made with the first run and kept for the next. */
import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../../tf.ts';

export class Kept {
  private readonly tensors = new Map<string, Tensor>();
  private held = 0;

  /** `most`: bytes; what does not fit is made in each run. */
  constructor(
    private readonly tf: Tf,
    private readonly most: number,
  ) {}

  /** The asker's own to dispose of. `make` may be called within a tidy. */
  get(key: string, make: () => Tensor): Tensor {
    const known = this.tensors.get(key);
    if (known) return known.clone();
    const made = make();
    const bytes = 4 * made.size;
    if (made.dtype === 'string' || this.held + bytes > this.most) return made;
    this.held += bytes;
    // A clone: an operator may hand on the weight itself, which is not to be disposed of with this.
    this.tensors.set(key, this.tf.keep(made.clone()));
    return made;
  }

  get bytes(): number {
    return this.held;
  }

  /** When a weight is written to. */
  clear(): void {
    for (const tensor of this.tensors.values()) tensor.dispose();
    this.tensors.clear();
    this.held = 0;
  }
}
