/** Runs of a graph that takes a fixed number of examples at once. */
import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../tf.ts';

interface Given {
  readonly input: (name: string) => Tensor;
  readonly given: ReadonlyMap<string, Tensor> | undefined;
}

/**
 * What `run` gives for all examples, from runs of `batch` of them; the last is filled up with its last example, whose
 * further answers are dropped. Differentiable. All that is given and put out has the examples along its first axis.
 */
export function inBatches(tf: Tf, batch: number, all: Given, run: (part: Given) => Tensor[]): Tensor[] {
  const [first] = all.given?.values() ?? [];
  const inputs = new Map<string, Tensor>();
  const input = (name: string): Tensor => {
    const known = inputs.get(name) ?? all.input(name);
    inputs.set(name, known);
    return known;
  };
  const count = first?.shape[0];
  const parts: Tensor[][] = [];
  let done = 0;
  let total = count ?? Number.POSITIVE_INFINITY;
  do {
    const from = done;
    const part = (tensor: Tensor): Tensor => {
      const size = tensor.shape[0] ?? 0;
      total = size;
      if (size === batch) return tensor;
      const taken = Math.min(batch, size - from);
      const own = tf.slice(tensor, [from], [taken]);
      if (taken === batch) return own;
      const last = tf.slice(tensor, [size - 1], [1]);
      return tf.concat([own, ...Array.from({ length: batch - taken }, () => last)], 0);
    };
    parts.push(
      run({
        input: (name) => part(input(name)),
        given: all.given && new Map([...all.given].map(([name, tensor]) => [name, part(tensor)])),
      }),
    );
    done += batch;
  } while (done < total && Number.isFinite(total));
  const [head = []] = parts;
  if (parts.length === 1 && total === batch) return head;
  return head.map((_, at) => {
    const whole = tf.concat(
      parts.map((outputs) => outputs[at] ?? tf.zeros([0])),
      0,
    );
    // What fills up the last run goes; an output with another axis first stays whole.
    const filled = whole.shape[0] === parts.length * batch && whole.shape[0] > total;
    return filled ? tf.slice(whole, [0], [total]) : whole;
  });
}
