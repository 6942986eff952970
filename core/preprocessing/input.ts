/** What a model does with its input before the first weights, as its graph tells. */
import type { GraphRecord } from '../artifacts/graph.ts';

type Layer = GraphRecord['layers'][number];

export interface InputFacts {
  /** The Embedding that takes the input as tokens. */
  readonly embedding: Layer | null;
  /** The layer that scales or shifts the input by numbers of its own, or learnt ones. */
  readonly scaler: Layer | null;
  /** Whether the model's picture layers take channels first. */
  readonly channelsFirst: boolean;
  /**
   * Shape of an example as the model's file takes it, where that has channels before places and is shown with channels
   * last; else null.
   */
  readonly fileTakes: readonly (number | null)[] | null;
  /** Whether the input's number type is a whole one. */
  readonly integers: boolean;
}

/** By numbers that were written down, so that nothing is left to find out. */
const FIXED = new Set(['Rescaling', 'Normalization']);
const SCALERS = new Set([
  ...FIXED,
  'BatchNormalization',
  'LayerNormalization',
  'GroupNormalization',
  'UnitNormalization',
]);

/** Whether stored values are what the model was trained on, as far as the layer can tell. */
export const scalesByItself = (layer: Layer | null): boolean => layer !== null && FIXED.has(layer.type);

/** `at`: which input. */
export function inputFacts(graph: GraphRecord, at = 0): InputFacts {
  const layers = new Map(graph.layers.map((layer) => [layer.name, layer]));
  const next = new Map<string, string[]>();
  for (const { from, to } of graph.edges) next.set(from, [...(next.get(from) ?? []), to]);
  const own = graph.inputs[at];
  const open = own === undefined ? [] : [own];
  const seen = new Set<string>();
  let [embedding, scaler]: (Layer | null)[] = [null, null];
  for (let name = open.shift(); name !== undefined; name = open.shift()) {
    const layer = layers.get(name);
    if (!layer || seen.has(name)) continue;
    seen.add(name);
    if (layer.type === 'Embedding' || (layer.type === 'Gather' && layer.weights.length > 0))
      embedding ??= layer;
    else if (SCALERS.has(layer.type)) scaler ??= layer;
    else if (layer.weights.length === 0) open.push(...(next.get(name) ?? []));
  }
  const input = layers.get(own ?? '');
  const { dtype, channels_first: first } = input?.config ?? {};
  const shown = input?.outputShape.slice(1) ?? [];
  return {
    embedding: embedding ?? null,
    scaler: scaler ?? null,
    channelsFirst: graph.layers.some(({ config }) => config.data_format === 'channels_first'),
    fileTakes: first === true ? [...shown.slice(-1), ...shown.slice(0, -1)] : null,
    integers: typeof dtype === 'string' && /^u?int/.test(dtype),
  };
}
