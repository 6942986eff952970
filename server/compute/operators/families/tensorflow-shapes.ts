/** What TensorFlow does with shapes, places and axes: cutting, joining, reducing, choosing. */
import type { Tensor } from '@tensorflow/tfjs';
import { ELEMENT_TYPES, type ElementType } from '../../../../core/artifacts/operators.ts';
import { UserError } from '../../../../core/errors/index.ts';
import type { Attributes, Operand, Operator, OperatorCall } from '../contract.ts';
import { given, numbersOf } from '../operands.ts';
import { alike } from '../tensorflow/alike.ts';
import { axisOf, bounded, counted } from '../tensors/axes.ts';
import { placesOf } from '../tensors/places.ts';
import { take } from '../tensors/selection.ts';
import { cast } from './casts.ts';
import { operators as cumulative } from './cumulative.ts';
import { operators as gathers } from './gathers.ts';
import { operators as generators } from './generators.ts';
import { concatenated, operators as joining } from './joining.ts';
import { operators as padding } from './padding.ts';
import { operators as reductions } from './reductions.ts';
import { operators as scatters } from './scatters.ts';
import { operators as searches } from './searches.ts';
import { operators as shapes, transposed } from './shapes.ts';
import { operators as slicing } from './slicing.ts';
import { operators as softmaxes } from './softmaxes.ts';

/** A number type that an attribute names. */
function typeIn(attributes: Attributes, name: string, fallback: ElementType): ElementType {
  const told = attributes.text(name, fallback);
  return ELEMENT_TYPES.find((type) => type === told) ?? fallback;
}
const typed =
  (name: string, fallback: ElementType): NonNullable<Operator['types']> =>
  ({ attributes, outputs }) =>
    Array.from({ length: outputs }, () => typeIn(attributes, name, fallback));

/** Of each output the first input's. */
const sameTypes: NonNullable<Operator['types']> = ({ inputTypes, outputs }) =>
  Array.from({ length: outputs }, () => inputTypes[0] ?? null);
const second: NonNullable<Operator['types']> = ({ inputTypes }) => [inputTypes[1] ?? null];

const numbersAt = (inputs: readonly Operand[], at: number, { name }: OperatorCall): number[] =>
  numbersOf(given(inputs[at], name));
const numberAt = (inputs: readonly Operand[], at: number, call: OperatorCall): number =>
  numbersAt(inputs, at, call)[0] ?? Number.NaN;
const whole = ({ tf }: OperatorCall, values: readonly number[]): Tensor => tf.tensor1d([...values], 'int32');

const REDUCTIONS: Readonly<Record<string, string>> = {
  ...{ Sum: 'ReduceSum', Mean: 'ReduceMean', Max: 'ReduceMax', Min: 'ReduceMin', Prod: 'ReduceProd' },
  ...{ All: 'ReduceMin', Any: 'ReduceMax', EuclideanNorm: 'ReduceL2' },
};

/** No axes at all reduce nothing, as an empty list does in TensorFlow. */
const reduction = (onnx: string) =>
  alike(reductions, onnx, (inputs, call) => ({
    inputs: [inputs[0] ?? null, whole(call, numbersAt(inputs, 1, call))],
    attributes: { keepdims: call.attributes.number('keep_dims', 0), noop_with_empty_axes: 1 },
  }));

const slice = alike(slicing, 'Slice');

