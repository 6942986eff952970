/**
 * A number that is none stays none through every kernel that layers use, on each backend: what TensorFlow 2.21 computes,
 * but for windows of a max pooling, whose NaN its CPU drops and every other device keeps. And kernels that were wrong.
 */
import type { Tensor, Tensor5D } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { gradientOf } from '../network/gradients.ts';
import { BACKENDS } from '../testing/engines.ts';
import type { Tf } from '../tf.ts';
import { type Backend, loadBackend } from './backend.ts';

const [none, most] = [Number.NaN, Number.POSITIVE_INFINITY];
const POINTS = [none, -most, -1, 0, 1, 6, 7, most];

/** Of POINTS. */
const POINTWISE: Readonly<Record<string, readonly [(tf: Tf, x: Tensor) => Tensor, readonly number[]]>> = {
  relu: [(tf, x) => tf.relu(x), [none, 0, 0, 0, 1, 6, 7, most]],
  relu6: [(tf, x) => tf.relu6(x), [none, 0, 0, 0, 1, 6, 6, 6]],
  elu: [(tf, x) => tf.elu(x), [none, -1, Math.expm1(-1), 0, 1, 6, 7, most]],
  sign: [(tf, x) => tf.sign(x), [none, -1, -1, 0, 1, 1, 1, 1]],
  clip: [(tf, x) => tf.clipByValue(x, 0, 6), [none, 0, 0, 0, 1, 6, 6, 6]],
  leaky: [(tf, x) => tf.leakyRelu(x, 0.5), [none, -most, -0.5, 0, 1, 6, 7, most]],
  prelu: [(tf, x) => tf.prelu(x, tf.scalar(0.5)), [none, -most, -0.5, 0, 1, 6, 7, most]],
  'maximum, first': [(tf, x) => tf.maximum(x, 2), [none, 2, 2, 2, 2, 6, 7, most]],
  'maximum, second': [(tf, x) => tf.maximum(2, x), [none, 2, 2, 2, 2, 6, 7, most]],
  'minimum, first': [(tf, x) => tf.minimum(x, 2), [none, -most, -1, 0, 1, 2, 2, 2]],
  'minimum, second': [(tf, x) => tf.minimum(2, x), [none, -most, -1, 0, 1, 2, 2, 2]],
  'as truth': [(tf, x) => tf.cast(x, 'bool'), [1, 1, 1, 0, 1, 1, 1, 1]],
  'as integer': [(tf, x) => tf.cast(x, 'int32'), [-(2 ** 31), -(2 ** 31), -1, 0, 1, 6, 7, -(2 ** 31)]],
};

const ROWS = [
  [none, 1],
  [1, none],
  [2, 3],
  [-1, -1],
];
const FUSED: readonly (readonly ['linear' | 'relu' | 'elu', readonly number[]])[] = [
  ['linear', [none, none, 5, -2]],
  ['relu', [none, none, 5, 0]],
  ['elu', [none, none, 5, Math.expm1(-2)]],
];

/** Pictures of two by two, and their largest number. */
const WINDOWS: readonly (readonly [readonly number[], number])[] = [
  [[none, 1, 2, 3], none],
  [[1, 2, 3, none], none],
  [[none, none, none, none], none],
  [[-4, -1, -3, -2], -1],
  [[0, most, 1, 1], most],
];

