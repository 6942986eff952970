/** GPT-2 (Radford et al. 2019): normalises before each part, and no token sees a later one. */

import type { GraphBuilder, Tensor } from '../operators/builder.ts';
import { activation, attend, causalMask, layerNorm, positions, split, unembedded } from './blocks.ts';
import { type Family, headOf } from './family.ts';

export const gpt2: Family = {
  base: 'transformer.',
  classes: ['GPT2Model', 'GPT2LMHeadModel'],
  build(graph, config, className) {
    const units = config.size('n_embd', 768);
    const heads = config.size('n_head', 12);
    const size = Math.floor(units / heads);
    const inner = config.read('n_inner') === null ? 4 * units : config.size('n_inner', 4 * units);
    const vocabulary = config.size('vocab_size', 50257);
    const epsilon = config.number('layer_norm_epsilon', 1e-5);
    if (config.flag('add_cross_attention', false))
      throw config.refused('add_cross_attention', true, 'decoders alone are');
    const scaled = config.flag('scale_attn_weights', true);
    const byLayer = config.flag('scale_attn_by_inverse_layer_idx', false);
    const ids = graph.input('input_ids', 'int64', ['batch', 'steps']);
    const steps = positions(graph, 'wpe', ids);
    const mask = causalMask(graph, 'h', steps, null);
    const words = graph.node('wte', 'Gather', [graph.weight('wte.weight', [vocabulary, units]), ids]);
    const rows = config.size('n_positions', 1024);
    const places = graph.node('wpe', 'Gather', [graph.weight('wpe.weight', [rows, units]), steps]);
    let x = graph.node('', 'Add', [words, places], {}, 'embedding');
    const layers = config.size('n_layer', 12);
    for (let at = 0; at < layers; at++) {
      const path = `h.${at}`;
      const normed = layerNorm(graph, `${path}.ln_1`, x, units, epsilon);
      const three = conv1d(graph, `${path}.attn.c_attn`, normed, [units, 3 * units]);
      const [query, key, value] = [0, 1, 2].map((part) => {
        const ends = [part * units, (part + 1) * units].map((place) => graph.integers(place));
        const own = graph.node(`${path}.attn`, 'Slice', [three, ...ends, graph.integers(2)]);
        return split(graph, `${path}.attn`, own, heads, size);
      });
      const found = attend(
        graph,
        `${path}.attn`,
        { query: query!, key: key!, value: value! },
        { heads, shared: heads, size },
        (scaled ? 1 / Math.sqrt(size) : 1) / (byLayer ? at + 1 : 1),
        mask,
      );
      const attended = conv1d(graph, `${path}.attn.c_proj`, found, [units, units]);
      x = graph.node(path, 'Add', [attended, x], {}, 'residual_after_attention');
      const second = layerNorm(graph, `${path}.ln_2`, x, units, epsilon);
      const wide = conv1d(graph, `${path}.mlp.c_fc`, second, [units, inner]);
      const active = activation(graph, `${path}.mlp`, wide, config, 'activation_function');
      x = graph.node(
        path,
        'Add',
        [conv1d(graph, `${path}.mlp.c_proj`, active, [inner, units]), x],
        {},
        'residual',
      );
    }
    const last = layerNorm(graph, 'ln_f', x, units, epsilon);
    if (headOf(className) === 'Model') return [last];
    const tied = config.flag('tie_word_embeddings', true);
    return [unembedded(graph, 'lm_head', last, tied ? 'wte.weight' : 'lm_head.weight', [vocabulary, units])];
  },
};

/** x W + b: what transformers calls Conv1D keeps inputs before units. */
function conv1d(graph: GraphBuilder, path: string, x: Tensor, shape: readonly [number, number]): Tensor {
  const product = graph.node(path, 'MatMul', [x, graph.weight(`${path}.weight`, shape)]);
  return graph.node(path, 'Add', [product, graph.weight(`${path}.bias`, [shape[1]])]);
}