/** Bits of masks by place in the specification. */
function stridedSlice(inputs: readonly Operand[], call: OperatorCall): readonly Operand[] {
  const { tf, name, attributes } = call;
  const x = given(inputs[0], name);
  const [begins, ends, strides] = [1, 2, 3].map((at) => numbersAt(inputs, at, call));
  if (!begins || !ends || !strides) throw new Error('three lists were expected');
  const bit = (mask: string, at: number) => ((attributes.number(mask, 0) >> at) & 1) === 1;
  const told = counted(begins.length);
  const fresh = (at: number) => bit('new_axis_mask', at) && !bit('ellipsis_mask', at);
  const used = told.filter((at) => !fresh(at) && !bit('ellipsis_mask', at)).length;
  const starts: number[] = [];
  const stops: number[] = [];
  const axes: number[] = [];
  const steps: number[] = [];
  /** Of the output: an axis of x, or a new one. */
  const kept: (number | 'new')[] = [];
  let axis = 0;
  for (const at of told) {
    if (bit('ellipsis_mask', at)) {
      for (let rest = x.rank - used; rest > 0; rest--) kept.push(axis++);
      continue;
    }
    if (fresh(at)) {
      kept.push('new');
      continue;
    }
    if (axis >= x.rank)
      throw new UserError(
        'invalid',
        `the node ${name} slices ${used} axes of the shape [${x.shape}]; expected no more than there are`,
      );
    const size = x.shape[axis] ?? 0;
    const step = strides[at] ?? 1;
    const begin = begins[at] ?? 0;
    axes.push(axis);
    if (bit('shrink_axis_mask', at)) {
      const place = begin < 0 ? begin + size : begin;
      if (place < 0 || place >= size)
        throw new UserError(
          'invalid',
          `the node ${name} takes the place ${begin} of ${size}; expected one of them`,
        );
      starts.push(place);
      stops.push(place + 1);
      steps.push(1);
    } else {
      starts.push(bit('begin_mask', at) ? (step > 0 ? 0 : size - 1) : begin);
      stops.push(bit('end_mask', at) ? (step > 0 ? size : -size - 1) : (ends[at] ?? 0));
      steps.push(step);
      kept.push(axis);
    }
    axis++;
  }
  while (axis < x.rank) kept.push(axis++);
  const lists = [starts, stops, axes, steps].map((list) => whole(call, list));
  const [cut] = axes.length === 0 ? [x] : slice([x, ...lists], call);
  const made = given(cut, name);
  return [
    tf.reshape(
      made,
      kept.map((from) => (from === 'new' ? 1 : (made.shape[from] ?? 1))),
    ),
  ];
}

/** The axis is the third input, with batches in common along `batch_dims`. */
function gather(inputs: readonly Operand[], call: OperatorCall): readonly Operand[] {
  const { tf, name, attributes } = call;
  const [x, indices] = [given(inputs[0], name), given(inputs[1], name)];
  const axis = axisOf(inputs[2] ? numberAt(inputs, 2, call) : 0, x.rank, name);
  const told = attributes.number('batch_dims', 0);
  const batch = told < 0 ? told + indices.rank : told;
  if (batch > 0) {
    const parts = (tensor: Tensor): Tensor[] => tf.unstack(tensor);
    const at = parts(indices);
    const attributesWithin = {
      ...attributes,
      number: (key: string, fallback?: number) =>
        key === 'batch_dims' ? batch - 1 : attributes.number(key, fallback),
    };
    const made = parts(x).map((part, i) => {
      const [one] = gather([part, at[i] ?? indices, tf.scalar(axis - 1, 'int32')], {
        ...call,
        attributes: attributesWithin,
      });
      return given(one, name);
    });
    return [tf.stack(made)];
  }
  const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
  bounded(shape, name);
  return [tf.reshape(take(tf, x, placesOf(indices, x.shape[axis] ?? 1, name), axis), shape)];
}

const arg = (onnx: string): Operator['apply'] =>
  alike(searches, onnx, (inputs, call) => ({
    inputs: [inputs[0] ?? null],
    attributes: { axis: inputs[1] ? numberAt(inputs, 1, call) : 0, keepdims: 0 },
  }));

const softmax = (onnx: string): Operator => ({
  tensorflow: onnx,
  units: 'last',
  apply: alike(softmaxes, onnx, () => ({ attributes: { axis: -1 } })),
});

const padded = (mode: (call: OperatorCall) => string): Operator['apply'] =>
  alike(padding, 'Pad', (inputs, call) => {
    const pairs = numbersAt(inputs, 1, call);
    const flat = [...pairs.filter((_, at) => at % 2 === 0), ...pairs.filter((_, at) => at % 2 === 1)];
    const named = mode(call);
    return {
      inputs: [inputs[0] ?? null, whole(call, flat), named === 'constant' ? (inputs[2] ?? null) : null],
      attributes: { mode: named },
    };
  });

const split =
  (at: number): NonNullable<Parameters<typeof alike>[2]> =>
  (inputs, call) => {
    const x = given(inputs[at === 0 ? 1 : 0], call.name);
    const axis = axisOf(numberAt(inputs, at, call), x.rank, call.name);
    const size = x.shape[axis] ?? 0;
    if (at !== 0) {
      const sizes = numbersAt(inputs, 1, call);
      const rest = size - sizes.reduce((all, one) => all + Math.max(0, one), 0);
      const filled = sizes.map((one) => (one === -1 ? rest : one));
      return { inputs: [x, whole(call, filled)], attributes: { axis } };
    }
    const count = call.attributes.number('num_split', call.outputs);
    return { inputs: [x, whole(call, Array<number>(count).fill(size / count))], attributes: { axis } };
  };

