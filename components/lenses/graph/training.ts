/** Layers that act in training only: at inference they hand their input on. */
import type { GraphRecord } from '@/core/result/types.ts';

const TRAINING =
  /^(Dropout|SpatialDropout[123]D|AlphaDropout|GaussianDropout|GaussianNoise|ActivityRegularization|Identity)$/;

/**
 * The architecture without them, the edges led through, and the layer that each of them hands on. Those that are an input
 * or an output of the model stay.
 */
export function withoutTrainingOnly(record: GraphRecord): {
  readonly graph: GraphRecord;
  readonly handsOn: ReadonlyMap<string, string>;
} {
  const ends = new Set([...record.inputs, ...record.outputs]);
  const reads = new Map<string, string[]>();
  for (const { from, to } of record.edges) reads.set(to, [...(reads.get(to) ?? []), from]);
  const left = new Set(
    record.layers
      .filter(
        ({ name, type, params }) =>
          TRAINING.test(type) && params === 0 && !ends.has(name) && reads.get(name)?.length === 1,
      )
      .map(({ name }) => name),
  );
  if (left.size === 0) return { graph: record, handsOn: new Map() };
  const source = (name: string): string => {
    let at = name;
    // Bounded, should a record hold a circle of them.
    for (let steps = 0; left.has(at) && steps <= left.size; steps++) at = reads.get(at)?.[0] ?? at;
    return at;
  };
  return {
    graph: {
      ...record,
      layers: record.layers.filter(({ name }) => !left.has(name)),
      edges: record.edges.flatMap(({ from, to }) => (left.has(to) ? [] : [{ from: source(from), to }])),
    },
    handsOn: new Map([...left].map((name) => [name, source(name)])),
  };
}
