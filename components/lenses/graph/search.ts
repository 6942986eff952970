/** Search among layers: names, types and shapes, and the structures `skip` and `branch`. */
import type { GraphRecord } from '@/core/result/types.ts';

export function searchLayers(graph: GraphRecord, text: string): ReadonlySet<string> | null {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return null;
  const count = (end: 'from' | 'to') => {
    const counts = new Map<string, number>();
    for (const edge of graph.edges) counts.set(edge[end], (counts.get(edge[end]) ?? 0) + 1);
    return counts;
  };
  const [followers, inputs] = [count('from'), count('to')];
  return new Set(
    graph.layers
      .filter(
        (layer) =>
          layer.name.toLowerCase().includes(wanted) ||
          layer.type.toLowerCase().includes(wanted) ||
          (layer.activation ?? '').toLowerCase() === wanted ||
          layer.outputShape
            .slice(1)
            .join('x')
            .includes(wanted.replaceAll(/\s*[x×]\s*/g, 'x')) ||
          // A skip ends where paths meet again; a branch begins where one output feeds several layers.
          (wanted === 'skip' && (inputs.get(layer.name) ?? 0) > 1) ||
          (wanted === 'branch' && (followers.get(layer.name) ?? 0) > 1),
      )
      .map((layer) => layer.name),
  );
}
