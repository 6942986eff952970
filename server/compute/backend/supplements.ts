/**
 * What TensorFlow.js 4.22 lacks for the gradients of layers that it computes: some at all, and at corners and ties those
 * that TensorFlow 2.21 gives. gradients.test.ts shows each by finite differences, and corners.test.ts by TensorFlow's own.
 */
import type { GradConfig, Tensor } from '@tensorflow/tfjs';
import { z } from 'zod';
import type { Tf } from '../tf.ts';

const own = new WeakSet<GradConfig>();

/** Registers the missing gradients; a second call does nothing. */
export function supplyGradients(tf: Tf): void {
  for (const kernelName of ['Conv2D', 'DepthwiseConv2dNative']) {
    const known = tf.getGradient(kernelName);
    if (own.has(known)) return;
    register(tf, {
      ...known,
      gradFunc: (dy, saved, attrs) => {
        const [high = 1, wide = 1] = pairSchema.parse(attrs.dilations ?? 1);
        const [x, filter] = saved;
        if ((high === 1 && wide === 1) || !x || !filter) return known.gradFunc(dy, saved, attrs);
        // The same convolution without dilation: the filter with zeros between its numbers.
        const plain = { ...attrs, dilations: [1, 1] };
        const gradients: ReturnType<GradConfig['gradFunc']> = known.gradFunc(
          dy,
          [x, spread(tf, filter, high, wide)],
          plain,
        );
        const { x: byInput } = gradients;
        return byInput ? { x: byInput } : {};
      },
    });
  }
  supplyCorners(tf);
  supplyChoices(tf);
  register(tf, {
    kernelName: 'Conv3DBackpropInputV2',
    inputsToSave: ['filter'],
    gradFunc: (dy, [filter], attrs) => {
      const { strides, pad } = transposedSchema.parse(attrs);
      return { dy: () => tf.conv3d(rank5(tf, dy), rank5(tf, filter), strides, pad) };
    },
  });
  // Comparisons, as masks and choices make them, are flat where they are smooth.
  const flat = (x: Tensor | undefined) => () => tf.zeros(x?.shape ?? []);
  for (const kernelName of ['Any', 'All', 'LogicalNot'])
    register(tf, { kernelName, inputsToSave: ['x'], gradFunc: (_, [x]) => ({ x: flat(x) }) });
  for (const kernelName of COMPARISONS)
    register(tf, {
      kernelName,
      inputsToSave: ['a', 'b'],
      gradFunc: (_, [a, b]) => ({ a: flat(a), b: flat(b) }),
    });
  register(tf, {
    kernelName: 'Unpack',
    // Of a single part the engine hands over a tensor, not a list.
    gradFunc: (dy, _, attrs) => ({
      value: () => tf.stack(Array.isArray(dy) ? dy : [dy], z.number().parse(attrs.axis)),
    }),
  });
}

const COMPARISONS = 'Equal NotEqual Less LessEqual Greater GreaterEqual LogicalAnd LogicalOr'.split(' ');

/**
 * Where a function has a corner, several slopes are as good as each other. These are TensorFlow's; TensorFlow.js gives
 * others, or takes a tie for several largest numbers, the whole gradient each.
 */
function supplyCorners(tf: Tf): void {
  const where = (
    kernelName: string,
    saves: 'inputs' | 'outputs',
    slope: (dy: Tensor, at: Tensor) => Tensor,
  ) =>
    register(tf, {
      kernelName,
      ...(saves === 'inputs' ? { inputsToSave: ['x'] } : { outputsToSave: [true] }),
      gradFunc: (dy, [at]) => ({ x: () => slope(one(tf, dy), one(tf, at)) }),
    });
  const kept = (dy: Tensor, passes: Tensor) => tf.where(passes, dy, tf.zerosLike(dy));
  where('Relu', 'outputs', (dy, y) => kept(dy, tf.greater(y, 0)));
  where('Relu6', 'outputs', (dy, y) => kept(dy, tf.logicalAnd(tf.greater(y, 0), tf.less(y, 6))));
  where('Abs', 'inputs', (dy, x) => tf.mul(dy, tf.sign(x)));
  where('Selu', 'outputs', (dy, y) =>
    tf.where(tf.less(y, 0), tf.mul(dy, tf.add(y, SELU_SCALE_ALPHA)), tf.mul(dy, SELU_SCALE)),
  );
  register(tf, {
    kernelName: 'Prelu',
    inputsToSave: ['x', 'alpha'],
    // As of relu(x) - alpha * relu(-x), which Keras writes: nothing at 0.
    gradFunc: (dy, [x, alpha]) => {
      const [from, at, slope] = [one(tf, dy), one(tf, x), one(tf, alpha)];
      const below = tf.less(at, 0);
      return {
        x: () => tf.where(tf.greater(at, 0), from, kept(tf.mul(from, slope), below)),
        alpha: () => {
          const whole = kept(tf.mul(from, at), below);
          const axes = tf.broadcast_util.getReductionAxes(slope.shape, whole.shape);
          return tf.reshape(axes.length > 0 ? tf.sum(whole, axes) : whole, slope.shape);
        },
      };
    },
  });
  for (const [kernelName, named] of [
    ['Max', 'reductionIndices'],
    ['Min', 'axis'],
  ] as const)
    register(tf, {
      kernelName,
      inputsToSave: ['x'],
      outputsToSave: [true],
      gradFunc: (dy, [x, y], attrs) => {
        const at = one(tf, x);
        const axes = tf.util.parseAxisParam(
          axesSchema.parse(attrs[named]) ?? at.shape.map((_, axis) => axis),
          at.shape,
        );
        const kept = at.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
        return {
          x: () => {
            const ties = tf.cast(tf.equal(at, tf.reshape(one(tf, y), kept)), 'float32');
            return tf.mul(ties, tf.div(tf.reshape(one(tf, dy), kept), tf.sum(ties, axes, true)));
          },
        };
      },
    });
}

