/** Products of matrices, determinants. */
import type { Tensor } from '@tensorflow/tfjs';
import { UserError } from '../../../../core/errors/index.ts';
import type { Tf } from '../../tf.ts';
import type { Operator } from '../contract.ts';
import { given, optional } from '../operands.ts';
import { matrix, perUnit } from '../roles.ts';
import { ofRank } from '../tensors/axes.ts';
import { broadcastShape, isTensor } from '../tensors/broadcasting.ts';
import { einsum } from '../tensors/einsum.ts';
import { matMul } from '../tensors/matrices.ts';
import { combineWholes, isWhole, mapWholes } from '../tensors/whole-numbers.ts';

export const operators: readonly Operator[] = [
  {
    onnx: 'MatMul',
    units: 'last',
    weights: { 0: matrix(() => false), 1: matrix(() => false) },
    apply: ([a, b], { tf, name, inputTypes }) => [
      matMul(tf, given(a, name), given(b, name), inputTypes[0] ?? null, name),
    ],
  },
  {
    onnx: 'Gemm',
    units: 'last',
    weights: { 1: matrix((attributes) => attributes.number('transB', 0) !== 0), 2: perUnit('bias') },
    apply: (inputs, { tf, name, attributes, inputTypes }) => {
      const type = inputTypes[0] ?? null;
      const [a, b] = ['transA', 'transB'].map((attribute, at) => {
        const x = ofRank(given(inputs[at], name), 2, 'matrices', name);
        return attributes.number(attribute, 0) !== 0 ? tf.transpose(x) : x;
      });
      if (!a || !b) throw new Error('two matrices were expected');
      const [alpha, beta] = [attributes.number('alpha', 1), attributes.number('beta', 1)];
      const made = matMul(tf, a, b, type, name);
      const c = optional(inputs[2], name);
      if (c && broadcastShape([made.shape, c.shape], name).join() !== made.shape.join())
        throw new UserError(
          'invalid',
          `the node ${name} adds a tensor of shape [${c.shape}] to a product of shape [${made.shape}]; expected one that broadcasts to it`,
        );
      if (isWhole(made)) {
        const scaled = mapWholes(tf, made, type, name, (x) => x * alpha);
        return [c ? combineWholes(tf, scaled, c, type, name, (x, y) => x + y * beta) : scaled];
      }
      const scaled = alpha === 1 ? made : tf.mul(made, alpha);
      return [c ? tf.add(scaled, beta === 1 ? c : tf.mul(c, beta)) : scaled];
    },
  },
  {
    onnx: 'Einsum',
    units: 'last',
    apply: (inputs, { tf, name, attributes, inputTypes }) => [
      einsum(
        tf,
        attributes.text('equation'),
        inputs.map((operand) => given(operand, name)),
        inputTypes[0] ?? null,
        name,
      ),
    ],
  },
  {
    onnx: 'Det',
    units: 'kept',
    apply: ([operand], { tf, name }) => {
      const x = given(operand, name);
      const [rows, columns] = x.shape.slice(-2);
      if (x.rank < 2 || rows !== columns)
        throw new UserError(
          'invalid',
          `the node ${name} takes the determinant of a tensor of shape [${x.shape}]; expected square matrices`,
        );
      return [determinants(tf, x, rows ?? 0)];
    },
  },
];

/** Of matrices (..., n, n). Their gradient is the matrix of cofactors. */
function determinants(tf: Tf, x: Tensor, n: number): Tensor {
  const found = tf.customGrad((...args) => {
    const [own, save] = args;
    if (!isTensor(own) || typeof save !== 'function') throw new Error('one tensor was expected');
    const values = own.dataSync();
    const count = n === 0 ? 0 : own.size / (n * n);
    const matrices = Array.from({ length: count }, (_, at) =>
      Float64Array.from(values.subarray(at * n * n, (at + 1) * n * n)),
    );
    const shape = own.shape.slice(0, -2);
    const made =
      n === 0
        ? tf.ones(shape)
        : tf.tensor(
            matrices.map((m) => determinant(m, n)),
            [count],
            'float32',
          );
    return {
      value: tf.reshape(made, shape),
      gradFunc: (dy: Tensor) => {
        const slopes = new Float32Array(own.size);
        matrices.forEach((m, at) => {
          for (let i = 0; i < n * n; i++) slopes[at * n * n + i] = cofactor(m, n, i);
        });
        return tf.mul(tf.reshape(dy, [...shape, 1, 1]), tf.tensor(slopes, own.shape, 'float32'));
      },
    };
  });
  return found(x);
}

/** By elimination with the largest pivot of each column. */
function determinant(matrix: Float64Array, n: number): number {
  const m = Float64Array.from(matrix);
  let made = 1;
  for (let step = 0; step < n; step++) {
    let pivot = step;
    for (let row = step + 1; row < n; row++)
      if (Math.abs(m[row * n + step] ?? 0) > Math.abs(m[pivot * n + step] ?? 0)) pivot = row;
    const top = m[pivot * n + step] ?? 0;
    if (top === 0) return 0;
    if (pivot !== step) {
      made = -made;
      for (let i = 0; i < n; i++)
        [m[step * n + i], m[pivot * n + i]] = [m[pivot * n + i] ?? 0, m[step * n + i] ?? 0];
    }
    made *= top;
    for (let row = step + 1; row < n; row++) {
      const by = (m[row * n + step] ?? 0) / top;
      for (let i = step; i < n; i++) m[row * n + i]! -= by * (m[step * n + i] ?? 0);
    }
  }
  return made;
}

/** The signed determinant without an element's row and column. */
function cofactor(matrix: Float64Array, n: number, at: number): number {
  const [row, column] = [Math.floor(at / n), at % n];
  const rest = matrix.filter((_, i) => Math.floor(i / n) !== row && i % n !== column);
  return ((row + column) % 2 === 0 ? 1 : -1) * determinant(rest, n - 1);
}
