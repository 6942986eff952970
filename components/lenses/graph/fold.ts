/** Repeated blocks drawn once: a stack of equal blocks becomes its first block with "× n". */
import type { GraphRecord } from '@/core/result/types.ts';

export interface Stack {
  readonly count: number;
  /** Layers of the block that is shown. */
  readonly layers: readonly string[];
}
export interface Folded {
  readonly graph: GraphRecord;
  readonly stacks: readonly Stack[];
  /** The layer that is shown in place of a hidden one, and of a shown one itself. */
  readonly shownAs: ReadonlyMap<string, string>;
}

/** Two blocks are a coincidence, three are a stack. */
export const MIN_REPEATS = 3;
/** Longest block that is looked for, in layers. */
const MAX_PERIOD = 64;

/**
 * Equal means: the same type, activation, output shape and parameters, of a group the same contents, and inputs at the same distance in the order of
 * the layers, in the same open groups (`within`). Takes the stack that hides most layers, then looks on behind it.
 */
export function fold(graph: GraphRecord, within: ReadonlyMap<string, readonly string[]> = new Map()): Folded {
  const at = new Map(graph.layers.map((layer, i) => [layer.name, i]));
  const inputs = graph.layers.map((): number[] => []);
  for (const { from, to } of graph.edges) {
    const [a, b] = [at.get(from), at.get(to)];
    if (a !== undefined && b !== undefined) inputs[b]?.push(b - a);
  }
  const signs = graph.layers.map((layer, i) =>
    JSON.stringify([
      layer.type,
      layer.activation ?? null,
      layer.outputShape,
      layer.params,
      layer.config.contents ?? null,
      within.get(layer.name) ?? [],
      [...(inputs[i] ?? [])].sort((a, b) => a - b),
    ]),
  );
  const n = signs.length;
  const stacks: Stack[] = [];
  const shownAs = new Map(graph.layers.map((layer) => [layer.name, layer.name]));
  /** Which repetition of which stack a layer is in. */
  const block = new Map<string, string>();
  const name = (i: number) => graph.layers[i]?.name ?? '';
  for (let i = 0; i < n; ) {
    let best = { period: 0, count: 0 };
    for (let period = 1; period <= Math.min(MAX_PERIOD, Math.floor((n - i) / MIN_REPEATS)); period++) {
      let same = 0;
      while (i + period + same < n && signs[i + same] === signs[i + period + same]) same++;
      const count = 1 + Math.floor(same / period);
      if (count >= MIN_REPEATS && (count - 1) * period > (best.count - 1) * best.period)
        best = { period, count };
    }
    if (best.count < MIN_REPEATS) {
      i++;
      continue;
    }
    const { period, count } = best;
    for (let k = 0; k < count; k++)
      for (let j = 0; j < period; j++) {
        shownAs.set(name(i + k * period + j), name(i + j));
        block.set(name(i + k * period + j), `${i}:${k}`);
      }
    stacks.push({ count, layers: Array.from({ length: period }, (_, j) => name(i + j)) });
    i += count * period;
  }
  if (stacks.length === 0) return { graph, stacks, shownAs };
  const seen = new Set<string>();
  const stackOf = (layer: string) => block.get(layer)?.split(':')[0];
  const edges = graph.edges.flatMap(({ from, to }) => {
    // From one repetition to the next: that is what "× n" says.
    if (stackOf(from) !== undefined && stackOf(from) === stackOf(to) && block.get(from) !== block.get(to))
      return [];
    const edge = { from: shownAs.get(from) ?? from, to: shownAs.get(to) ?? to };
    const key = `${edge.from}\n${edge.to}`;
    if (seen.has(key)) return [];
    seen.add(key);
    return [edge];
  });
  const layers = graph.layers.filter((layer) => shownAs.get(layer.name) === layer.name);
  return { graph: { ...graph, layers, edges }, stacks, shownAs };
}

/** Sums by shown layer: what is known of hidden ones is told at the one that stands for them. */
export function summed(folded: Folded, of: (layer: string) => number): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const [layer, shown] of folded.shownAs) sums.set(shown, (sums.get(shown) ?? 0) + of(layer));
  return sums;
}

/** Every layer for itself. */
export const unfolded = (graph: GraphRecord): Folded => ({
  graph,
  stacks: [],
  shownAs: new Map(graph.layers.map((layer) => [layer.name, layer.name])),
});
