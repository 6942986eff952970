/** ATen operators of layers: convolutions, normalisations, poolings, products, attention. */
import type { Tensor } from '../operators/builder.ts';
import type { Call, Translation } from './call.ts';

/** x W^T + b. A weight of one use is turned while it is read. */
function linear(call: Call): Tensor {
  const { graph, weights, uses } = call.scope;
  const name = call.nameOf('weight');
  const weight = weights.get(name);
  const shape = call.shapeOf(name).map(Number);
  const once = weight !== undefined && uses.get(name) === 1 && shape.length === 2;
  const product = once
    ? call.emit('MatMul', [call.tensor('input'), graph.weight(weight, shape, true)])
    : call.emit('com.microsoft.FusedMatMul', [call.tensor('input'), call.tensor('weight')], { transB: 1 });
  return call.has('bias') ? call.emit('Add', [product, call.tensor('bias')]) : product;
}

function convolution(places: number | null, transposes: boolean): Translation {
  return (call) => {
    const shape = call.shapeOf(call.nameOf('weight')).map(Number);
    const rank = places ?? shape.length - 2;
    if (call.shapeOf(call.nameOf('input')).length !== rank + 2)
      throw call.refused('an input without an axis of examples is not known');
    const each = (argument: string, fallback: number): number[] => {
      const found = call.numbers(argument, [fallback]);
      return found.length === 1 ? new Array<number>(rank).fill(found[0] ?? fallback) : [...found];
    };
    const pads = each('padding', 0);
    const turned = places === null ? call.flag('transposed', false) : transposes;
    const attributes = {
      ...{ kernel_shape: shape.slice(2), strides: each('stride', 1), dilations: each('dilation', 1) },
      ...{ pads: [...pads, ...pads], group: call.number('groups', 1) },
      ...(turned ? { output_padding: each('output_padding', 0) } : {}),
    };
    const inputs = [
      call.tensor('input'),
      call.tensor('weight'),
      ...(call.has('bias') ? [call.tensor('bias')] : []),
    ];
    return call.emit(turned ? 'ConvTranspose' : 'Conv', inputs, attributes);
  };
}

/** `same` and `valid` in words. */
function paddedConvolution(rank: number): Translation {
  return (call) => {
    const same = call.text('padding', 'valid') === 'same';
    const kernel = call.shapeOf(call.nameOf('weight')).slice(2).map(Number);
    const each = (argument: string): number[] => {
      const found = call.numbers(argument, [1]);
      return found.length === 1 ? new Array<number>(rank).fill(found[0] ?? 1) : [...found];
    };
    const dilations = each('dilation');
    const whole = kernel.map((size, at) => (same ? (dilations[at] ?? 1) * (size - 1) : 0));
    const before = whole.map((size) => Math.floor(size / 2));
    const after = whole.map((size, at) => size - (before[at] ?? 0));
    const inputs = [
      call.tensor('input'),
      call.tensor('weight'),
      ...(call.has('bias') ? [call.tensor('bias')] : []),
    ];
    return call.emit('Conv', inputs, {
      ...{ kernel_shape: kernel, strides: each('stride'), dilations, pads: [...before, ...after] },
      group: call.number('groups', 1),
    });
  };
}

function batchNorm(call: Call): Tensor {
  if (call.flag('training', false))
    throw call.refused('it takes means of the batch; export the model after model.eval()');
  const { graph } = call.scope;
  const [count = 1] = call.shapeOf(call.nameOf('running_mean')).map(Number);
  const filled = (value: number) => graph.constant(new Array<number>(count).fill(value), [count]);
  const scale = call.has('weight') ? call.tensor('weight') : filled(1);
  const bias = call.has('bias') ? call.tensor('bias') : filled(0);
  const inputs = [call.tensor('input'), scale, bias, call.tensor('running_mean'), call.tensor('running_var')];
  return call.emit('BatchNormalization', inputs, { epsilon: call.number('eps', 1e-5) });
}

function layerNorm(call: Call): Tensor {
  const sizes = call.numbers('normalized_shape');
  const count = sizes.reduce((a, b) => a * b, 1);
  const scale = call.has('weight')
    ? call.tensor('weight')
    : call.scope.graph.constant(new Array<number>(count).fill(1), [...sizes]);
  const inputs = [call.tensor('input'), scale, ...(call.has('bias') ? [call.tensor('bias')] : [])];
  return call.emit('LayerNormalization', inputs, { axis: -sizes.length, epsilon: call.number('eps', 1e-5) });
}

function groupNorm(call: Call): Tensor {
  if (!call.has('weight') || !call.has('bias')) throw call.refused('one without weights is not known');
  const inputs = [call.tensor('input'), call.tensor('weight'), call.tensor('bias')];
  return call.emit('GroupNormalization', inputs, {
    num_groups: call.number('num_groups'),
    epsilon: call.number('eps', 1e-5),
  });
}

function pooling(operation: 'MaxPool' | 'AveragePool', rank: number): Translation {
  return (call) => {
    if (call.shapeOf(call.nameOf('self')).length !== rank + 2)
      throw call.refused('an input without an axis of examples is not known');
    const each = (argument: string, fallback: readonly number[]): number[] => {
      const found = call.numbers(argument, fallback);
      const known = found.length === 0 ? fallback : found;
      return known.length === 1 ? new Array<number>(rank).fill(known[0] ?? 1) : [...known];
    };
    const kernel = each('kernel_size', [1]);
    const pads = each('padding', [0]);
    if (call.has('divisor_override')) throw call.refused('a divisor of its own is not known');
    return call.emit(operation, [call.tensor('self')], {
      ...{ kernel_shape: kernel, strides: each('stride', kernel), pads: [...pads, ...pads] },
      ceil_mode: call.flag('ceil_mode', false) ? 1 : 0,
      ...(operation === 'MaxPool'
        ? { dilations: each('dilation', [1]) }
        : { count_include_pad: call.flag('count_include_pad', true) ? 1 : 0 }),
    });
  };
}

