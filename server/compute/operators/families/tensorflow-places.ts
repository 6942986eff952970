/** TensorFlow's convolutions, poolings, normalisations and sizes of pictures: channels are last unless told otherwise. */
import type { Tensor } from '@tensorflow/tfjs';
import { UserError } from '../../../../core/errors/index.ts';
import type { Tf } from '../../tf.ts';
import { attributesOf } from '../attributes.ts';
import type { Operand, Operator, OperatorCall } from '../contract.ts';
import { given, numbersOf } from '../operands.ts';
import { matrix, perUnit } from '../roles.ts';
import { convolve } from '../spatial/convolve.ts';
import { channelsFirst, channelsLast } from '../spatial/layout.ts';
import { largest, mean } from '../spatial/pool.ts';
import { convolveTransposed } from '../spatial/transposed.ts';
import { type Windows, windowAttributes, windowsOf } from '../spatial/windows.ts';
import { alike } from '../tensorflow/alike.ts';
import { matMul } from '../tensors/matrices.ts';
import { operators as resizing } from './resizing.ts';

const first = ({ attributes }: OperatorCall) => attributes.text('data_format', 'NHWC').startsWith('NC');

/** Units are the second axis where the node says so. */
const PLACED: Pick<Operator, 'units' | 'movesUnits'> = {
  units: 'last',
  movesUnits: ({ to }, attributes) =>
    attributes.text('data_format', 'NHWC').startsWith('NC') ? 1 : to.length - 1,
};

/** What a list with numbers for all axes says of those of places. */
function ofPlaces(call: OperatorCall, attribute: string, places: number, fallback = 1): number[] {
  const told = call.attributes.numbers(attribute, Array<number>(places + 2).fill(fallback));
  if (told.length === 1) return Array<number>(places).fill(told[0] ?? fallback);
  return [...(first(call) ? told.slice(2) : told.slice(1, -1))];
}

/** Sizes are those of the places of x, channels last. */
function windows(call: OperatorCall, x: Tensor, kernel: readonly number[]): readonly Windows[] {
  const places = x.rank - 2;
  const padding = call.attributes.text('padding');
  const explicit = call.attributes.numbers('explicit_paddings', []);
  const edges = first(call) ? explicit.slice(4) : explicit.slice(2, -2);
  const own = attributesOf(call.name, {
    strides: ofPlaces(call, 'strides', places),
    dilations: ofPlaces(call, 'dilations', places),
    auto_pad: padding === 'SAME' ? 'SAME_UPPER' : padding === 'EXPLICIT' ? 'NOTSET' : padding,
    pads: [...edges.filter((_, at) => at % 2 === 0), ...edges.filter((_, at) => at % 2 === 1)],
  });
  return windowsOf(call.name, windowAttributes(call.name, own, places), x.shape.slice(1, -1), kernel);
}

/** `compute` of channels last, whatever the node has. */
function placed(operand: Operand | undefined, call: OperatorCall, compute: (x: Tensor) => Tensor): Tensor {
  const x = given(operand, call.name);
  return first(call) ? channelsFirst(call.tf, compute(channelsLast(call.tf, x))) : compute(x);
}

function fits(call: OperatorCall, x: Tensor, filter: Tensor, channels: number): void {
  if (filter.rank === x.rank && (x.shape.at(-1) ?? 0) % Math.max(1, channels) === 0) return;
  throw new UserError(
    'invalid',
    `the node ${call.name} has a filter of shape [${filter.shape}] for an input of shape [${x.shape}]; expected one for its channels`,
  );
}

/** Filter (...places, channels / groups, units). */
function convolution(inputs: readonly Operand[], call: OperatorCall): Tensor {
  const filter = given(inputs[1], call.name);
  return placed(inputs[0], call, (x) => {
    const channels = filter.shape.at(-2) ?? 1;
    fits(call, x, filter, channels);
    const groups = (x.shape.at(-1) ?? channels) / channels;
    return convolve(call.tf, x, filter, windows(call, x, filter.shape.slice(0, -2)), groups);
  });
}

/** Filter (y, x, channels, multiplier). */
function depthwise(inputs: readonly Operand[], call: OperatorCall): Tensor {
  const filter = given(inputs[1], call.name);
  return placed(inputs[0], call, (x) => {
    const [h = 1, w = 1, channels = 1, many = 1] = filter.shape;
    fits(call, x, filter, channels);
    const whole = call.tf.reshape(filter, [h, w, 1, channels * many]);
    return convolve(call.tf, x, whole, windows(call, x, [h, w]), channels);
  });
}

