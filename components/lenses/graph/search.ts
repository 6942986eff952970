/**
 * Search among layers: names, types, activations and shapes, the structures `skip` and `branch`, and patterns of layers that
 * follow each other: `conv > relu > add`.
 */
import type { GraphRecord } from '@/core/result/types.ts';

type Layer = GraphRecord['layers'][number];

/** Null where nothing is searched for. */
export function searchLayers(graph: GraphRecord, text: string): ReadonlySet<string> | null {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return null;
  const [before, after] = [neighboursOf(graph, 'to'), neighboursOf(graph, 'from')];
  const fits = (layer: Layer, part: string): boolean =>
    layer.name.toLowerCase().includes(part) ||
    layer.type.toLowerCase().includes(part) ||
    (layer.activation ?? '').toLowerCase() === part ||
    layer.outputShape
      .slice(1)
      .join('x')
      .includes(part.replaceAll(/\s*[x×]\s*/g, 'x')) ||
    // A skip ends where paths meet again; a branch begins where one output feeds several layers.
    (part === 'skip' && (before.get(layer.name)?.length ?? 0) > 1) ||
    (part === 'branch' && (after.get(layer.name)?.length ?? 0) > 1);
  const parts = wanted
    .split(/[>→]/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const steps = parts.map((part) => new Set(graph.layers.filter((l) => fits(l, part)).map((l) => l.name)));
  // Forth, what can be reached from a beginning; back, what also gets to an end.
  for (const [at, step] of steps.entries())
    for (const name of at === 0 ? [] : [...step])
      if (!before.get(name)?.some((from) => steps[at - 1]?.has(from))) step.delete(name);
  for (const [at, step] of [...steps.entries()].reverse())
    for (const name of at === steps.length - 1 ? [] : [...step])
      if (!after.get(name)?.some((to) => steps[at + 1]?.has(to))) step.delete(name);
  return new Set(steps.flatMap((step) => [...step]));
}

/** At the other end of a layer's edges: `end` is where the layer itself is. */
function neighboursOf({ edges }: GraphRecord, end: 'from' | 'to'): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const edge of edges) {
    const list = found.get(edge[end]) ?? [];
    found.set(edge[end], list);
    list.push(edge[end === 'from' ? 'to' : 'from']);
  }
  return found;
}
