/** Slopes of the random configurations (goldens/make_runtime_cases.py) along random lines, against differences of their own forward pass. */
import type { Tensor } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Backend, loadBackend } from '../backend/backend.ts';
import { BACKENDS } from '../testing/engines.ts';
import { isSequence } from './operands.ts';
import { COMMITTED_CASES, functionOf, readCases } from './testing/cases.ts';

/** Differentiable everywhere, or but for a few points. */
const SMOOTH = new Set([
  ...['Conv', 'ConvTranspose', 'AveragePool', 'MaxPool', 'RNN', 'GRU', 'LSTM'],
  ...['Attention', 'MultiHeadAttention', 'SkipLayerNormalization', 'FusedConv', 'RoiAlign'],
]);
const cases = readCases(COMMITTED_CASES, 'onnxruntime.json').filter(({ operator }) => SMOOTH.has(operator));
const byOperator = [...SMOOTH].map((operator) => ({
  operator,
  own: cases.filter((one) => one.operator === operator),
}));
const STEP = 1e-2;

describe.each(BACKENDS)('slopes on %s', (name) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await loadBackend(name);
  });

  it.each(byOperator)('$operator', ({ own }) => {
    const { tf } = backend;
    expect(own.length).toBeGreaterThan(5);
    const before = tf.memory().numTensors;
    let checked = 0;
    for (const one of own)
      tf.tidy(() => {
        const { operands, run } = functionOf(tf, one);
        const [x] = operands;
        if (!x || isSequence(x)) throw new Error('a tensor was expected');
        const total = (at: Tensor) => {
          const outputs = run([at, ...operands.slice(1)]).flatMap((y) => (y && !isSequence(y) ? [y] : []));
          const flat = tf.concat(
            outputs.filter(({ dtype }) => dtype === 'float32').map((y) => tf.reshape(y, [-1])),
          );
          return tf.sum(tf.mul(flat, tf.cos(tf.range(0, flat.size)))).asScalar();
        };
        const line = tf.sin(tf.reshape(tf.range(1, x.size + 1), x.shape));
        const at = (step: number) => total(tf.add(x, tf.mul(line, step))).dataSync()[0] ?? Number.NaN;
        const gradient = tf.grad(total)(x);
        const slope = tf.sum(tf.mul(gradient, line)).dataSync()[0] ?? Number.NaN;
        const size =
          Math.max(0.1, tf.norm(gradient).dataSync()[0] ?? Number.NaN) * (tf.norm(line).dataSync()[0] ?? 1);
        const [near, far] = [STEP / 4, STEP].map((step) => (at(step) - at(-step)) / (2 * step));
        // Across a corner two steps tell two slopes.
        if (Math.abs((near ?? 0) - (far ?? 0)) > 2e-3 * size) return;
        checked++;
        expect(Math.abs(slope - (far ?? Number.NaN)) / size, one.name).toBeLessThan(2e-3);
      });
    expect(checked).toBeGreaterThan(own.length / 2);
    expect(tf.memory().numTensors).toBe(before);
  });
});
