/** ATen operators of numbers one by one, and sums along axes. */
import type { ElementType, OperatorAttribute } from '../../../../core/artifacts/operators.ts';
import type { Tensor } from '../operators/builder.ts';
import type { Call, Translation } from './call.ts';

/** Of one tensor. In place or not is the same: the graph has no other use of what is written over. */
const unary =
  (
    operation: string,
    attributes: (call: Call) => Record<string, OperatorAttribute> = () => ({}),
  ): Translation =>
  (call) =>
    call.emit(operation, [call.operand('self', call.typeOf(call.output))], attributes(call));

/** Of two, or of one and a number, in the type of what comes of it. */
const binary =
  (operation: string): Translation =>
  (call) => {
    const type = call.typeOf(call.output);
    const other = call.operand('other', type);
    const alpha = call.number('alpha', 1);
    const scaled =
      alpha === 1 ? other : call.emit('Mul', [other, call.scope.graph.constant([alpha], [], type)]);
    return call.emit(operation, [call.operand('self', type), scaled]);
  };

const comparison =
  (operation: string): Translation =>
  (call) => {
    const own = call.typeOf(call.nameOf('self'));
    const type: ElementType = own === 'bool' ? 'int64' : own;
    // A fraction beside whole numbers is no whole number.
    const fraction = !call.has('other') || own === 'float32' ? type : wide(call, type);
    return call.emit(operation, [call.operand('self', fraction), call.operand('other', fraction)]);
  };

function wide(call: Call, type: ElementType): ElementType {
  const arg = call.node.inputs.find(({ name }) => name === 'other')?.arg;
  const name = arg?.as_tensor?.name;
  if (arg?.as_float !== undefined || (name !== undefined && call.typeOf(name) === 'float32'))
    return 'float32';
  return type;
}

const reduction =
  (operation: string, dims: string): Translation =>
  (call) => {
    const x = call.operand('self', call.typeOf(call.output));
    const keepdims = call.flag('keepdim', false) ? 1 : 0;
    if (!call.has(dims)) return call.emit(operation, [x], { keepdims });
    const axes = call.numbers(dims);
    return call.emit(operation, axes.length === 0 ? [x] : [x, call.scope.graph.integers(...axes)], {
      keepdims,
    });
  };

function clamp(call: Call): Tensor {
  const type = call.typeOf(call.output);
  const bound = (name: string) => (call.has(name) ? call.operand(name, type) : '');
  return call.emit('Clip', [call.operand('self', type), bound('min'), bound('max')]);
}

function division(call: Call): Tensor {
  const type = call.typeOf(call.output);
  const ratio = call.emit('Div', [call.operand('self', type), call.operand('other', type)]);
  const mode = call.text('rounding_mode', '');
  if (mode === '') return ratio;
  if (mode === 'floor' && type === 'float32') return call.emit('Floor', [ratio]);
  throw call.refused(`rounding by ${mode} is not known for ${type}`);
}

const pairs: Readonly<Record<string, string>> = { add: 'Add', sub: 'Sub', mul: 'Mul' };
const plain: Readonly<Record<string, string>> = {
  ...{
    relu: 'Relu',
    sigmoid: 'Sigmoid',
    tanh: 'Tanh',
    exp: 'Exp',
    log: 'Log',
    sqrt: 'Sqrt',
    neg: 'Neg',
    abs: 'Abs',
  },
  ...{
    erf: 'Erf',
    sin: 'Sin',
    cos: 'Cos',
    floor: 'Floor',
    ceil: 'Ceil',
    reciprocal: 'Reciprocal',
    sign: 'Sign',
  },
  ...{ hardswish: 'HardSwish', mish: 'Mish', softplus: 'Softplus', softsign: 'Softsign', selu: 'Selu' },
};
const compared: Readonly<Record<string, string>> = {
  eq: 'Equal',
  lt: 'Less',
  le: 'LessOrEqual',
  gt: 'Greater',
  ge: 'GreaterOrEqual',
};

