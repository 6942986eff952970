/** What units() and examples() share: how many numbers they may hold, and evenly thinned examples. */
import type { QueryPlan } from '../contract.ts';
import { type Examples, thin } from '../data/examples.ts';
import type { MethodContext } from '../inference/context.ts';
import { sizeOfOutput } from '../inference/forward.ts';

/** Numbers that are projected, at most: 64 MiB of float32, twice that in float64 within the projection. */
export const MAX_NUMBERS = 2 ** 24;
/** Bytes of pictures that go with the points. */
export const PICTURE_BYTES = 16 * 2 ** 20;

/** The first of every so many examples, `most` or fewer; all of them where they fit. */
export function thinned(examples: Examples, most: number): { examples: Examples; warnings: string[] } {
  const n = examples.indices.length;
  if (n <= most) return { examples, warnings: [] };
  return {
    examples: thin(examples, most),
    warnings: [`${most} of ${n} examples, evenly spaced: more do not fit the memory set aside for this.`],
  };
}

/** The number of a layer's outputs for one example, and of its units. */
export function layerSize(plan: QueryPlan, layer: string): { flat: number; units: number } {
  const shape = plan.model.manifest.graph.layers.find((l) => l.name === layer)?.outputShape ?? [];
  const given = plan.data?.preprocessing.shapes.given ?? [];
  return { flat: sizeOfOutput(shape, given), units: shape.slice(1).at(-1) ?? 1 };
}

/** Peak bytes: what is projected, in float32 and twice in float64, and the pictures. */
export function pointsBytes(plan: QueryPlan): number {
  const { what, limit } = plan.query;
  const layer = what.kind === 'call' ? what.args.find((a) => a.kind === 'layer')?.layer : undefined;
  if (layer === undefined) return 0;
  const n = Math.min(
    limit ?? Number.POSITIVE_INFINITY,
    Math.max(0, ...(plan.data?.manifest.splits.map((s) => s.size) ?? [])),
  );
  const projected = Math.min(MAX_NUMBERS, n * layerSize(plan, layer).flat) * 20;
  return projected + neighbourBytes(plan, n) + 2 * PICTURE_BYTES;
}

/** Lists of neighbours and the graph that is made of them: of UMAP small, of t-SNE three times the perplexity in both directions. */
function neighbourBytes({ query: { using } }: QueryPlan, n: number): number {
  if (using?.method !== 'tsne') return 0;
  const perplexity = typeof using.params.perplexity === 'number' ? using.params.perplexity : 30;
  return n * 3 * perplexity * 72;
}

/** The same pace for the first part of the work. */
export function firstPart(
  context: MethodContext,
  share: number,
): Pick<MethodContext, 'tf' | 'signal' | 'progress'> {
  return {
    tf: context.tf,
    signal: context.signal,
    progress: (done, note) => context.progress(done * share, note),
  };
}

export const METHOD_TITLES = { pca: 'PCA', umap: 'UMAP', tsne: 't-SNE' } as const;
