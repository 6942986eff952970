/** Decoders like Llama (Touvron et al. 2023): RMS norms, rotary positions, heads that share keys, gated MLPs. */
import { activation, attend, causalMask, linear, positions, rmsNorm, split, unembedded } from './blocks.ts';
import type { Config } from './config.ts';
import { type Family, headOf } from './family.ts';
import { frequencies, turned, turns } from './rotary.ts';

interface Kind {
  /** Biases of query, key and value, and of what comes out of attention. */
  biases(config: Config): readonly [boolean, boolean];
  /** Steps that a layer looks back; null: all. */
  window(config: Config, layer: number): number | null;
  /** Query and key are normed by heads. */
  readonly normed?: true;
}

export const llama = family('Llama', {
  biases: (config) => {
    const all = config.flag('attention_bias', false);
    return [all, all];
  },
  window: () => null,
});
export const mistral = family('Mistral', {
  biases: () => [false, false],
  window: (config) => (config.read('sliding_window') === null ? null : config.size('sliding_window', 4096)),
});
export const qwen2 = family('Qwen2', { biases: () => [true, false], window: windowOfQwen });
export const qwen3 = family('Qwen3', {
  biases: (config) => {
    const all = config.flag('attention_bias', false);
    return [all, all];
  },
  window: windowOfQwen,
  normed: true,
});

function windowOfQwen(config: Config, layer: number): number | null {
  const used = config.flag('use_sliding_window', false);
  const window = config.read('sliding_window');
  const first = config.read('max_window_layers');
  const kinds = config.read('layer_types');
  if (!used || window === null || window === undefined) return null;
  const slides = Array.isArray(kinds)
    ? kinds[layer] === 'sliding_attention'
    : layer >= (typeof first === 'number' ? first : 28);
  return slides ? config.size('sliding_window') : null;
}

function family(name: string, kind: Kind): Family {
  return {
    base: 'model.',
    classes: [`${name}Model`, `${name}ForCausalLM`],
    build(graph, config, className) {
      const units = config.size('hidden_size');
      const heads = config.size('num_attention_heads');
      const shared =
        config.read('num_key_value_heads') === null ? heads : config.size('num_key_value_heads', heads);
      const own = config.read('head_dim');
      const size = typeof own === 'number' ? config.size('head_dim') : Math.floor(units / heads);
      const inner = config.size('intermediate_size');
      const vocabulary = config.size('vocab_size');
      const epsilon = config.number('rms_norm_eps', 1e-6);
      const [inward, outward] = kind.biases(config);
      const wide = config.flag('mlp_bias', false);
      config.read('max_position_embeddings');
      config.read('layer_types');
      const ids = graph.input('input_ids', 'int64', ['batch', 'steps']);
      const steps = positions(graph, 'rotary_emb', ids);
      const turn = turns(graph, 'rotary_emb', steps, frequencies(config, size));
      let x = graph.node('embed_tokens', 'Gather', [
        graph.weight('embed_tokens.weight', [vocabulary, units]),
        ids,
      ]);
      const masks = new Map<number | null, string>();
      const layers = config.size('num_hidden_layers');
      for (let at = 0; at < layers; at++) {
        const path = `layers.${at}`;
        const attention = `${path}.self_attn`;
        const window = kind.window(config, at);
        const mask = masks.get(window) ?? causalMask(graph, 'layers', steps, window);
        masks.set(window, mask);
        const normed = rmsNorm(graph, `${path}.input_layernorm`, x, units, epsilon);
        const project = (part: 'q' | 'k' | 'v', count: number) => {
          const all = linear(graph, `${attention}.${part}_proj`, normed, [units, count * size], inward);
          const apart = split(graph, attention, all, count, size);
          if (part === 'v') return apart;
          const even = kind.normed
            ? rmsNorm(graph, `${attention}.${part}_norm`, apart, size, epsilon)
            : apart;
          return turned(graph, `${attention}.${part}_rotary`, even, turn);
        };
        const parts = { query: project('q', heads), key: project('k', shared), value: project('v', shared) };
        const found = attend(graph, attention, parts, { heads, shared, size }, 1 / Math.sqrt(size), mask);
        const attended = linear(graph, `${attention}.o_proj`, found, [heads * size, units], outward);
        x = graph.node(path, 'Add', [x, attended], {}, 'residual_after_attention');
        const second = rmsNorm(graph, `${path}.post_attention_layernorm`, x, units, epsilon);
        const gate = linear(graph, `${path}.mlp.gate_proj`, second, [units, inner], wide);
        const active = activation(graph, `${path}.mlp`, gate, config, 'hidden_act');
        const up = linear(graph, `${path}.mlp.up_proj`, second, [units, inner], wide);
        const product = graph.node(`${path}.mlp`, 'Mul', [active, up], {}, 'gated');
        const down = linear(graph, `${path}.mlp.down_proj`, product, [inner, units], wide);
        x = graph.node(path, 'Add', [x, down], {}, 'residual');
      }
      const last = rmsNorm(graph, 'norm', x, units, epsilon);
      if (headOf(className) === 'Model') return [last];
      const tied = config.flag('tie_word_embeddings', false);
      const table = tied ? 'embed_tokens.weight' : 'lm_head.weight';
      return [unembedded(graph, 'lm_head', last, table, [vocabulary, units])];
    },
  };
}
