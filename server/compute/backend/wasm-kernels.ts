/**
 * Kernels that TensorFlow.js 4.22 lacks on WebAssembly, or that give other numbers there than TensorFlow.
 * gradients.test.ts shows the ways back, kernels.test.ts the rest.
 */
import type { KernelFunc, Tensor, TensorInfo } from '@tensorflow/tfjs';
import { z } from 'zod';
import type { Tf } from '../tf.ts';
import { erf } from './error-function.ts';
import { maxPool, maxPoolGrad, type TieRule, type Windows } from './pooling.ts';
import { supplyWideSteps } from './wide-steps.ts';

type KernelInputs = Parameters<KernelFunc>[0];
type Numbers = Float32Array | Int32Array | Uint8Array;
/** Numbers where they lie in WebAssembly's memory; what it gives is stale once a tensor is made. */
interface Heap {
  typedArrayFromHeap(info: TensorInfo): ArrayLike<number>;
}

/** A second call does nothing. */
export function supplyWasmKernels(tf: Tf): void {
  if (supplied.has(tf.engine())) return;
  supplied.add(tf.engine());
  greetQuietly(tf);
  for (const kernelName of ON_CPU) replace(tf, kernelName, (args) => onCpu(tf, kernelName, args));
  supplyPools(tf);
  supplyBatchNorm(tf);
  supplyWideSteps(tf, (kernelName, kernelFunc) => replace(tf, kernelName, kernelFunc));
  supplyNaN(tf);
  supplyErf(tf);
}

const supplied = new WeakSet<object>();

/** Kernels that WebAssembly has not (the first five), or that gave other numbers than finite differences. */
const ON_CPU = [
  'UnsortedSegmentSum',
  'Conv2DBackpropFilter',
  'Conv3DBackpropFilterV2',
  'DepthwiseConv2dNativeBackpropFilter',
  'DepthwiseConv2dNativeBackpropInput',
  'Conv3DBackpropInputV2',
  'AvgPoolGrad',
  'AvgPool3DGrad',
];

function replace(tf: Tf, kernelName: string, kernelFunc: KernelFunc): void {
  if (tf.getKernel(kernelName, 'wasm')) tf.unregisterKernel(kernelName, 'wasm');
  tf.registerKernel({ kernelName, backendName: 'wasm', kernelFunc });
}

/** Computes on TensorFlow.js's plain JavaScript backend: slower, but right. */
function onCpu(tf: Tf, kernelName: string, { inputs, attrs }: KernelInputs): TensorInfo | TensorInfo[] {
  const cpu = tf.getKernel(kernelName, 'cpu');
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
}

/** The plain backend advises, on the console, whoever uses it first to install another. */
function greetQuietly(tf: Tf): void {
  const host = tf.engine().findBackend('cpu');
  const before = tf.env().getBool('IS_TEST');
  tf.env().set('IS_TEST', true);
  host.disposeData(host.write(new Float32Array(1), [1], 'float32'));
  tf.env().set('IS_TEST', before);
}

const sizesSchema = z.union([z.number().transform((n) => [n, n, n]), z.array(z.number())]);
const poolSchema = z.object({
  filterSize: sizesSchema,
  strides: sizesSchema,
  pad: z.union([z.enum(['same', 'valid']), z.number()]),
});

/**
 * WebAssembly has no way back through a picture's largest numbers, begins a volume's at the smallest positive number, so
 * that negative ones are lost, and drops NaN in both.
 */
function supplyPools(tf: Tf): void {
  const picture = tf.getKernel('MaxPool', 'wasm').kernelFunc;
  replace(tf, 'MaxPool', (args) => {
    const { x } = args.inputs;
    return x && holdsNaN(heapOf(args.backend).typedArrayFromHeap(x)) ? pooled(args) : picture(args);
  });
  replace(tf, 'MaxPool3D', (args) => pooled(args));
  replace(tf, 'MaxPoolGrad', (args) => pooledBack(args, 'first'));
  replace(tf, 'MaxPool3DGrad', (args) => pooledBack(args, 'all'));

  function pooled({ inputs: { x }, attrs }: KernelInputs): TensorInfo {
    const input = required(x);
    const { windows, outShape } = windowsOf(tf, input.shape, attrs);
    return written(maxPool(read(input), windows), outShape);
  }
  function pooledBack({ inputs: { dy, input }, attrs }: KernelInputs, ties: TieRule): TensorInfo {
    const x = required(input);
    const { windows } = windowsOf(tf, x.shape, attrs);
    return written(maxPoolGrad(read(required(dy)), read(x), windows, ties), x.shape);
  }
  function read({ dataId }: TensorInfo): Float32Array {
    const values = tf.engine().findBackend('wasm').readSync(dataId);
    if (!(values instanceof Float32Array)) throw new Error('numbers were expected');
    return values;
  }
  function written(values: Float32Array, shape: number[]): TensorInfo {
    return {
      dataId: tf.engine().findBackend('wasm').write(values, shape, 'float32'),
      shape,
      dtype: 'float32',
    };
  }
}