/**
 * What a choice between two does not take gets nothing: TensorFlow.js multiplies by zero there, which an infinity turns
 * into NaN, and gives a tensor that was broadcast its gradient in the larger shape.
 */
function supplyChoices(tf: Tf): void {
  register(tf, {
    kernelName: 'Select',
    inputsToSave: ['condition'],
    gradFunc: (dy, [condition]) => {
      const [from, at] = [one(tf, dy), one(tf, condition)];
      return {
        condition: () => tf.zeros(at.shape),
        t: () => tf.where(at, from, tf.zerosLike(from)),
        e: () => tf.where(at, tf.zerosLike(from), from),
      };
    },
  });
  for (const [kernelName, first] of [
    ['Maximum', tf.greaterEqual],
    ['Minimum', tf.lessEqual],
  ] as const)
    register(tf, {
      kernelName,
      inputsToSave: ['a', 'b'],
      gradFunc: (dy, saved) => {
        const from = one(tf, dy);
        const [a, b] = [one(tf, saved[0]), one(tf, saved[1])];
        // At a tie the first.
        const taken = () => first(a, b);
        const reduced = (whole: Tensor, { shape }: Tensor) => {
          const axes = tf.broadcast_util.getReductionAxes(shape, whole.shape);
          return tf.reshape(axes.length > 0 ? tf.sum(whole, axes) : whole, shape);
        };
        return {
          a: () => reduced(tf.where(taken(), from, tf.zerosLike(from)), a),
          b: () => reduced(tf.where(taken(), tf.zerosLike(from), from), b),
        };
      },
    });
}

const SELU_SCALE = 1.0507009873554805;
const SELU_SCALE_ALPHA = 1.7580993408473768;
/** Null: all. */
const axesSchema = z.union([z.number(), z.array(z.number())]).nullish();

function register(tf: Tf, config: GradConfig): void {
  own.add(config);
  tf.registerGradient(config);
}

const pairSchema = z.union([z.number().transform((d) => [d, d]), z.array(z.number())]);
const strideSchema = z.tuple([z.number(), z.number(), z.number()]);
const transposedSchema = z.object({
  strides: z.union([strideSchema, z.number()]),
  pad: z.enum(['same', 'valid']),
});

/** (kh, kw, i, o) with `high - 1` and `wide - 1` zeros between neighbours. */
function spread(tf: Tf, filter: Tensor, high: number, wide: number): Tensor {
  const [kh = 1, kw = 1, i = 1, o = 1] = filter.shape;
  const rows = tf.pad(tf.reshape(filter, [kh, 1, kw * i * o]), [
    [0, 0],
    [0, high - 1],
    [0, 0],
  ]);
  const tall = tf.slice(tf.reshape(rows, [kh * high, kw * i * o]), [0, 0], [(kh - 1) * high + 1, kw * i * o]);
  const cells = tf.pad(tf.reshape(tall, [-1, kw, 1, i * o]), [
    [0, 0],
    [0, 0],
    [0, wide - 1],
    [0, 0],
  ]);
  const whole = tf.reshape(cells, [-1, kw * wide, i * o]);
  const height = (kh - 1) * high + 1;
  const width = (kw - 1) * wide + 1;
  return tf.reshape(tf.slice(whole, [0, 0, 0], [height, width, i * o]), [height, width, i, o]);
}

function one(tf: Tf, tensor: Tensor | Tensor[] | undefined): Tensor {
  if (!(tensor instanceof tf.Tensor)) throw new Error('one tensor was expected');
  return tensor;
}

function rank5(tf: Tf, tensor: Tensor | Tensor[] | undefined) {
  const found = one(tf, tensor);
  const [a = 1, b = 1, c = 1, d = 1, e = 1] = found.shape;
  return found.as5D(a, b, c, d, e);
}
