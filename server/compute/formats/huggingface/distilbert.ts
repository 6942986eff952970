/** DistilBERT (Sanh et al. 2019): half of BERT's layers, and no kinds of tokens. */
import {
  activation,
  attend,
  layerNorm,
  linear,
  paddingMask,
  positions,
  split,
  unembedded,
} from './blocks.ts';
import { type Family, headOf, labelsOf } from './family.ts';

const EPSILON = 1e-12;

export const distilbert: Family = {
  base: 'distilbert.',
  classes: [
    'Model',
    'ForSequenceClassification',
    'ForMaskedLM',
    'ForTokenClassification',
    'ForQuestionAnswering',
  ].map((name) => `DistilBert${name}`),
  build(graph, config, className) {
    const units = config.size('dim', 768);
    const inner = config.size('hidden_dim', 3072);
    const vocabulary = config.size('vocab_size', 30522);
    const heads = config.size('n_heads', 12);
    const size = Math.floor(units / heads);
    const ids = graph.input('input_ids', 'int64', ['batch', 'steps']);
    const mask = graph.input('attention_mask', 'int64', ['batch', 'steps']);
    const table = 'embeddings.word_embeddings.weight';
    const words = graph.node('embeddings.word_embeddings', 'Gather', [
      graph.weight(table, [vocabulary, units]),
      ids,
    ]);
    const rows = config.size('max_position_embeddings', 512);
    const places = graph.node('embeddings.position_embeddings', 'Gather', [
      graph.weight('embeddings.position_embeddings.weight', [rows, units]),
      positions(graph, 'embeddings', ids),
    ]);
    const sum = graph.node('embeddings', 'Add', [words, places], {}, 'sum');
    let x = layerNorm(graph, 'embeddings.LayerNorm', sum, units, EPSILON);
    const hidden = paddingMask(graph, 'transformer', mask);
    const layers = config.size('n_layers', 6);
    for (let at = 0; at < layers; at++) {
      const path = `transformer.layer.${at}`;
      const attention = `${path}.attention`;
      const [query, key, value] = ['q_lin', 'k_lin', 'v_lin'].map((name) =>
        split(graph, attention, linear(graph, `${attention}.${name}`, x, [units, units], true), heads, size),
      );
      const found = attend(
        graph,
        attention,
        { query: query!, key: key!, value: value! },
        { heads, shared: heads, size },
        1 / Math.sqrt(size),
        hidden,
      );
      const attended = linear(graph, `${attention}.out_lin`, found, [units, units], true);
      const stream = graph.node(attention, 'Add', [attended, x], {}, 'residual');
      x = layerNorm(graph, `${path}.sa_layer_norm`, stream, units, EPSILON);
      const wide = linear(graph, `${path}.ffn.lin1`, x, [units, inner], true);
      const active = activation(graph, `${path}.ffn`, wide, config, 'activation');
      const narrow = linear(graph, `${path}.ffn.lin2`, active, [inner, units], true);
      const after = graph.node(`${path}.ffn`, 'Add', [narrow, x], {}, 'residual');
      x = layerNorm(graph, `${path}.output_layer_norm`, after, units, EPSILON);
    }
    switch (headOf(className)) {
      case 'Model':
        return [x];
      case 'ForSequenceClassification': {
        const first = graph.node(
          'pre_classifier',
          'Gather',
          [x, graph.constant([0], [], 'int64')],
          { axis: 1 },
          'first_token',
        );
        const dense = linear(graph, 'pre_classifier', first, [units, units], true);
        const active = graph.node('pre_classifier', 'Relu', [dense], {}, 'activation');
        return [linear(graph, 'classifier', active, [units, labelsOf(config)], true)];
      }
      case 'ForMaskedLM': {
        const dense = linear(graph, 'vocab_transform', x, [units, units], true);
        const active = activation(graph, 'vocab_transform', dense, config, 'activation');
        const normed = layerNorm(graph, 'vocab_layer_norm', active, units, EPSILON);
        const tied = config.flag('tie_word_embeddings', true) || !graph.has('vocab_projector.weight');
        const scores = unembedded(graph, 'vocab_projector', normed, tied ? table : 'vocab_projector.weight', [
          vocabulary,
          units,
        ]);
        return [
          graph.node(
            'vocab_projector',
            'Add',
            [scores, graph.weight('vocab_projector.bias', [vocabulary])],
            {},
            'scores',
          ),
        ];
      }
      case 'ForTokenClassification':
        return [linear(graph, 'classifier', x, [units, labelsOf(config)], true)];
      default: {
        const both = linear(graph, 'qa_outputs', x, [units, 2], true);
        return ['start', 'end'].map((name, at) =>
          graph.node('qa_outputs', 'Gather', [both, graph.constant([at], [], 'int64')], { axis: 2 }, name),
        );
      }
    }
  },
};
