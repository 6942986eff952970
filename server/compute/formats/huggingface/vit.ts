/** Vision transformers (Dosovitskiy et al. 2021) and DeiT (Touvron et al. 2021): a picture is a row of patches. */

import type { GraphBuilder, Tensor } from '../operators/builder.ts';
import { activation, attend, layerNorm, linear, split } from './blocks.ts';
import type { Config } from './config.ts';
import { type Family, headOf, labelsOf } from './family.ts';

export const vit: Family = {
  base: 'vit.',
  classes: ['ViTModel', 'ViTForImageClassification'],
  build: (graph, config, className) => build(graph, config, className, ['cls_token']),
};
export const deit: Family = {
  base: 'deit.',
  classes: ['DeiTModel', 'DeiTForImageClassification'],
  build: (graph, config, className) => build(graph, config, className, ['cls_token', 'distillation_token']),
};

function build(graph: GraphBuilder, config: Config, className: string, tokens: readonly string[]): Tensor[] {
  const units = config.size('hidden_size', 768);
  const heads = config.size('num_attention_heads', 12);
  const size = Math.floor(units / heads);
  const inner = config.size('intermediate_size', 3072);
  const epsilon = config.number('layer_norm_eps', 1e-12);
  const bias = config.flag('qkv_bias', true);
  let x = patches(graph, config, units, tokens);
  const layers = config.size('num_hidden_layers', 12);
  for (let at = 0; at < layers; at++) {
    const path = `encoder.layer.${at}`;
    const attention = `${path}.attention.attention`;
    const normed = layerNorm(graph, `${path}.layernorm_before`, x, units, epsilon);
    const [query, key, value] = ['query', 'key', 'value'].map((name) =>
      split(
        graph,
        attention,
        linear(graph, `${attention}.${name}`, normed, [units, units], bias),
        heads,
        size,
      ),
    );
    const found = attend(
      graph,
      attention,
      { query: query!, key: key!, value: value! },
      { heads, shared: heads, size },
      1 / Math.sqrt(size),
      null,
    );
    const attended = linear(graph, `${path}.attention.output.dense`, found, [units, units], true);
    x = graph.node(path, 'Add', [attended, x], {}, 'residual_after_attention');
    const second = layerNorm(graph, `${path}.layernorm_after`, x, units, epsilon);
    const wide = linear(graph, `${path}.intermediate.dense`, second, [units, inner], true);
    const active = activation(graph, `${path}.intermediate`, wide, config, 'hidden_act');
    const narrow = linear(graph, `${path}.output.dense`, active, [inner, units], true);
    x = graph.node(path, 'Add', [narrow, x], {}, 'residual');
  }
  const last = layerNorm(graph, 'layernorm', x, units, epsilon);
  const pooled = config.text('pooler_act', 'tanh');
  const poolerUnits = config.size('pooler_output_size', units);
  const first = () =>
    graph.node('', 'Gather', [last, graph.constant([0], [], 'int64')], { axis: 1 }, 'first_token');
  if (headOf(className) === 'ForImageClassification')
    return [linear(graph, 'classifier', first(), [units, labelsOf(config)], true)];
  if (!graph.has('pooler.dense.weight')) return [last];
  const dense = linear(graph, 'pooler.dense', first(), [units, poolerUnits], true);
  if (pooled !== 'tanh') throw config.refused('pooler_act', pooled, 'tanh is');
  return [last, graph.node('pooler', 'Tanh', [dense], {}, 'activation')];
}

/** Patches in rows from the upper left, after the tokens that stand for the whole picture. */
function patches(graph: GraphBuilder, config: Config, units: number, tokens: readonly string[]): Tensor {
  const [height, width] = pair(config, 'image_size', 224);
  const [tall, wide] = pair(config, 'patch_size', 16);
  const channels = config.size('num_channels', 3);
  const count = Math.floor(height / tall) * Math.floor(width / wide);
  const pixels = graph.input('pixel_values', 'float32', ['batch', channels, height, width]);
  const path = 'embeddings.patch_embeddings';
  const weight = graph.weight(`${path}.projection.weight`, [units, channels, tall, wide]);
  const maps = graph.node(
    `${path}.projection`,
    'Conv',
    [pixels, weight, graph.weight(`${path}.projection.bias`, [units])],
    { strides: [tall, wide], kernel_shape: [tall, wide] },
  );
  const flat = graph.node(path, 'Reshape', [maps, graph.integers(0, units, count)]);
  const rows = graph.node(path, 'Transpose', [flat], { perm: [0, 2, 1] });
  // A token for each example: what is added is 0, and has as many examples as the picture.
  const zero = graph.node('embeddings', 'Mul', [
    graph.node('embeddings', 'Slice', [rows, graph.integers(0), graph.integers(1), graph.integers(1)]),
    graph.number(0),
  ]);
  const own = tokens.map((name) =>
    graph.node('embeddings', 'Add', [zero, graph.weight(`embeddings.${name}`, [1, 1, units])], {}, name),
  );
  const all = graph.node('embeddings', 'Concat', [...own, rows], { axis: 1 }, 'tokens');
  const places = graph.weight('embeddings.position_embeddings', [1, count + tokens.length, units]);
  return graph.node('embeddings', 'Add', [all, places], {}, 'sum');
}

function pair(config: Config, name: string, fallback: number): [number, number] {
  const value = config.read(name);
  if (!Array.isArray(value)) return [config.size(name, fallback), config.size(name, fallback)];
  const [height, width]: unknown[] = value;
  if (value.length === 2 && typeof height === 'number' && typeof width === 'number') return [height, width];
  throw config.refused(name, value, 'one size, or height and width, are');
}