/** Windows of a picture (n, height, width, c) or of a volume (n, depth, height, width, c), and the shape of their output. */
function windowsOf(
  tf: Tf,
  shape: readonly number[],
  attrs: unknown,
): { readonly windows: Windows; readonly outShape: number[] } {
  const { filterSize, strides, pad } = poolSchema.parse(attrs);
  const flat = shape.length === 4;
  const last = (sizes: readonly number[], count: 2 | 3) => sizes.slice(-count);
  const [n = 0, a = 0, b = 0, c = 0, d = 0] = shape;
  const [f = 1, g = 1, h = 1] = flat ? [1, ...last(filterSize, 2)] : last(filterSize, 3);
  const [s = 1, t = 1, u = 1] = flat ? [1, ...last(strides, 2)] : last(strides, 3);
  const volume: [number, number, number, number, number] = flat ? [n, 1, a, b, c] : [n, a, b, c, d];
  const info = tf.backend_util.computePool3DInfo(volume, [f, g, h], [s, t, u], 1, pad);
  const { front, top, left } = info.padInfo;
  return {
    windows: {
      batchSize: info.batchSize,
      channels: info.inChannels,
      sizes: [info.inDepth, info.inHeight, info.inWidth],
      places: [info.outDepth, info.outHeight, info.outWidth],
      filter: [f, g, h],
      strides: [s, t, u],
      // Below nothing where the last window ends before the numbers do.
      before: [Math.max(front, 0), Math.max(top, 0), Math.max(left, 0)],
    },
    outShape: flat
      ? [n, info.outHeight, info.outWidth, info.outChannels]
      : [n, info.outDepth, info.outHeight, info.outWidth, info.outChannels],
  };
}

/** WebAssembly takes a mean along an axis that is not the last for one along the last. */
function supplyBatchNorm(tf: Tf): void {
  const kernel = tf.getKernel('FusedBatchNorm', 'wasm').kernelFunc;
  replace(tf, 'FusedBatchNorm', (args) => {
    const { x, mean, variance, scale, offset } = args.inputs;
    const size = (of: TensorInfo | undefined) => (of?.shape ?? []).reduce((a, b) => a * b, 1);
    if (mean?.shape.length === 1 || size(mean) === size(x)) return kernel(args);
    const { varianceEpsilon } = z.object({ varianceEpsilon: z.number() }).parse(args.attrs);
    return tf.tidy(() => {
      const root = tf.rsqrt(tf.add(tensor(variance), varianceEpsilon));
      const centred = tf.mul(tf.sub(tensor(x), tensor(mean)), scale ? tf.mul(root, tensor(scale)) : root);
      return offset ? tf.add(centred, tensor(offset)) : centred;
    });
  });
  function tensor(info: TensorInfo | undefined): Tensor {
    if (!(info instanceof tf.Tensor)) throw new Error('a tensor was expected');
    return info;
  }
}

/** Kernels of XNNPACK, which keep what they give within borders, be they infinite. */
const BORDERED = ['BatchMatMul', '_FusedMatMul', 'Conv2D', 'FusedConv2D', 'DepthwiseConv2dNative', 'AvgPool'];

/**
 * NaN is what a number that is none must stay. WebAssembly's minima and maxima drop it: those of rectifiers, of the
 * borders that XNNPACK keeps products and means within, and of pairs.
 */
