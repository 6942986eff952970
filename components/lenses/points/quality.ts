/** How well the picture keeps what it flattens, and what its components are called. */
import type { PointsRecord } from '@/core/result/types.ts';

const THIN = '\u2009';
const percent = (share: number) => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)}${THIN}%`;

/** "PC1", "U2": short, for the gizmo. */
export function componentNames(record: Pick<PointsRecord, 'method'>, dims: number): string[] {
  const letters = record.method === 'pca' ? 'PC' : 'U';
  return Array.from({ length: dims }, (_, d) => `${letters}${d + 1}`);
}

export interface Told {
  readonly text: string;
  /** What it means, on hover. */
  readonly meaning: string;
}
/** For the foot: PCA's explained variance, UMAP's trustworthiness and recall. */
export function qualityOf(
  record: Pick<PointsRecord, 'method' | 'explainedVariance' | 'trustworthiness' | 'knnRecall' | 'k'>,
): Told[] {
  const told: Told[] = [];
  const shares = record.explainedVariance ?? [];
  const names = componentNames(record, shares.length);
  shares.forEach((share, d) => {
    told.push({
      text: `${names[d]} ${percent(share)}`,
      meaning: `Share of the variance that component ${d + 1} explains: ${share}`,
    });
  });
  const near = record.k === undefined ? 'nearest neighbours' : `${record.k} nearest neighbours`;
  if (record.trustworthiness !== undefined)
    told.push({
      text: `trustworthiness ${record.trustworthiness.toFixed(3)}`,
      meaning: `1: no point has a neighbour here that is none in the layer (${near}): ${record.trustworthiness}`,
    });
  if (record.knnRecall !== undefined)
    told.push({
      text: `k-NN recall ${percent(record.knnRecall)}`,
      meaning: `Share of the ${near} in the layer that are so here: ${record.knnRecall}`,
    });
  return told;
}