/** Inputs: sizes of the output, filter (...places, units, channels), x. */
function transposed(inputs: readonly Operand[], call: OperatorCall): Tensor {
  const { tf, name, attributes } = call;
  const [sizes, filter] = [numbersOf(given(inputs[0], name)), given(inputs[1], name)];
  const wanted = first(call) ? sizes.slice(2) : sizes.slice(1, -1);
  return placed(inputs[2], call, (x) => {
    const places = x.rank - 2;
    const [strides, dilations] = [ofPlaces(call, 'strides', places), ofPlaces(call, 'dilations', places)];
    const axes = x.shape.slice(1, -1).map((size, axis) => {
      const [stride, dilation] = [strides[axis] ?? 1, dilations[axis] ?? 1];
      const kernel = filter.shape[axis] ?? 1;
      const out = (wanted.length === places ? wanted : sizes)[axis] ?? 1;
      const over = Math.max(0, (size - 1) * stride + (kernel - 1) * dilation + 1 - out);
      const before = attributes.text('padding') === 'SAME' ? Math.floor(over / 2) : 0;
      return { size, kernel, stride, dilation, before, places: out };
    });
    if (attributes.text('padding') === 'EXPLICIT')
      throw new UserError(
        'unsupported',
        `the node ${name} is a transposed convolution with paddings of its own (EXPLICIT), which are not computed here; export the model with SAME or VALID`,
      );
    const order = [places + 1, places, ...Array.from({ length: places }, (_, at) => at)];
    return convolveTransposed(tf, x, tf.transpose(filter, order), axes, 1);
  });
}

/** x (n, ...), scale, offset, mean, variance (c each), as a trained model runs it. */
function normalized(inputs: readonly Operand[], call: OperatorCall): readonly Operand[] {
  const { tf, name, attributes } = call;
  if (attributes.number('is_training', 0) !== 0)
    throw new UserError(
      'unsupported',
      `the node ${name} normalises by each batch, as in training; export the model for inference`,
    );
  const [scale, offset, average, variance] = [1, 2, 3, 4].map((at) => given(inputs[at], name));
  if (!scale || !offset || !average || !variance) throw new Error('four tensors were expected');
  const factor = tf.mul(scale, tf.rsqrt(tf.add(variance, attributes.number('epsilon', 1e-4))));
  const shift = tf.sub(offset, tf.mul(average, factor));
  const y = placed(inputs[0], call, (x) => tf.add(tf.mul(x, factor), shift));
  return [y, average, variance, average, variance, tf.scalar(0)].slice(0, Math.max(1, call.outputs));
}

type Formula = (tf: Tf, x: Tensor, call: OperatorCall, inputs: readonly Operand[]) => Tensor;
const FUSED: Readonly<Record<string, Formula>> = {
  Relu: (tf, x) => tf.relu(x),
  Relu6: (tf, x) => tf.clipByValue(x, 0, 6),
  Elu: (tf, x) => tf.elu(x),
  Sigmoid: (tf, x) => tf.sigmoid(x),
  Tanh: (tf, x) => tf.tanh(x),
  LeakyRelu: (tf, x, { attributes }) =>
    tf.where(tf.greaterEqual(x, 0), x, tf.mul(x, attributes.number('leakyrelu_alpha', 0.2))),
  Prelu: (tf, x, { name }, inputs) =>
    tf.sub(tf.relu(x), tf.mul(given(inputs.at(-1), name), tf.relu(tf.neg(x)))),
};

/** What follows within the node: a bias, or a normalisation, and an activation. */
const fused =
  (compute: (inputs: readonly Operand[], call: OperatorCall) => Tensor): Operator['apply'] =>
  (inputs, call) => {
    const { tf, name, attributes } = call;
    const made = attributes.texts('fused_ops', []).reduce(
      (x, operation) => {
        if (operation === 'BiasAdd') {
          const bias = given(inputs[2], name);
          return tf.add(
            x,
            first(call) ? tf.reshape(bias, [bias.size, ...x.shape.slice(2).map(() => 1)]) : bias,
          );
        }
        if (operation === 'FusedBatchNorm') {
          const [y] = normalized([x, ...inputs.slice(2)], { ...call, outputs: 1 });
          return given(y, name);
        }
        const formula = FUSED[operation];
        if (formula) return formula(tf, x, call, inputs);
        throw new UserError(
          'unsupported',
          `the node ${name} has the operation ${operation} within itself, which is not known here; export the model without optimising its graph`,
        );
      },
      compute(inputs, call),
    );
    return [made];
  };

/** Of the last two axes. */
function product(inputs: readonly Operand[], { tf, name, attributes, inputTypes }: OperatorCall): Tensor {
  const turn = (at: number, ...names: string[]) => {
    const x = given(inputs[at], name);
    if (!names.some((each) => attributes.number(each, 0) !== 0)) return x;
    const order = x.shape.map((_, axis) => axis);
    return tf.transpose(x, [...order.slice(0, -2), x.rank - 1, x.rank - 2]);
  };
  const [a, b] = [turn(0, 'transpose_a', 'adj_x'), turn(1, 'transpose_b', 'adj_y')];
  return matMul(tf, a, b, inputTypes[0] ?? null, name);
}