/** To a number of places: all at once, or windows that do not overlap. */
function adaptivePooling(operation: 'MaxPool' | 'AveragePool', rank: number): Translation {
  return (call) => {
    const found = call.numbers('output_size');
    const wanted = found.length === 1 ? new Array<number>(rank).fill(found[0] ?? 1) : found;
    if (wanted.every((size) => size === 1)) return call.emit(`Global${operation}`, [call.tensor('self')]);
    const sizes = call.shapeOf(call.nameOf('self')).slice(-rank);
    const kernel = sizes.map((size, at) => (size ?? Number.NaN) / (wanted[at] ?? 1));
    if (!kernel.every(Number.isInteger))
      throw call.refused(
        `[${sizes.map((size) => size ?? '?').join(', ')}] places do not divide into [${wanted.join(', ')}]`,
      );
    return call.emit(operation, [call.tensor('self')], { kernel_shape: kernel, strides: kernel });
  };
}

function attention(call: Call): Tensor {
  if (call.number('dropout_p', 0) !== 0)
    throw call.refused('dropout is on; export the model after model.eval()');
  if (call.flag('enable_gqa', false)) throw call.refused('heads that share keys are not known in it');
  const { graph } = call.scope;
  const query = call.shapeOf(call.nameOf('query'));
  const size = query.at(-1);
  if (typeof size !== 'number') throw call.refused('the size of its heads depends on the input');
  const rank = query.length;
  const perm = [...Array.from({ length: rank - 2 }, (_, at) => at), rank - 1, rank - 2];
  const key = call.emit('Transpose', [call.tensor('key')], { perm });
  const scale = call.has('scale') ? call.number('scale') : 1 / Math.sqrt(size);
  let scores = call.emit('Mul', [call.emit('MatMul', [call.tensor('query'), key]), graph.number(scale)]);
  if (call.flag('is_causal', false)) {
    const steps = call.shapeOf(call.nameOf('key')).at(-2);
    const asking = query.at(-2);
    if (typeof steps !== 'number' || typeof asking !== 'number')
      throw call.refused('a causal mask of a size that depends on the input is not known');
    if (steps * asking > 2 ** 22) throw call.refused(`its causal mask of ${asking} by ${steps} is too large`);
    const mask = Array.from({ length: asking * steps }, (_, at) =>
      at % steps <= Math.floor(at / steps) ? 0 : LOWEST,
    );
    scores = call.emit('Add', [scores, graph.constant(mask, [asking, steps])]);
  }
  if (call.has('attn_mask')) {
    const isBool = call.typeOf(call.nameOf('attn_mask')) === 'bool';
    const mask = isBool
      ? call.emit('Where', [call.tensor('attn_mask'), graph.number(0), graph.number(LOWEST)])
      : call.tensor('attn_mask');
    scores = call.emit('Add', [scores, mask]);
  }
  const weights = call.emit('Softmax', [scores], { axis: -1 });
  return call.emit('MatMul', [weights, call.tensor('value')]);
}

/** The lowest number of float32: what is added to scores that do not count. */
const LOWEST = -3.4028234663852886e38;

const product: Translation = (call) =>
  call.emit('MatMul', [call.tensor('self'), call.tensor(call.has('mat2') ? 'mat2' : 'other')]);

export const layers: Readonly<Record<string, Translation>> = {
  'linear.default': linear,
  'addmm.default': (call) => {
    if (call.number('alpha', 1) !== 1 || call.number('beta', 1) !== 1)
      throw call.refused('factors other than 1 are not known');
    return call.emit('Add', [
      call.emit('MatMul', [call.tensor('mat1'), call.tensor('mat2')]),
      call.tensor('self'),
    ]);
  },
  'matmul.default': product,
  'mm.default': product,
  'bmm.default': product,
  'conv1d.default': convolution(1, false),
  'conv2d.default': convolution(2, false),
  'conv3d.default': convolution(3, false),
  'conv1d.padding': paddedConvolution(1),
  'conv2d.padding': paddedConvolution(2),
  'conv_transpose1d.default': convolution(1, true),
  'conv_transpose2d.input': convolution(2, true),
  'convolution.default': convolution(null, false),
  'batch_norm.default': batchNorm,
  '_native_batch_norm_legit_no_training.default': batchNorm,
  'layer_norm.default': layerNorm,
  'native_layer_norm.default': layerNorm,
  'group_norm.default': groupNorm,
  'max_pool1d.default': pooling('MaxPool', 1),
  'max_pool2d.default': pooling('MaxPool', 2),
  'max_pool2d_with_indices.default': pooling('MaxPool', 2),
  'avg_pool1d.default': pooling('AveragePool', 1),
  'avg_pool2d.default': pooling('AveragePool', 2),
  'adaptive_avg_pool1d.default': adaptivePooling('AveragePool', 1),
  'adaptive_avg_pool2d.default': adaptivePooling('AveragePool', 2),
  '_adaptive_avg_pool2d.default': adaptivePooling('AveragePool', 2),
  'embedding.default': (call) => call.emit('Gather', [call.tensor('weight'), call.tensor('indices')]),
  'scaled_dot_product_attention.default': attention,
};
