/** Search in the inspector: every word must occur in the name or the type. */
import type { Model } from '@/core/api/index.ts';

export function matches(text: string, search: string): boolean {
  const low = text.toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => low.includes(word));
}

/** All layers where the model's own name is meant; else those whose name or type fits. */
export function matchingLayers(model: Model, search: string): Model['graph']['layers'] {
  if (search.trim() === '') return model.graph.layers;
  const fitting = model.graph.layers.filter((l) => matches(`${l.name} ${l.type}`, search));
  return fitting.length === 0 && matches(model.name, search) ? model.graph.layers : fitting;
}
