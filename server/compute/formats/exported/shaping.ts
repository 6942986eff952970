/** ATen operators that move numbers about and compute none. */
import type { Tensor } from '../operators/builder.ts';
import type { Call, Translation } from './call.ts';

const same: Translation = (call) => call.tensor(call.has('self') ? 'self' : 'input');

const rankOf = (call: Call): number => call.shapeOf(call.nameOf('self')).length;
/** An axis counted from the first. */
const axisOf = (call: Call, argument: string, fallback?: number, rank = rankOf(call)): number => {
  const axis = call.number(argument, fallback);
  return axis < 0 ? axis + rank : axis;
};

function reshape(argument: string): Translation {
  return (call) => call.emit('Reshape', [call.tensor('self'), call.sizes(argument)]);
}

/** Sizes before and after stay; those between become one. */
function flatten(call: Call): Tensor {
  const shape = call.shapeOf(call.nameOf('self'));
  const [start, end] = [axisOf(call, 'start_dim', 0), axisOf(call, 'end_dim', -1)];
  const after = shape.slice(end + 1);
  if (after.some((size) => size === null))
    throw call.refused('sizes after the flattened axes depend on the input');
  const sizes = [...new Array<number>(start).fill(0), -1, ...after.map(Number)];
  return call.emit('Reshape', [call.tensor('self'), call.scope.graph.integers(...sizes)]);
}

function permuted(call: Call, order: readonly number[]): Tensor {
  return call.emit('Transpose', [call.tensor('self')], { perm: [...order] });
}

function transposed(call: Call, first: number, second: number): Tensor {
  const order = [...call.shapeOf(call.nameOf('self')).keys()];
  const [a, b] = [order[first] ?? 0, order[second] ?? 0];
  order[first] = b;
  order[second] = a;
  return permuted(call, order);
}

function sliced(call: Call): Tensor {
  const { graph } = call.scope;
  const place = (argument: string, fallback: number): Tensor => {
    if (!call.has(argument)) return graph.integers(fallback);
    const arg = call.operand(argument, 'int64');
    return call.emit('Unsqueeze', [arg, graph.integers(0)]);
  };
  const axis = graph.integers(axisOf(call, 'dim', 0));
  const inputs = [
    call.tensor('self'),
    place('start', 0),
    place('end', 2 ** 31 - 1),
    axis,
    graph.integers(call.number('step', 1)),
  ];
  return call.emit('Slice', inputs);
}

/** Parts of known sizes along an axis. */
function parts(call: Call, sizes: readonly number[]): Tensor[] {
  const { graph } = call.scope;
  const axis = graph.integers(axisOf(call, 'dim', 0));
  let from = 0;
  return sizes.map((size) => {
    const ends = [from, from + size].map((place) => graph.integers(place));
    from += size;
    return call.emit('Slice', [call.tensor('self'), ...ends, axis]);
  });
}

function evenParts(call: Call, sizeOf: (whole: number) => number): Tensor[] {
  const whole = call.shapeOf(call.nameOf('self'))[axisOf(call, 'dim', 0)];
  if (whole === null || whole === undefined)
    throw call.refused('the size along its axis depends on the input');
  const size = sizeOf(whole);
  const count = Math.ceil(whole / size);
  return parts(
    call,
    Array.from({ length: count }, (_, at) => Math.min(size, whole - at * size)),
  );
}

function padded(call: Call): Tensor {
  const mode = call.text('mode', 'constant');
  const pads = call.numbers('pad');
  const rank = rankOf(call);
  // Pairs from the last axis on.
  const [before, after] = [0, 1].map((side) =>
    Array.from({ length: rank }, (_, axis) => pads[2 * (rank - 1 - axis) + side] ?? 0),
  );
  const kind = { constant: 'constant', reflect: 'reflect', replicate: 'edge', circular: 'wrap' }[mode];
  if (kind === undefined) throw call.refused(`padding by ${mode} is not known`);
  const places = call.scope.graph.integers(...(before ?? []), ...(after ?? []));
  const value = mode === 'constant' ? [call.scope.graph.number(call.number('value', 0))] : [];
  return call.emit('Pad', [call.tensor('self'), places, ...value], { mode: kind });
}

export const shaping: Readonly<Record<string, Translation>> = {
  ...Object.fromEntries(
    [
      'dropout',
      'dropout_',
      'feature_dropout',
      'alpha_dropout',
      'contiguous',
      'clone',
      'detach',
      'detach_',
      'alias',
      'lift_fresh_copy',
    ].map((name) => [`${name}.default`, same]),
  ),
  'view.default': reshape('size'),
  'reshape.default': reshape('shape'),
  '_unsafe_view.default': reshape('size'),
  'flatten.using_ints': flatten,
  'permute.default': (call) => {
    const rank = rankOf(call);
    return permuted(
      call,
      call.numbers('dims').map((axis) => (axis < 0 ? axis + rank : axis)),
    );
  },
  'transpose.int': (call) => transposed(call, axisOf(call, 'dim0'), axisOf(call, 'dim1')),
  't.default': (call) => transposed(call, 0, rankOf(call) - 1),
  'unsqueeze.default': (call) =>
    call.emit('Unsqueeze', [call.tensor('self'), call.scope.graph.integers(call.number('dim'))]),
  'squeeze.dim': (call) => {
    const axis = axisOf(call, 'dim');
    if (call.shapeOf(call.nameOf('self'))[axis] !== 1) return call.tensor('self');
    return call.emit('Squeeze', [call.tensor('self'), call.scope.graph.integers(axis)]);
  },
  'expand.default': (call) => {
    const { graph } = call.scope;
    // -1 keeps a size, which 1 does too.
    const size = call.emit('Max', [call.sizes('size'), graph.constant([1], [1], 'int64')]);
    return call.emit('Expand', [call.tensor('self'), size]);
  },
  'slice.Tensor': sliced,
  'select.int': (call) =>
    call.emit('Gather', [call.tensor('self'), call.operand('index', 'int64')], { axis: axisOf(call, 'dim') }),
  'cat.default': (call) => call.emit('Concat', call.tensors('tensors'), { axis: call.number('dim', 0) }),
  'stack.default': (call) => {
    const rank = call.shapeOf(call.output).length;
    const axis = axisOf(call, 'dim', 0, rank);
    const apart = call
      .tensors('tensors')
      .map((each) => call.emit('Unsqueeze', [each, call.scope.graph.integers(axis)]));
    return call.emit('Concat', apart, { axis });
  },
  'chunk.default': (call) => evenParts(call, (whole) => Math.ceil(whole / call.number('chunks'))),
  'split.Tensor': (call) => evenParts(call, () => call.number('split_size')),
  'split_with_sizes.default': (call) => parts(call, call.numbers('split_sizes')),
  'pad.default': padded,
  'constant_pad_nd.default': padded,
  'to.dtype': cast,
  '_to_copy.default': cast,
  'sym_size.int': (call) => {
    const shape = call.emit('Shape', [call.tensor('self')]);
    return call.emit('Gather', [shape, call.scope.graph.constant([axisOf(call, 'dim')], [], 'int64')]);
  },
};

function cast(call: Call): Tensor {
  const [from, to] = [call.nameOf('self'), call.output].map((name) => call.typeOf(name));
  return from === to || to === undefined ? call.tensor('self') : call.cast(call.tensor('self'), to);
}