/** Blocks of places beside the batch, cropped, and back. */
const blocks =
  (back: boolean): Operator['apply'] =>
  (inputs, { tf, name }) => {
    const x = given(inputs[0], name);
    const block = numbersOf(given(inputs[1], name));
    const flat = numbersOf(given(inputs[2], name));
    const edges = block.map((_, at): [number, number] => [flat[2 * at] ?? 0, flat[2 * at + 1] ?? 0]);
    const edged = edges.map(([a, b]) => [a, b]);
    return [back ? tf.batchToSpaceND(x, block, edged) : tf.spaceToBatchND(x, block, edged)];
  };

const refusesNothing: Operator['apply'] = ([operand]) => [operand ?? null];

export const operators: readonly Operator[] = [
  ...['Identity', 'Snapshot', 'StopGradient', 'PreventGradient', 'EnsureShape', 'CheckNumerics', 'Print'].map(
    (tensorflow): Operator => ({ tensorflow, units: 'kept', apply: refusesNothing }),
  ),
  {
    tensorflow: 'IdentityN',
    units: 'kept',
    types: ({ inputTypes }) => inputTypes,
    apply: (inputs) => inputs,
  },
  {
    tensorflow: 'Cast',
    units: 'kept',
    types: typed('DstT', 'float32'),
    apply: ([x], call) => [
      cast(given(x, call.name), typeIn(call.attributes, 'DstT', 'float32'), call.inputTypes[0] ?? null, call),
    ],
  },
  ...Object.entries(REDUCTIONS).map(
    ([tensorflow, onnx]): Operator => ({ tensorflow, units: 'kept', apply: reduction(onnx) }),
  ),
  ...(['ArgMax', 'ArgMin'] as const).map(
    (tensorflow): Operator => ({
      ...{ tensorflow, units: 'kept', types: typed('output_type', 'int64'), apply: arg(tensorflow) },
    }),
  ),
  softmax('Softmax'),
  softmax('LogSoftmax'),
  {
    tensorflow: 'Reshape',
    units: 'last',
    apply: alike(shapes, 'Reshape', () => ({ attributes: { allowzero: 1 } })),
  },
  {
    tensorflow: 'Squeeze',
    units: 'last',
    apply: alike(shapes, 'Squeeze', ([x = null], call) => {
      const axes = call.attributes.numbers('squeeze_dims', []);
      return { inputs: axes.length > 0 ? [x, whole(call, axes)] : [x] };
    }),
  },
  { tensorflow: 'ExpandDims', units: 'last', apply: alike(shapes, 'Unsqueeze') },
  {
    tensorflow: 'Transpose',
    units: 'last',
    apply: (inputs, call) => [transposed(call.tf, given(inputs[0], call.name), numbersAt(inputs, 1, call))],
  },
  { tensorflow: 'Shape', units: 'last', types: typed('out_type', 'int32'), apply: alike(shapes, 'Shape') },
  {
    tensorflow: 'ShapeN',
    units: 'last',
    types: typed('out_type', 'int32'),
    apply: (inputs, call) => inputs.map((x) => whole(call, given(x, call.name).shape)),
  },
  { tensorflow: 'Size', units: 'last', types: typed('out_type', 'int32'), apply: alike(shapes, 'Size') },
  {
    tensorflow: 'Rank',
    units: 'last',
    types: () => ['int32'],
    apply: ([x], { tf, name }) => [tf.scalar(given(x, name).rank, 'int32')],
  },
  { tensorflow: 'Tile', units: 'kept', apply: alike(shapes, 'Tile') },
  {
    tensorflow: 'Pack',
    units: 'last',
    apply: (inputs, call) => {
      const all = inputs.map((x) => given(x, call.name));
      const rank = (all[0]?.rank ?? 0) + 1;
      const axis = axisOf(call.attributes.number('axis', 0), rank, call.name);
      const wide = all.map((x) => call.tf.reshape(x, [...x.shape.slice(0, axis), 1, ...x.shape.slice(axis)]));
      return [concatenated(call.tf, wide, axis, call.name)];
    },
  },
  {
    tensorflow: 'Unpack',
    units: 'last',
    types: sameTypes,
    apply: ([operand], { tf, name, attributes }) => {
      const x = given(operand, name);
      const axis = axisOf(attributes.number('axis', 0), x.rank, name);
      const shape = x.shape.filter((_, at) => at !== axis);
      return counted(x.shape[axis] ?? 0).map((at) => tf.reshape(take(tf, x, Int32Array.of(at), axis), shape));
    },
  },
  {
    tensorflow: 'ConcatV2',
    units: 'kept',
    apply: alike(joining, 'Concat', (inputs, call) => ({
      inputs: inputs.slice(0, -1),
      attributes: { axis: numberAt(inputs, inputs.length - 1, call) },
    })),
  },
  {
    tensorflow: 'Concat',
    units: 'kept',
    types: second,
    apply: alike(joining, 'Concat', (inputs, call) => ({
      inputs: inputs.slice(1),
      attributes: { axis: numberAt(inputs, 0, call) },
    })),
  },
  {
    tensorflow: 'Split',
    units: 'kept',
    types: ({ inputTypes, outputs }) => Array.from({ length: outputs }, () => inputTypes[1] ?? null),
    apply: alike(joining, 'Split', split(0)),
  },
  { tensorflow: 'SplitV', units: 'kept', types: sameTypes, apply: alike(joining, 'Split', split(2)) },
  { tensorflow: 'StridedSlice', units: 'last', apply: stridedSlice },
  {
    tensorflow: 'Slice',
    units: 'last',
    apply: (inputs, call) => {
      const x = given(inputs[0], call.name);
      const [begins, sizes] = [numbersAt(inputs, 1, call), numbersAt(inputs, 2, call)];
      const ends = begins.map((begin, axis) =>
        sizes[axis] === -1 ? (x.shape[axis] ?? 0) : begin + (sizes[axis] ?? 0),
      );
      return slice([x, whole(call, begins), whole(call, ends)], call);
    },
  },
  ...['Gather', 'GatherV2', 'ResourceGather'].map(
    (tensorflow): Operator => ({
      ...{ tensorflow, units: 'last', apply: gather },
      weights: { 0: { name: 'embeddings', axes: (rank) => (rank === 2 ? ['token', 'unit'] : null) } },
    }),
  ),
  { tensorflow: 'GatherNd', units: 'last', apply: alike(gathers, 'GatherND') },
  { tensorflow: 'Pad', units: 'kept', apply: padded(() => 'constant') },
  { tensorflow: 'PadV2', units: 'kept', apply: padded(() => 'constant') },
  {
    tensorflow: 'MirrorPad',
    units: 'kept',
    apply: (inputs, call) => {
      if (call.attributes.text('mode') === 'REFLECT') return padded(() => 'reflect')(inputs, call);
      throw new UserError(
        'unsupported',
        `the node ${call.name} pads by ${call.attributes.text('mode')}, which is not computed here; use REFLECT`,
      );
    },
  },
  {
    tensorflow: 'Fill',
    units: 'last',
    types: second,
    apply: ([shape, operand], { tf, name }) => {
      const value = given(operand, name);
      return [tf.broadcastTo(value, bounded(numbersOf(given(shape, name)), name))];
    },
  },
  { tensorflow: 'Range', units: 'last', apply: alike(generators, 'Range') },
  {
    tensorflow: 'OneHot',
    units: 'last',
    types: ({ inputTypes }) => [inputTypes[2] ?? null],
    apply: ([indices, depth, on, off], { tf, name, attributes }) => {
      const x = given(indices, name);
      const size = numbersOf(given(depth, name))[0] ?? 0;
      const [yes, no] = [given(on, name), given(off, name)];
      const axis = axisOf(attributes.number('axis', -1), x.rank + 1, name);
      const at = x.dataSync();
      const hot = tf.tensor(
        Uint8Array.from({ length: x.size * size }, (_, i) => (at[Math.floor(i / size)] === i % size ? 1 : 0)),
        [...x.shape, size],
        'bool',
      );
      const order = [...counted(x.rank).slice(0, axis), x.rank, ...counted(x.rank).slice(axis)];
      const chosen = tf.transpose(tf.cast(hot, 'float32'), order);
      const made = tf.add(
        tf.mul(chosen, tf.sub(tf.cast(yes, 'float32'), tf.cast(no, 'float32'))),
        tf.cast(no, 'float32'),
      );
      return [tf.cast(made, yes.dtype)];
    },
  },
  {
    tensorflow: 'LinSpace',
    units: 'last',
    apply: (inputs, call) => [
      call.tf.linspace(numberAt(inputs, 0, call), numberAt(inputs, 1, call), numberAt(inputs, 2, call)),
    ],
  },
  ...(['Cumsum', 'Cumprod'] as const).map(
    (tensorflow): Operator => ({
      tensorflow,
      units: 'kept',
      apply: alike(cumulative, tensorflow === 'Cumsum' ? 'CumSum' : 'CumProd', (_, { attributes }) => ({
        attributes: {
          exclusive: attributes.number('exclusive', 0),
          reverse: attributes.number('reverse', 0),
        },
      })),
    }),
  ),
  {
    tensorflow: 'ReverseV2',
    units: 'kept',
    apply: (inputs, call) => {
      const x = given(inputs[0], call.name);
      return [
        numbersAt(inputs, 1, call).reduce((made, told) => {
          const axis = axisOf(told, x.rank, call.name);
          const size = x.shape[axis] ?? 0;
          return take(call.tf, made, Int32Array.from(counted(size).reverse()), axis);
        }, x),
      ];
    },
  },
  {
    tensorflow: 'TopKV2',
    units: 'kept',
    types: ({ inputTypes }) => [inputTypes[0] ?? null, 'int32'],
    apply: alike(searches, 'TopK', (inputs, call) => ({
      inputs: [inputs[0] ?? null, whole(call, numbersAt(inputs, 1, call))],
      attributes: { axis: -1 },
    })),
  },
  {
    tensorflow: 'TensorScatterUpdate',
    units: 'last',
    apply: alike(scatters, 'ScatterND'),
  },
  { tensorflow: 'SpaceToBatchND', units: 'last', apply: blocks(false) },
  { tensorflow: 'BatchToSpaceND', units: 'last', apply: blocks(true) },
  {
    tensorflow: 'DepthToSpace',
    units: 'last',
    apply: ([operand], { tf, name, attributes }) => {
      const x = given(operand, name);
      const size = attributes.number('block_size');
      const [n = 1, h = 1, w = 1, c = 1] = x.shape;
      const apart = tf.reshape(x, [n, h, w, size, size, c / size ** 2]);
      const beside = tf.transpose(apart, [0, 1, 3, 2, 4, 5]);
      return [tf.reshape(beside, [n, h * size, w * size, c / size ** 2])];
    },
  },
  {
    tensorflow: 'SpaceToDepth',
    units: 'last',
    apply: ([operand], { tf, name, attributes }) => {
      const x = given(operand, name);
      const size = attributes.number('block_size');
      const [n = 1, h = 1, w = 1, c = 1] = x.shape;
      const apart = tf.reshape(x, [n, h / size, size, w / size, size, c]);
      return [tf.reshape(tf.transpose(apart, [0, 1, 3, 2, 4, 5]), [n, h / size, w / size, c * size ** 2])];
    },
  },
  {
    tensorflow: 'PlaceholderWithDefault',
    units: 'last',
    types: typed('dtype', 'float32'),
    apply: refusesNothing,
  },
  {
    tensorflow: 'MatrixBandPart',
    units: 'last',
    apply: (inputs, call) => {
      const { tf, name } = call;
      const x = given(inputs[0], name);
      const [lower, upper] = [numberAt(inputs, 1, call), numberAt(inputs, 2, call)];
      const [rows = 1, columns = 1] = x.shape.slice(-2);
      const kept = Uint8Array.from({ length: rows * columns }, (_, at) => {
        const distance = (at % columns) - Math.floor(at / columns);
        return (lower < 0 || -distance <= lower) && (upper < 0 || distance <= upper) ? 1 : 0;
      });
      const mask = tf.tensor(kept, [rows, columns], 'bool');
      return [tf.mul(x, tf.cast(mask, x.dtype))];
    },
  },
  {
    tensorflow: 'BroadcastArgs',
    units: 'last',
    apply: (inputs, call) => [
      whole(
        call,
        call.tf.broadcast_util.assertAndGetBroadcastShape(
          numbersAt(inputs, 0, call),
          numbersAt(inputs, 1, call),
        ),
      ),
    ],
  },
];
