/** Networks that PyTorch exported: answers and gradients as torch has them (goldens/make_networks.py), on both backends. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Tensor } from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { loadBackend } from '../../backend/backend.ts';
import { evaluateGraph } from '../../operators/evaluate.ts';
import { isSequence } from '../../operators/operands.ts';
import { typesOf } from '../../operators/types.ts';
import { BACKENDS } from '../../testing/engines.ts';
import type { Tf } from '../../tf.ts';
import { readOnnxBytes } from './read.ts';

const valueSchema = z.object({ shape: z.array(z.number()), values: z.array(z.number()) });
const fileSchema = z.object({
  cases: z.array(
    z.object({
      name: z.string(),
      model: z.string(),
      inputs: z.array(valueSchema),
      outputs: z.array(valueSchema),
      gradients: valueSchema,
    }),
  ),
});
const { cases } = fileSchema.parse(
  JSON.parse(readFileSync(path.join(import.meta.dirname, 'goldens', 'networks.json'), 'utf8')),
);

/** What the file computes, as a function of its first input. */
function networkOf(tf: Tf, model: string): (x: Tensor) => Tensor[] {
  const { graph, weights } = readOnnxBytes(Buffer.from(model, 'base64'), 'network.onnx');
  const known = new Map(
    weights.map(({ name, shape, read }) => [name, tf.tensor(Float32Array.from(read(), Number), [...shape])]),
  );
  const types = typesOf(graph);
  return (x) =>
    evaluateGraph({ tf, opsets: graph.opsets, types }, graph, [x], (name) => known.get(name)).flatMap(
      (operand) => (operand === null ? [] : isSequence(operand) ? [...operand] : [operand]),
    );
}

function close(found: Tensor, { shape, values }: z.infer<typeof valueSchema>, relative: number): void {
  expect(found.shape).toEqual(shape);
  const numbers = found.dataSync();
  const largest = Math.max(...values.map(Math.abs));
  const off = values.map((value, i) => Math.abs(value - (numbers[i] ?? Number.NaN)));
  expect(off.filter((distance) => !(distance <= relative * largest))).toEqual([]);
}

describe.each(BACKENDS)('on %s', (backend) => {
  it.each(cases)('$name', async ({ model, inputs, outputs, gradients }) => {
    const { tf } = await loadBackend(backend);
    const [input] = inputs;
    if (!input) throw new Error('an input was expected');
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const network = networkOf(tf, model);
      const x = tf.tensor(input.values, input.shape);
      const made = network(x);
      expect(made).toHaveLength(outputs.length);
      for (const [at, expected] of outputs.entries()) {
        const found = made[at];
        if (found) close(found, expected, 1e-5);
      }
      const total = (at: Tensor) => {
        const flat = tf.concat(network(at).map((y) => tf.reshape(y, [-1])));
        return tf.sum(tf.mul(flat, tf.sin(tf.range(1, flat.size + 1)))).asScalar();
      };
      close(tf.grad(total)(x), gradients, 1e-4);
    });
    expect(tf.memory().numTensors).toBe(before);
  });
});
