/** The table of a model's layers: what stands in it, in which order, and which of them are wanted. */
import type { Model } from '@/core/api/index.ts';
import { layerCosts } from '@/core/artifacts/costs.ts';

export interface LayerRow {
  /** Place in the model, from 0. */
  readonly place: number;
  readonly name: string;
  readonly type: string;
  readonly outputShape: readonly (number | null)[];
  readonly params: number;
  /** Of the model's parameters. */
  readonly share: number;
  /** For one example; null where it is not known. */
  readonly flops: number | null;
  /** Of the output, for one example. */
  readonly bytes: number | null;
}

export function layerRows({ graph }: Pick<Model, 'graph'>): LayerRow[] {
  const costs = layerCosts(graph);
  return graph.layers.map(({ name, type, outputShape, params }, place) => ({
    ...{ place, name, type, outputShape, params },
    share: graph.params === 0 ? 0 : params / graph.params,
    flops: costs.get(name)?.flops ?? null,
    bytes: costs.get(name)?.bytes ?? null,
  }));
}

export type SortKey = 'place' | 'name' | 'type' | 'params' | 'flops' | 'bytes';
export interface Sorting {
  readonly by: SortKey;
  readonly falling: boolean;
}

/** What is not known comes last, whichever way; what is equal stays in the model's order. */
export function sortedRows(rows: readonly LayerRow[], { by, falling }: Sorting): LayerRow[] {
  return rows.toSorted((a, b) => {
    const [left, right] = [a[by], b[by]];
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    const order =
      typeof left === 'number' && typeof right === 'number'
        ? left - right
        : String(left).localeCompare(String(right), 'en');
    return (falling ? -order : order) || a.place - b.place;
  });
}

/** By words, each found in the name or the type. */
export function filteredRows(rows: readonly LayerRow[], text: string): readonly LayerRow[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return rows;
  return rows.filter(({ name, type }) => {
    const written = `${name} ${type}`.toLowerCase();
    return words.every((word) => written.includes(word));
  });
}

/** Of all layers whose figure is known, and how many are not. */
export function totalOf(
  rows: readonly LayerRow[],
  of: 'flops' | 'bytes',
): { readonly sum: number; readonly unknown: number } {
  return {
    sum: rows.reduce((sum, row) => sum + (row[of] ?? 0), 0),
    unknown: rows.filter((row) => row[of] === null).length,
  };
}