const pooling =
  (pool: (tf: Tf, x: Tensor, own: readonly Windows[]) => Tensor): Operator['apply'] =>
  (inputs, call) => [
    placed(inputs[0], call, (x) => pool(call.tf, x, windows(call, x, ofPlaces(call, 'ksize', x.rank - 2)))),
  ];

/** TensorFlow.js has no right gradient of half pixels. */
const resized = (mode: 'linear' | 'nearest'): Operator['apply'] =>
  alike(resizing, 'Resize', ([operand, size], { tf, name, attributes }) => {
    const x = given(operand, name);
    const corners = attributes.number('align_corners', 0) !== 0;
    const centers = attributes.number('half_pixel_centers', 0) !== 0;
    const [n = 1, , , c = 1] = x.shape;
    const whole = tf.concat([tf.tensor1d([n], 'int32'), given(size, name), tf.tensor1d([c], 'int32')]);
    return {
      inputs: [tf.cast(x, 'float32'), null, null, whole],
      attributes: {
        mode,
        coordinate_transformation_mode: corners ? 'align_corners' : centers ? 'half_pixel' : 'asymmetric',
        nearest_mode: corners || centers ? 'round_prefer_ceil' : 'floor',
      },
    };
  });

const PLACES: Readonly<Record<number, readonly string[]>> = {
  3: ['time'],
  4: ['y', 'x'],
  5: ['z', 'y', 'x'],
};
const filterOf = (...units: string[]) => ({
  name: 'weight',
  axes: (rank: number) => {
    const places = PLACES[rank];
    return places ? [...places, ...units] : null;
  },
});
const CONVOLVES = { ...PLACED, weights: { 1: filterOf('input', 'unit'), 2: perUnit('bias') } };
const DEPTHWISE = { ...PLACED, weights: { 1: filterOf('input', 'multiplier'), 2: perUnit('bias') } };
const MULTIPLIES = {
  units: 'last' as const,
  weights: {
    1: matrix((attributes) => attributes.number('transpose_b', 0) !== 0),
    2: perUnit('bias'),
  },
};
const NORMALIZES = {
  ...PLACED,
  weights: { 1: perUnit('scale'), 2: perUnit('bias'), 3: perUnit('mean'), 4: perUnit('variance') },
};

export const operators: readonly Operator[] = [
  ...['Conv1D', 'Conv2D', 'Conv3D'].map(
    (tensorflow): Operator => ({ ...CONVOLVES, tensorflow, apply: (x, call) => [convolution(x, call)] }),
  ),
  { ...CONVOLVES, tensorflow: '_FusedConv2D', apply: fused(convolution) },
  ...['DepthwiseConv2d', 'DepthwiseConv2dNative'].map(
    (tensorflow): Operator => ({ ...DEPTHWISE, tensorflow, apply: (x, call) => [depthwise(x, call)] }),
  ),
  ...['FusedDepthwiseConv2dNative', '_FusedDepthwiseConv2dNative'].map(
    (tensorflow): Operator => ({ ...DEPTHWISE, tensorflow, apply: fused(depthwise) }),
  ),
  ...['Conv2DBackpropInput', 'Conv3DBackpropInputV2'].map(
    (tensorflow): Operator => ({
      ...{ tensorflow, units: 'last', weights: { 1: filterOf('unit', 'input') } },
      types: ({ inputTypes }) => [inputTypes[2] ?? null],
      apply: (inputs, call) => [transposed(inputs, call)],
    }),
  ),
  ...['MatMul', 'BatchMatMul', 'BatchMatMulV2', 'BatchMatMulV3'].map(
    (tensorflow): Operator => ({ ...MULTIPLIES, tensorflow, apply: (x, call) => [product(x, call)] }),
  ),
  { ...MULTIPLIES, tensorflow: '_FusedMatMul', apply: fused(product) },
  ...['MaxPool', 'MaxPool3D'].map(
    (tensorflow): Operator => ({ ...PLACED, tensorflow, apply: pooling(largest) }),
  ),
  ...['AvgPool', 'AvgPool3D'].map(
    (tensorflow): Operator => ({
      ...PLACED,
      tensorflow,
      apply: pooling((tf, x, own) => mean(tf, x, own, false)),
    }),
  ),
  ...['FusedBatchNorm', 'FusedBatchNormV2', 'FusedBatchNormV3'].map(
    (tensorflow): Operator => ({
      ...{ ...NORMALIZES, tensorflow, apply: normalized },
      types: ({ inputTypes, outputs }) => Array.from({ length: outputs }, () => inputTypes[0] ?? null),
    }),
  ),
  { tensorflow: 'ResizeBilinear', units: 'last', types: () => ['float32'], apply: resized('linear') },
  { tensorflow: 'ResizeNearestNeighbor', units: 'last', apply: resized('nearest') },
];
