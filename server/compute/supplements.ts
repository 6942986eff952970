/**
 * What TensorFlow.js 4.22 lacks for the gradients of layers that it computes: some gradients at all, and on WebAssembly
 * some kernels, or right ones. gradients.test.ts shows each by finite differences.
 */
import type { GradConfig, Tensor, TensorInfo } from '@tensorflow/tfjs';
import { z } from 'zod';
import { maxPoolGrad } from './max-pool-grad.ts';
import type { Tf } from './tf.ts';

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
  // TensorFlow.js's own takes seven kernels on the native backend; where a rectifier passes, its output's sign is 1.
  register(tf, {
    kernelName: 'Relu',
    outputsToSave: [true],
    gradFunc: (dy, [y]) => ({ x: () => tf.mul(one(tf, dy), tf.sign(one(tf, y))) }),
  });
  register(tf, {
    kernelName: 'Conv3DBackpropInputV2',
    inputsToSave: ['filter'],
    gradFunc: (dy, [filter], attrs) => {
      const { strides, pad } = transposedSchema.parse(attrs);
      return { dy: () => tf.conv3d(rank5(tf, dy), rank5(tf, filter), strides, pad) };
    },
  });
  // Masks ask whether any number of a step differs, ThresholdedReLU whether one is large: flat where they are smooth.
  const flat = (x: Tensor | undefined) => () => tf.zeros(x?.shape ?? []);
  register(tf, { kernelName: 'Any', inputsToSave: ['x'], gradFunc: (_, [x]) => ({ x: flat(x) }) });
  for (const kernelName of ['NotEqual', 'Greater'])
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

/** Kernels that WebAssembly has not (the first), or that gave other numbers than finite differences. */
const ON_CPU = [
  'DepthwiseConv2dNativeBackpropInput',
  'Conv3DBackpropInputV2',
  'AvgPoolGrad',
  'MaxPool3DGrad',
  'AvgPool3DGrad',
];

/** Computes those on TensorFlow.js's plain JavaScript backend: slower, but right. */
export function supplyWasmKernels(tf: Tf): void {
  supplyMaxPoolGrad(tf);
  greetQuietly(tf);
  for (const kernelName of ON_CPU) {
    const cpu = tf.getKernel(kernelName, 'cpu');
    if (tf.getKernel(kernelName, 'wasm')) tf.unregisterKernel(kernelName, 'wasm');
    tf.registerKernel({
      kernelName,
      backendName: 'wasm',
      kernelFunc: ({ inputs, attrs }) => {
        const [here, host] = [tf.engine().findBackend('wasm'), tf.engine().findBackend('cpu')];
        const moved = Object.entries(inputs).flatMap(([name, info]) => {
          if (!info) return [];
          const { shape, dtype } = info;
          const read = here.readSync(info.dataId);
          const even = name === 'dy' && kernelName.startsWith('AvgPool') && inputs.input;
          const values = even ? evenEdges(read, shape, even.shape, attrs) : read;
          return [[name, { dataId: host.write(values, shape, dtype), shape, dtype }] as const];
        });
        try {
          const made = cpu.kernelFunc({
            inputs: Object.fromEntries(moved),
            attrs: attrs ?? {},
            backend: host,
          });
          const back = ({ dataId, shape, dtype }: TensorInfo): TensorInfo => {
            const values = host.readSync(dataId);
            host.disposeData(dataId);
            return { dataId: here.write(values, shape, dtype), shape, dtype };
          };
          return Array.isArray(made) ? made.map(back) : back(made);
        } finally {
          for (const [, { dataId }] of moved) host.disposeData(dataId);
        }
      },
    });
  }
}

/** The plain backend advises, on the console, whoever uses it first to install another. */
function greetQuietly(tf: Tf): void {
  const host = tf.engine().findBackend('cpu');
  const before = tf.env().getBool('IS_TEST');
  tf.env().set('IS_TEST', true);
  host.disposeData(host.write(new Float32Array(1), [1], 'float32'));
  tf.env().set('IS_TEST', before);
}

const maxPoolSchema = z.object({
  filterSize: z.union([z.number(), z.tuple([z.number(), z.number()])]),
  strides: z.union([z.number(), z.tuple([z.number(), z.number()])]),
  pad: z.union([z.enum(['same', 'valid']), z.number()]),
  dimRoundingMode: z.enum(['floor', 'round', 'ceil']).optional().catch(undefined),
});

function supplyMaxPoolGrad(tf: Tf): void {
  if (tf.getKernel('MaxPoolGrad', 'wasm')) tf.unregisterKernel('MaxPoolGrad', 'wasm');
  tf.registerKernel({
    kernelName: 'MaxPoolGrad',
    backendName: 'wasm',
    kernelFunc: ({ inputs: { dy, input }, attrs }) => {
      if (!dy || !input) throw new Error('two tensors were expected');
      const backend = tf.engine().findBackend('wasm');
      const { filterSize, strides, pad, dimRoundingMode } = maxPoolSchema.parse(attrs);
      const [n = 0, height = 0, width = 0, channels = 0] = input.shape;
      const shape: [number, number, number, number] = [n, height, width, channels];
      const pool = tf.backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
      const numbers = ({ dataId }: TensorInfo) => {
        const read = backend.readSync(dataId);
        if (!(read instanceof Float32Array)) throw new Error('numbers were expected');
        return read;
      };
      const values = maxPoolGrad(numbers(dy), numbers(input), pool);
      return { dataId: backend.write(values, shape, 'float32'), shape, dtype: 'float32' };
    },
  });
}

const sizesSchema = z.union([z.number().transform((n) => [n, n, n]), z.array(z.number())]);
const poolSchema = z.object({
  filterSize: sizesSchema,
  strides: sizesSchema,
  pad: z.union([z.enum(['same', 'valid']), z.number()]),
});

/**
 * The plain backend shares a mean's gradient among the whole window, the rest of TensorFlow among those of its numbers
 * that lie in the picture: at the edges they differ by the ratio of the two counts.
 */
function evenEdges(
  dy: ArrayLike<unknown>,
  shape: readonly number[],
  input: readonly number[],
  attrs: unknown,
) {
  const { filterSize, strides, pad } = poolSchema.parse(attrs);
  const out = Float32Array.from(dy, Number);
  if (pad !== 'same') return out;
  const places = shape.slice(1, -1);
  const channels = shape.at(-1) ?? 1;
  // Per axis and place, the window's length over the part of it that lies inside.
  const ratios = places.map((count, axis) => {
    const [size = 1, step = 1, length = 1] = [filterSize[axis], strides[axis], input[axis + 1]];
    const before = Math.floor(Math.max((count - 1) * step + size - length, 0) / 2);
    return Array.from({ length: count }, (_, at) => {
      const from = at * step - before;
      return size / (Math.min(from + size, length) - Math.max(from, 0));
    });
  });
  for (let i = 0; i < out.length; i++) {
    let rest = Math.floor(i / channels);
    for (let axis = places.length - 1; axis >= 0; axis--) {
      const count = places[axis] ?? 1;
      out[i]! *= ratios[axis]?.[rest % count] ?? 1;
      rest = Math.floor(rest / count);
    }
  }
  return out;
}

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
