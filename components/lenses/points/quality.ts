/** How well the picture keeps what it flattens, and what its components are called. */
import type { PointsRecord } from '@/core/result/types.ts';
import type { Caption } from '../shared/result/caption.ts';

const THIN = '\u2009';
const percent = (share: number) => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)}${THIN}%`;

const METHODS: Readonly<Record<PointsRecord['method'], { readonly name: string; readonly letters: string }>> =
  {
    pca: { name: 'PCA', letters: 'PC' },
    umap: { name: 'UMAP', letters: 'U' },
    tsne: { name: 't-SNE', letters: 'T' },
  };
export const methodName = (record: Pick<PointsRecord, 'method'>): string => METHODS[record.method].name;

/** "PC1", "U2", "T1": short, for the gizmo. */
export function componentNames(record: Pick<PointsRecord, 'method'>, dims: number): string[] {
  return Array.from({ length: dims }, (_, d) => `${METHODS[record.method].letters}${d + 1}`);
}

/** For the foot: PCA's explained variance, trustworthiness and recall of UMAP and t-SNE. */
export function qualityOf(
  record: Pick<PointsRecord, 'method' | 'explainedVariance' | 'trustworthiness' | 'knnRecall' | 'k'>,
): Caption[] {
  const captions: Caption[] = [];
  const shares = record.explainedVariance ?? [];
  const names = componentNames(record, shares.length);
  shares.forEach((share, d) => {
    captions.push({
      text: `${names[d]} ${percent(share)}`,
      meaning: `Share of the variance that component ${d + 1} explains: ${share}`,
    });
  });
  const near = record.k === undefined ? 'nearest neighbours' : `${record.k} nearest neighbours`;
  if (record.trustworthiness !== undefined)
    captions.push({
      text: `trustworthiness ${record.trustworthiness.toFixed(3)}`,
      meaning: `1: no point has a neighbour here that is none in the layer (${near}): ${record.trustworthiness}`,
    });
  if (record.knnRecall !== undefined)
    captions.push({
      text: `k-NN recall ${percent(record.knnRecall)}`,
      meaning: `Share of the ${near} in the layer that are so here: ${record.knnRecall}`,
    });
  return captions;
}
