/** What models of all families are made of. Shapes: [examples, steps, units]. */
import type { GraphBuilder, Tensor } from '../operators/builder.ts';
import type { Config } from './config.ts';

/** Added to scores that are not to count: the lowest number of float32, as transformers has it. */
export const LOWEST = -3.4028234663852886e38;

/** x W^T + b, as torch.nn.Linear keeps it: units before inputs. */
export function linear(
  graph: GraphBuilder,
  path: string,
  x: Tensor,
  [inputs, units]: readonly [number, number],
  bias: boolean,
): Tensor {
  const product = graph.node(path, 'MatMul', [x, graph.weight(`${path}.weight`, [units, inputs], true)]);
  return bias ? graph.node(path, 'Add', [product, graph.weight(`${path}.bias`, [units])]) : product;
}

/** Scores of tokens by the table that also embeds them: x E^T. */
export function unembedded(
  graph: GraphBuilder,
  path: string,
  x: Tensor,
  table: string,
  shape: readonly [number, number],
): Tensor {
  return graph.node(
    path,
    'com.microsoft.FusedMatMul',
    [x, graph.weight(table, shape)],
    { transB: 1 },
    'MatMul',
  );
}

export function layerNorm(
  graph: GraphBuilder,
  path: string,
  x: Tensor,
  units: number,
  epsilon: number,
): Tensor {
  const weights = ['weight', 'bias'].map((name) => graph.weight(`${path}.${name}`, [units]));
  return graph.node(path, 'LayerNormalization', [x, ...weights], { axis: -1, epsilon });
}

export function rmsNorm(
  graph: GraphBuilder,
  path: string,
  x: Tensor,
  units: number,
  epsilon: number,
): Tensor {
  return graph.node(path, 'RMSNormalization', [x, graph.weight(`${path}.weight`, [units])], {
    axis: -1,
    epsilon,
  });
}

const ACTIVATIONS: Readonly<Record<string, readonly [string, Readonly<Record<string, string>>]>> = {
  gelu: ['Gelu', {}],
  gelu_new: ['Gelu', { approximate: 'tanh' }],
  gelu_pytorch_tanh: ['Gelu', { approximate: 'tanh' }],
  gelu_fast: ['Gelu', { approximate: 'tanh' }],
  quick_gelu: ['com.microsoft.QuickGelu', {}],
  relu: ['Relu', {}],
  tanh: ['Tanh', {}],
  sigmoid: ['Sigmoid', {}],
  silu: ['silu', {}],
  swish: ['silu', {}],
};

/** Of the function that the configuration names under this key. */
export function activation(
  graph: GraphBuilder,
  path: string,
  x: Tensor,
  config: Config,
  key: string,
): Tensor {
  const name = config.text(key, 'gelu');
  const [operation, attributes] = ACTIVATIONS[name] ?? [];
  if (operation === undefined) throw config.refused(key, name, `${Object.keys(ACTIVATIONS).join(', ')} are`);
  if (operation !== 'silu') return graph.node(path, operation, [x], attributes, 'activation');
  return graph.node(path, 'Mul', [x, graph.node(path, 'Sigmoid', [x])], {}, 'activation');
}

export interface Heads {
  readonly heads: number;
  /** Of keys and values, which several heads may share. */
  readonly shared: number;
  /** Numbers of each head. */
  readonly size: number;
}

/** [examples, steps, units] to [examples, heads, steps, size]. */
export function split(graph: GraphBuilder, path: string, x: Tensor, heads: number, size: number): Tensor {
  const apart = graph.node(path, 'Reshape', [x, graph.integers(0, 0, heads, size)]);
  return graph.node(path, 'Transpose', [apart], { perm: [0, 2, 1, 3] });
}

/** Of heads apart: weights are the node `weights`, [examples, heads, query, key]. `mask` is added to the scores. */
export function attend(
  graph: GraphBuilder,
  path: string,
  { query, key, value }: { readonly query: Tensor; readonly key: Tensor; readonly value: Tensor },
  { heads, shared, size }: Heads,
  scale: number,
  mask: Tensor | null,
): Tensor {
  const repeated = (x: Tensor): Tensor => {
    if (shared === heads) return x;
    const grouped = graph.node(path, 'Unsqueeze', [x, graph.integers(2)]);
    const wide = graph.node(path, 'Expand', [grouped, graph.integers(1, 1, heads / shared, 1, 1)]);
    return graph.node(path, 'Reshape', [wide, graph.integers(0, heads, -1, size)]);
  };
  const turned = graph.node(path, 'Transpose', [repeated(key)], { perm: [0, 1, 3, 2] });
  const products = graph.node(path, 'MatMul', [query, turned]);
  const scaled = graph.node(path, 'Mul', [products, graph.number(scale)], {}, 'scores');
  const masked = mask === null ? scaled : graph.node(path, 'Add', [scaled, mask], {}, 'masked_scores');
  const weights = graph.node(path, 'Softmax', [masked], { axis: -1 }, 'weights');
  const context = graph.node(path, 'MatMul', [weights, repeated(value)], {}, 'per_head');
  const together = graph.node(path, 'Transpose', [context], { perm: [0, 2, 1, 3] });
  return graph.node(path, 'Reshape', [together, graph.integers(0, 0, heads * size)], {}, 'context');
}

/** 0, 1, ... for each step of the whole numbers [examples, steps]. */
export function positions(graph: GraphBuilder, path: string, ids: Tensor): Tensor {
  const shape = graph.node(path, 'Shape', [ids], {}, 'shape');
  const steps = graph.node(path, 'Gather', [shape, graph.constant([1], [], 'int64')], { axis: 0 }, 'steps');
  const [zero, one] = [0, 1].map((value) => graph.constant([value], [], 'int64'));
  return graph.node(path, 'Range', [zero!, steps, one!], {}, 'positions');
}

/** What is added so that no step sees a later one, or one further back than the window: [query, key]. */
export function causalMask(graph: GraphBuilder, path: string, steps: Tensor, window: number | null): Tensor {
  const query = graph.node(path, 'Unsqueeze', [steps, graph.integers(1)], {}, 'query');
  const key = graph.node(path, 'Unsqueeze', [steps, graph.integers(0)], {}, 'key');
  let seen = graph.node(path, 'LessOrEqual', [key, query]);
  if (window !== null) {
    const since = graph.node(path, 'Sub', [query, graph.constant([window], [], 'int64')]);
    seen = graph.node(path, 'And', [seen, graph.node(path, 'Greater', [key, since])]);
  }
  return graph.node(path, 'Where', [seen, graph.number(0), graph.number(LOWEST)], {}, 'mask');
}

/** What is added so that steps where the mask [examples, steps] is 0 are not looked at: [examples, 1, 1, key]. */
export function paddingMask(graph: GraphBuilder, path: string, mask: Tensor): Tensor {
  const wide = graph.node(path, 'Unsqueeze', [mask, graph.integers(1, 2)]);
  const floats = graph.node(path, 'Cast', [wide], { to: 1 });
  const hidden = graph.node(path, 'Sub', [graph.number(1), floats]);
  return graph.node(path, 'Mul', [hidden, graph.number(LOWEST)], {}, 'mask');
}