function supplyNaN(tf: Tf): void {
  const known = (kernelName: string) => tf.getKernel(kernelName, 'wasm').kernelFunc;
  for (const kernelName of ['Relu', 'Relu6', 'ClipByValue', 'Sign']) {
    const kernel = known(kernelName);
    replace(tf, kernelName, (args) => {
      const made = single(kernel(args));
      const heap = heapOf(args.backend);
      const [x, y] = [heap.typedArrayFromHeap(required(args.inputs.x)), view(heap, made)];
      for (let i = 0; i < y.length; i++) if (Number.isNaN(x[i])) y[i] = Number.NaN;
      return made;
    });
  }
  // Of a pair the second one's NaN is dropped, the first one's is not.
  for (const kernelName of ['Maximum', 'Minimum']) {
    const kernel = known(kernelName);
    replace(tf, kernelName, (args) => {
      const { a, b } = args.inputs;
      const made = single(kernel(args));
      const heap = heapOf(args.backend);
      if (!b || !holdsNaN(heap.typedArrayFromHeap(b))) return made;
      const turned = single(kernel({ ...args, inputs: { a: b, b: a } }));
      const [y, other] = [view(heap, made), heap.typedArrayFromHeap(turned)];
      for (let i = 0; i < y.length; i++) if (Number.isNaN(other[i])) y[i] = Number.NaN;
      tf.engine().findBackend('wasm').disposeData(turned.dataId);
      return made;
    });
  }
  // A NaN comes out of XNNPACK's borders as an infinity: where there is one, the plain backend has the word.
  for (const kernelName of BORDERED) {
    const kernel = known(kernelName);
    replace(tf, kernelName, (args) => {
      const made = single(kernel(args));
      const y = heapOf(args.backend).typedArrayFromHeap(made);
      if (!holds(y, (value) => Math.abs(value) === Number.POSITIVE_INFINITY)) return made;
      tf.engine().findBackend('wasm').disposeData(made.dataId);
      return single(onCpu(tf, kernelName, args));
    });
  }
  // The activation within a product, which has a border of its own, is taken out of it.
  for (const kernelName of ['_FusedMatMul', 'FusedConv2D']) {
    const kernel = known(kernelName);
    replace(tf, kernelName, (args) => {
      const { activation } = z.object({ activation: z.string() }).parse(args.attrs);
      const after = { relu: 'Relu', relu6: 'Relu6', elu: 'Elu', sigmoid: 'Sigmoid' }[activation];
      if (!after) return kernel(args);
      const x = single(kernel({ ...args, attrs: { ...args.attrs, activation: 'linear' } }));
      const made = known(after)({ inputs: { x }, attrs: {}, backend: args.backend });
      tf.engine().findBackend('wasm').disposeData(x.dataId);
      return made;
    });
  }
  const cast = known('Cast');
  replace(tf, 'Cast', (args) => {
    const made = single(cast(args));
    const from = required(args.inputs.x);
    if (from.dtype !== 'float32' || made.dtype === 'float32') return made;
    const heap = heapOf(args.backend);
    const [x, y] = [heap.typedArrayFromHeap(from), view(heap, made)];
    for (let i = 0; i < y.length; i++)
      y[i] = made.dtype === 'bool' ? Number(x[i] !== 0) : Math.abs(x[i]!) < 2 ** 31 ? x[i]! : NO_INTEGER;
    return made;
  });
}

/** WebAssembly's error function is right to 1.5e-7 of 1, and so to nothing near 0, where Gelu takes it. */
function supplyErf(tf: Tf): void {
  const kernel = tf.getKernel('Erf', 'wasm').kernelFunc;
  replace(tf, 'Erf', (args) => {
    const made = single(kernel(args));
    const heap = heapOf(args.backend);
    const [x, y] = [heap.typedArrayFromHeap(required(args.inputs.x)), view(heap, made)];
    for (let i = 0; i < y.length; i++) y[i] = erf(x[i]!);
    return made;
  });
}

/** What TensorFlow gives for a number that is none, or too large, as an integer of 32 bits. */
const NO_INTEGER = -(2 ** 31);

function heapOf(backend: unknown): Heap {
  if (typeof backend !== 'object' || backend === null || !isHeap(backend))
    throw new Error('the WebAssembly backend was expected');
  return backend;
}

function isHeap(backend: object): backend is Heap {
  return 'typedArrayFromHeap' in backend && typeof backend.typedArrayFromHeap === 'function';
}

/** The tensor's numbers, to be written over. */
function view(heap: Heap, info: TensorInfo): Numbers {
  const found = heap.typedArrayFromHeap(info);
  if (found instanceof Float32Array || found instanceof Int32Array || found instanceof Uint8Array)
    return found;
  throw new Error('numbers were expected');
}

function holds(values: ArrayLike<number>, asked: (value: number) => boolean): boolean {
  for (let i = 0; i < values.length; i++) if (asked(values[i]!)) return true;
  return false;
}

function holdsNaN(values: ArrayLike<number>): boolean {
  return holds(values, Number.isNaN);
}

function required(info: TensorInfo | undefined): TensorInfo {
  if (!info) throw new Error('a tensor was expected');
  return info;
}

function single(made: TensorInfo | TensorInfo[]): TensorInfo {
  return required(Array.isArray(made) ? made[0] : made);
}

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