describe.each(BACKENDS)('on %s', (name) => {
  let backend: Backend;
  let tf: Tf;
  beforeAll(async () => {
    backend = await loadBackend(name);
    tf = backend.tf;
  });
  const values = (make: () => Tensor) => tf.tidy(() => [...make().dataSync()]);

  test('the error function is right to single precision, next to 0 too', () => {
    const at = [1e-3, 0.5, 1, 2, -3, none, most];
    const expected = [
      ...[0.0011283787909692363, 0.5204998778130465, 0.8427007929497149, 0.9953222650189527],
      ...[-0.9999779095030014, none, 1],
    ];
    const found = values(() => tf.erf(tf.tensor1d(at)));
    expected.forEach((value, i) => {
      if (Number.isNaN(value)) expect(found[i]).toBeNaN();
      else expect(Math.abs(found[i]! / value - 1)).toBeLessThan(1e-6);
    });
  });
  const close = (found: readonly number[], expected: readonly number[]) => {
    expect(found.length).toBe(expected.length);
    for (const [i, value] of expected.entries())
      if (Number.isFinite(value)) expect(found[i]).toBeCloseTo(value, 5);
      else expect(found[i]).toBe(value);
  };

  test.each(Object.entries(POINTWISE))('%s', (_, [of, expected]) => {
    close(
      values(() => of(tf, tf.tensor1d(POINTS))),
      expected,
    );
  });

  test('a rectifier keeps the NaN of infinity less infinity, whose sign is negative', () => {
    for (const rectify of [tf.relu, tf.relu6])
      close(
        values(() => rectify(tf.sub(tf.tensor1d([most, 1]), tf.tensor1d([most, 0])))),
        [none, 1],
      );
  });

  test.each(FUSED)('a product with its activation %s', (activation, expected) => {
    const bias = [0];
    const matrix = () =>
      tf.fused.matMul({
        a: tf.tensor2d(ROWS),
        b: tf.ones([2, 1]),
        bias: tf.tensor1d(bias),
        activation,
      });
    close(values(matrix), expected);
    const picture = () =>
      tf.fused.conv2d({
        x: tf.tensor4d(ROWS.flat(), [1, 4, 1, 2]),
        filter: tf.ones([1, 1, 2, 1]),
        strides: 1,
        pad: 'valid',
        bias: tf.tensor1d(bias),
        activation,
      });
    close(values(picture), expected);
  });

  test('a weight that is none, and nothing times infinity', () => {
    const a = () => tf.tensor2d([[0, 1]]);
    for (const activation of ['linear', 'relu'] as const)
      for (const weight of [none, most])
        close(
          values(() =>
            tf.fused.matMul({
              a: a(),
              b: tf.tensor2d([
                [weight, 1],
                [1, 1],
              ]),
              activation,
            }),
          ),
          [none, 1],
        );
  });

  test.each([
    [1, 1],
    [2, 1],
    [3, 1],
    [3, 2],
  ])('convolutions and means of %i numbers at stride %i', (size, stride) => {
    const picture = () => tf.tensor4d([none, ...new Array(24).fill(1)], [1, 5, 5, 1]);
    const first = (y: Tensor) => y.flatten().slice(0, 1);
    const last = (y: Tensor) => y.flatten().slice(y.size - 1, 1);
    const filter = () => tf.tensor4d(new Array(size * size).fill(1), [size, size, 1, 1]);
    const made: readonly (() => Tensor)[] = [
      () => tf.conv2d(picture(), filter(), stride, 'valid'),
      () => tf.depthwiseConv2d(picture(), filter(), stride, 'valid'),
      () => tf.separableConv2d(picture(), filter(), tf.ones([1, 1, 1, 1]), stride, 'valid'),
      () => tf.avgPool(picture(), size, stride, 'valid'),
      () => tf.avgPool3d(picture().as5D(1, 1, 5, 5, 1), [1, size, size], [1, stride, stride], 'valid'),
      () =>
        tf.conv3d(
          picture().as5D(1, 1, 5, 5, 1),
          tf.ones([1, size, size, 1, 1]),
          [1, stride, stride],
          'valid',
        ),
    ];
    for (const make of made) {
      expect(values(() => first(make()))).toEqual([none]);
      expect(values(() => last(make()))[0]).toBeGreaterThan(0);
    }
  });

  test.each(WINDOWS)('the largest of %j', (window, expected) => {
    const x = () => tf.tensor4d([...window], [1, 2, 2, 1]);
    expect(values(() => tf.maxPool(x(), 2, 2, 'valid'))).toEqual([expected]);
    expect(values(() => tf.maxPool3d(x().as5D(1, 1, 2, 2, 1), [1, 2, 2], 1, 'valid'))).toEqual([expected]);
    expect(values(() => tf.max(x()))).toEqual([expected]);
  });

  test('one NaN among many numbers spoils its own windows only', () => {
    const many = new Array(2 * 64 * 64 * 3).fill(0).map((_, i) => Math.sin(i));
    many[5000] = none;
    const x = () => tf.tensor4d(many, [2, 64, 64, 3]);
    const spoilt = values(() => tf.isNaN(tf.maxPool(x(), 2, 2, 'same')));
    expect(spoilt.filter(Boolean).length).toBe(1);
    // Place (26, 2) of 64 by 64, channel 2.
    expect(spoilt.indexOf(1)).toBe((13 * 32 + 1) * 3 + 2);
    const volume = () => x().as5D(2, 1, 64, 64, 3);
    const whole = values(() => tf.maxPool3d(volume(), [1, 2, 2], [1, 2, 2], 'same'));
    const flat = values(() => tf.maxPool(x(), 2, 2, 'same'));
    expect(whole).toEqual(flat);
  });

  test.each([
    [2, 3, 9],
    [2, 3, 15],
    [2, 4, 8],
    [3, 4, 9],
  ])('a kernel of %i at stride %i over %i places, padded to the same', (size, stride, length) => {
    const x = () =>
      tf.tensor4d(
        Array.from({ length }, (_, i) => i + 1),
        [1, length, 1, 1],
      );
    const filter = () => tf.tensor4d(new Array(size).fill(1), [size, 1, 1, 1]);
    const places = Math.ceil(length / stride);
    const before = Math.floor(Math.max((places - 1) * stride + size - length, 0) / 2);
    const expected = Array.from({ length: places }, (_, at) => {
      const own = Array.from({ length: size }, (_tap, i) => at * stride - before + i);
      return own.filter((i) => i >= 0 && i < length).reduce((sum, i) => sum + i + 1, 0);
    });
    // What lies in memory is not what is wanted.
    values(() => tf.fill([4 * length], 7));
    const steps: [number, number] = [stride, 1];
    close(
      values(() => tf.conv2d(x(), filter(), steps, 'same')),
      expected,
    );
    close(
      values(() => tf.depthwiseConv2d(x(), filter(), steps, 'same')),
      expected,
    );
    const fused = { x: x(), filter: filter(), strides: steps, pad: 'same' as const };
    close(
      values(() => tf.fused.conv2d({ ...fused, activation: 'relu' })),
      expected,
    );
    tf.dispose([fused.x, fused.filter]);
    // The way back through a transposed one is the same convolution.
    const slope = gradientOf(
      tf,
      (p) =>
        tf.mul(tf.conv2dTranspose(p.as4D(1, places, 1, 1), filter(), [1, length, 1, 1], steps, 'same'), x()),
      tf.ones([1, places, 1, 1]),
    );
    close([...slope.dataSync()], expected);
    slope.dispose();
  });

  // What TensorFlow 2.21 gives along an axis of 0, 1, 2, ...: sums, means and the largest, and where the gradient goes.
  test.each([
    [3, 1, 3, [0], [0]],
    [5, 1, 2, [0, 2, 4], [0, 2, 4]],
    [6, 1, 3, [0, 3], [0, 3]],
    [8, 1, 4, [0, 4], [0, 4]],
    [4, 2, 4, [1], [1]],
    [7, 2, 4, [1, 9], [1, 5]],
  ])('volumes of %i places by %i at stride %i', (length, size, stride, sums, largest) => {
    const x = () => tf.tensor5d([...new Array(length).keys()], [1, 1, 1, length, 1]);
    const [window, steps] = [
      [1, 1, size],
      [1, 1, stride],
    ] as [[number, number, number], [number, number, number]];
    const filter = () => tf.ones([1, 1, size, 1, 1]) as Tensor5D;
    close(
      values(() => tf.conv3d(x(), filter(), steps, 'same')),
      sums,
    );
    close(
      values(() => tf.avgPool3d(x(), window, steps, 'same')),
      sums.map((sum) => sum / size),
    );
    close(
      values(() => tf.maxPool3d(x(), window, steps, 'same')),
      largest,
    );
    const before = tf.memory().numTensors;
    const slope = (make: (p: Tensor) => Tensor) => {
      const at = x();
      const found = gradientOf(tf, make, at);
      const out = [...found.dataSync()];
      tf.dispose([at, found]);
      return out;
    };
    const places = [...new Array(length).keys()];
    const reached = places.map((i) => (i % stride < size && i < sums.length * stride ? 1 : 0));
    close(
      slope((p) => tf.conv3d(p as Tensor5D, filter(), steps, 'same')),
      reached,
    );
    close(
      slope((p) => tf.avgPool3d(p as Tensor5D, window, steps, 'same')),
      reached.map((one) => one / size),
    );
    close(
      slope((p) => tf.maxPool3d(p as Tensor5D, window, steps, 'same')),
      places.map((i) => (largest.includes(i) ? 1 : 0)),
    );
    expect(tf.memory().numTensors).toBe(before);
  });

  test.each(['valid', 'same'] as const)(
    'the only window along columns that are stepped over, padded to %s',
    (pad) => {
      const sizes: [number, number, number, number, number] = [1, 2, 4, 4, 1];
      const wide = pad === 'valid' ? 3 : 4;
      const numbers = [...new Array(32).keys()];
      // Sums of windows of one slice, two rows and as many columns as there are, or the padded three of four.
      const rows = (d: number, r: number) => {
        const from = (d * 4 + r) * 4;
        const sum = (at: number) => numbers.slice(at, at + 3).reduce((a, b) => a + b, 0);
        return sum(from) + (r < 3 ? sum(from + 4) : 0);
      };
      const expected = [0, 1].flatMap((d) =>
        (pad === 'valid' ? [0, 1, 2] : [0, 1, 2, 3]).map((r) => rows(d, r)),
      );
      close(
        values(() =>
          tf.conv3d(tf.tensor5d(numbers, sizes), tf.ones([1, 2, 3, 1, 1]) as Tensor5D, [1, 1, wide], pad),
        ),
        expected,
      );
    },
  );

  test('no tensor is left behind', () => {
    const before = tf.memory().numTensors;
    values(() => tf.maxPool(tf.tensor4d([none, 1, 1, 1], [1, 2, 2, 1]), 2, 2, 'valid'));
    values(() => tf.maximum(1, tf.tensor1d([none, 1])));
    values(() => tf.depthwiseConv2d(tf.tensor4d([none], [1, 1, 1, 1]), tf.ones([1, 1, 1, 1]), 1, 'same'));
    const x = tf.tensor4d([1, 1, 1, 1], [1, 2, 2, 1]);
    const slope = gradientOf(tf, (p) => tf.batchNorm(p.as4D(1, 2, 2, 1), tf.zeros([1]), tf.ones([1])), x);
    expect([...slope.dataSync()].map((v) => v.toFixed(2))).toEqual(['1.00', '1.00', '1.00', '1.00']);
    tf.dispose([x, slope]);
    expect(tf.memory().numTensors).toBe(before);
  });
});
