/** Which layers a layer's output leads to. */
import type { CatalogModel } from './catalog.ts';

/** True where `from` is `to`, or leads to it; also where the model's connections are not known. */
export function reaches({ graph }: CatalogModel, from: string, to: string): boolean {
  if (from === to || graph.edges.length === 0) return true;
  const next = new Map<string, string[]>();
  for (const edge of graph.edges) next.set(edge.from, [...(next.get(edge.from) ?? []), edge.to]);
  const seen = new Set([from]);
  const open = [from];
  for (let at = open.pop(); at !== undefined; at = open.pop())
    for (const layer of next.get(at) ?? []) {
      if (layer === to) return true;
      if (seen.has(layer)) continue;
      seen.add(layer);
      open.push(layer);
    }
  return false;
}
