/**
 * BERT (Devlin et al. 2019) and RoBERTa (Liu et al. 2019): each layer attends to all tokens, and normalises after it has
 * added what it found.
 */

import type { GraphBuilder, Tensor } from '../operators/builder.ts';
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
import type { Config } from './config.ts';
import { type Family, headOf, labelsOf } from './family.ts';

const HEADS = ['ForSequenceClassification', 'ForMaskedLM', 'ForTokenClassification', 'ForQuestionAnswering'];

export const bert: Family = {
  base: 'bert.',
  classes: ['Model', ...HEADS, 'ForPreTraining', 'ForNextSentencePrediction'].map((name) => `Bert${name}`),
  build: (graph, config, className) => build(graph, config, className, false),
};
export const roberta: Family = {
  base: 'roberta.',
  classes: ['Model', ...HEADS].map((name) => `Roberta${name}`),
  build: (graph, config, className) => build(graph, config, className, true),
};

interface Sizes {
  readonly units: number;
  readonly vocabulary: number;
  readonly epsilon: number;
}

function build(graph: GraphBuilder, config: Config, className: string, isRoberta: boolean): Tensor[] {
  const sizes: Sizes = {
    units: config.size('hidden_size', 768),
    vocabulary: config.size('vocab_size', 30522),
    epsilon: config.number('layer_norm_eps', 1e-12),
  };
  for (const key of ['is_decoder', 'add_cross_attention'])
    if (config.flag(key, false)) throw config.refused(key, true, 'encoders are');
  const kind = config.text('position_embedding_type', 'absolute');
  if (kind !== 'absolute') throw config.refused('position_embedding_type', kind, 'absolute is');
  const ids = graph.input('input_ids', 'int64', ['batch', 'steps']);
  const mask = graph.input('attention_mask', 'int64', ['batch', 'steps']);
  // With one kind of tokens there is nothing to tell.
  const kinds = config.size('type_vocab_size', 2);
  const types =
    kinds === 1
      ? graph.constant([0], [], 'int64')
      : graph.input('token_type_ids', 'int64', ['batch', 'steps']);
  let x = embeddings(graph, config, sizes, ids, types, isRoberta);
  const hidden = paddingMask(graph, 'encoder', mask);
  const heads = config.size('num_attention_heads', 12);
  const size = Math.floor(sizes.units / heads);
  const inner = config.size('intermediate_size', 3072);
  const layers = config.size('num_hidden_layers', 12);
  for (let at = 0; at < layers; at++) {
    const path = `encoder.layer.${at}`;
    const self = `${path}.attention.self`;
    const project = (name: string) => {
      const units = linear(graph, `${self}.${name}`, x, [sizes.units, heads * size], true);
      return split(graph, self, units, heads, size);
    };
    const [query, key, value] = ['query', 'key', 'value'].map(project);
    const found = attend(
      graph,
      self,
      { query: query!, key: key!, value: value! },
      { heads, shared: heads, size },
      1 / Math.sqrt(size),
      hidden,
    );
    const attended = linear(
      graph,
      `${path}.attention.output.dense`,
      found,
      [heads * size, sizes.units],
      true,
    );
    const stream = graph.node(`${path}.attention.output`, 'Add', [attended, x], {}, 'residual');
    x = layerNorm(graph, `${path}.attention.output.LayerNorm`, stream, sizes.units, sizes.epsilon);
    const wide = linear(graph, `${path}.intermediate.dense`, x, [sizes.units, inner], true);
    const active = activation(graph, `${path}.intermediate`, wide, config, 'hidden_act');
    const narrow = linear(graph, `${path}.output.dense`, active, [inner, sizes.units], true);
    const after = graph.node(`${path}.output`, 'Add', [narrow, x], {}, 'residual');
    x = layerNorm(graph, `${path}.output.LayerNorm`, after, sizes.units, sizes.epsilon);
  }
  return isRoberta
    ? robertaHead(graph, config, className, x, sizes)
    : bertHead(graph, config, className, x, sizes);
}

function embeddings(
  graph: GraphBuilder,
  config: Config,
  { units, vocabulary, epsilon }: Sizes,
  ids: Tensor,
  types: Tensor,
  isRoberta: boolean,
): Tensor {
  const path = 'embeddings';
  const table = (name: string, rows: number, places: Tensor) =>
    graph.node(`${path}.${name}`, 'Gather', [graph.weight(`${path}.${name}.weight`, [rows, units]), places]);
  const words = table('word_embeddings', vocabulary, ids);
  const kinds = table('token_type_embeddings', config.size('type_vocab_size', 2), types);
  const places = table(
    'position_embeddings',
    config.size('max_position_embeddings', 512),
    isRoberta
      ? countedPositions(graph, path, ids, config.number('pad_token_id', 1))
      : positions(graph, path, ids),
  );
  const two = graph.node(path, 'Add', [words, kinds]);
  const all = graph.node(path, 'Add', [two, places], {}, 'sum');
  return layerNorm(graph, `${path}.LayerNorm`, all, units, epsilon);
}