function table(): Record<string, Translation> {
  const rows: Record<string, Translation> = {};
  for (const [name, operation] of Object.entries(pairs))
    for (const kind of [name, `${name}_`])
      for (const variant of ['Tensor', 'Scalar']) rows[`${kind}.${variant}`] = binary(operation);
  for (const [name, operation] of Object.entries(plain))
    for (const kind of [name, `${name}_`]) rows[`${kind}.default`] = unary(operation);
  for (const [name, operation] of Object.entries(compared))
    for (const variant of ['Tensor', 'Scalar']) rows[`${name}.${variant}`] = comparison(operation);
  return rows;
}

export const arithmetic: Readonly<Record<string, Translation>> = {
  ...table(),
  'softplus.default': (call) => {
    if (call.number('beta', 1) !== 1) throw call.refused('a beta other than 1 is not known');
    return call.emit('Softplus', [call.tensor('self')]);
  },
  'div.Tensor': division,
  'div.Scalar': division,
  'div_.Tensor': division,
  'div.Tensor_mode': division,
  'rsqrt.default': (call) => call.emit('Reciprocal', [call.emit('Sqrt', [call.tensor('self')])]),
  'silu.default': silu,
  'silu_.default': silu,
  'gelu.default': (call) =>
    call.emit('Gelu', [call.tensor('self')], { approximate: call.text('approximate', 'none') }),
  'hardsigmoid.default': unary('HardSigmoid', () => ({ alpha: 1 / 6, beta: 0.5 })),
  'leaky_relu.default': unary('LeakyRelu', (call) => ({ alpha: call.number('negative_slope', 0.01) })),
  'leaky_relu_.default': unary('LeakyRelu', (call) => ({ alpha: call.number('negative_slope', 0.01) })),
  'elu.default': (call) => {
    if (call.number('scale', 1) !== 1 || call.number('input_scale', 1) !== 1)
      throw call.refused('scales other than 1 are not known');
    return call.emit('Elu', [call.tensor('self')], { alpha: call.number('alpha', 1) });
  },
  'hardtanh.default': hardtanh,
  'hardtanh_.default': hardtanh,
  'relu6.default': (call) => limited(call, 0, 6),
  'clamp.default': clamp,
  'clamp_min.default': clamp,
  'pow.Tensor_Scalar': (call) => {
    const type = call.typeOf(call.output);
    return call.emit('Pow', [call.operand('self', type), call.operand('exponent', type)]);
  },
  'prelu.default': (call) => {
    const rank = call.shapeOf(call.nameOf('self')).length;
    const [count = 1] = call.shapeOf(call.nameOf('weight'));
    const shape = count === 1 ? [1] : [count ?? 1, ...new Array<number>(Math.max(0, rank - 2)).fill(1)];
    const slope = call.emit('Reshape', [call.tensor('weight'), call.scope.graph.integers(...shape)]);
    return call.emit('PRelu', [call.tensor('self'), slope]);
  },
  'mean.dim': reduction('ReduceMean', 'dim'),
  'mean.default': reduction('ReduceMean', 'dim'),
  'sum.dim_IntList': reduction('ReduceSum', 'dim'),
  'sum.default': reduction('ReduceSum', 'dim'),
  'amax.default': reduction('ReduceMax', 'dim'),
  'where.self': (call) => {
    const type = call.typeOf(call.output);
    return call.emit('Where', [
      call.tensor('condition'),
      call.operand('self', type),
      call.operand('other', type),
    ]);
  },
  'masked_fill.Scalar': (call) => {
    const type = call.typeOf(call.output);
    return call.emit('Where', [call.tensor('mask'), call.operand('value', type), call.operand('self', type)]);
  },
  'softmax.int': softmax('Softmax'),
  '_softmax.default': softmax('Softmax'),
  'log_softmax.int': softmax('LogSoftmax'),
  '_log_softmax.default': softmax('LogSoftmax'),
};

function silu(call: Call): Tensor {
  const x = call.tensor('self');
  return call.emit('Mul', [x, call.emit('Sigmoid', [x])]);
}

function hardtanh(call: Call): Tensor {
  return limited(call, call.number('min_val', -1), call.number('max_val', 1));
}

function limited(call: Call, low: number, high: number): Tensor {
  return call.emit('Clip', [
    call.tensor('self'),
    ...[low, high].map((bound) => call.scope.graph.number(bound)),
  ]);
}

function softmax(operation: string): Translation {
  return (call) => call.emit(operation, [call.operand('self', 'float32')], { axis: call.number('dim') });
}