/** RoBERTa counts the tokens that are no padding, from the number of the padding on. */
function countedPositions(graph: GraphBuilder, path: string, ids: Tensor, padding: number): Tensor {
  const pad = graph.constant([padding], [], 'int64');
  const counts = graph.node(path, 'Not', [graph.node(path, 'Equal', [ids, pad])]);
  const ones = graph.node(path, 'Cast', [counts], { to: 7 });
  const sum = graph.node(path, 'CumSum', [ones, graph.constant([1], [], 'int64')]);
  return graph.node(path, 'Add', [graph.node(path, 'Mul', [sum, ones]), pad], {}, 'positions');
}

const firstStep = (graph: GraphBuilder, path: string, x: Tensor): Tensor =>
  graph.node(path, 'Gather', [x, graph.constant([0], [], 'int64')], { axis: 1 }, 'first_token');

function bertHead(graph: GraphBuilder, config: Config, className: string, x: Tensor, sizes: Sizes): Tensor[] {
  const { units } = sizes;
  const pooled = (): Tensor => {
    const dense = linear(graph, 'pooler.dense', firstStep(graph, 'pooler', x), [units, units], true);
    return graph.node('pooler', 'Tanh', [dense], {}, 'activation');
  };
  switch (headOf(className)) {
    case 'ForSequenceClassification':
      return [linear(graph, 'classifier', pooled(), [units, labelsOf(config)], true)];
    case 'ForNextSentencePrediction':
      return [linear(graph, 'cls.seq_relationship', pooled(), [units, 2], true)];
    case 'ForMaskedLM':
      return [tokenScores(graph, config, x, sizes)];
    case 'ForPreTraining':
      return [
        tokenScores(graph, config, x, sizes),
        linear(graph, 'cls.seq_relationship', pooled(), [units, 2], true),
      ];
    case 'Model':
      return graph.has('pooler.dense.weight') ? [x, pooled()] : [x];
    default:
      return perToken(graph, config, className, x, units);
  }
}

function tokenScores(
  graph: GraphBuilder,
  config: Config,
  x: Tensor,
  { units, vocabulary, epsilon }: Sizes,
): Tensor {
  const path = 'cls.predictions';
  const dense = linear(graph, `${path}.transform.dense`, x, [units, units], true);
  const active = activation(graph, `${path}.transform`, dense, config, 'hidden_act');
  const normed = layerNorm(graph, `${path}.transform.LayerNorm`, active, units, epsilon);
  return scored(graph, config, `${path}.decoder`, normed, [vocabulary, units], `${path}.bias`);
}

/** By the table of tokens, where they share it. */
function scored(
  graph: GraphBuilder,
  config: Config,
  path: string,
  x: Tensor,
  [vocabulary, units]: readonly [number, number],
  bias: string,
): Tensor {
  const tied = config.flag('tie_word_embeddings', true);
  const table = tied ? 'embeddings.word_embeddings.weight' : `${path}.weight`;
  const scores = unembedded(graph, path, x, table, [vocabulary, units]);
  // What is tied is the table and the bias; else the decoder has one of its own, beside which the other is idle.
  const [first, second] = tied ? [bias, `${path}.bias`] : [`${path}.bias`, bias];
  const own = graph.has(first) ? first : second;
  return graph.node(path, 'Add', [scores, graph.weight(own, [vocabulary])], {}, 'scores');
}

function perToken(
  graph: GraphBuilder,
  config: Config,
  className: string,
  x: Tensor,
  units: number,
): Tensor[] {
  if (headOf(className) === 'ForTokenClassification')
    return [linear(graph, 'classifier', x, [units, labelsOf(config)], true)];
  const both = linear(graph, 'qa_outputs', x, [units, 2], true);
  return ['start', 'end'].map((name, at) =>
    graph.node('qa_outputs', 'Gather', [both, graph.constant([at], [], 'int64')], { axis: 2 }, name),
  );
}

function robertaHead(
  graph: GraphBuilder,
  config: Config,
  className: string,
  x: Tensor,
  sizes: Sizes,
): Tensor[] {
  const { units, vocabulary, epsilon } = sizes;
  switch (headOf(className)) {
    case 'ForSequenceClassification': {
      const first = firstStep(graph, 'classifier', x);
      const dense = linear(graph, 'classifier.dense', first, [units, units], true);
      const active = graph.node('classifier', 'Tanh', [dense], {}, 'activation');
      return [linear(graph, 'classifier.out_proj', active, [units, labelsOf(config)], true)];
    }
    case 'ForMaskedLM': {
      const dense = linear(graph, 'lm_head.dense', x, [units, units], true);
      const active = graph.node('lm_head', 'Gelu', [dense], {}, 'activation');
      const normed = layerNorm(graph, 'lm_head.layer_norm', active, units, epsilon);
      return [scored(graph, config, 'lm_head.decoder', normed, [vocabulary, units], 'lm_head.bias')];
    }
    case 'Model':
      return bertHead(graph, config, className, x, sizes);
    default:
      return perToken(graph, config, className, x, units);
  }
}
