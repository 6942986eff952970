/** Typed-array mathematics without TensorFlow: projections and how far to trust them. */

export { possiblePerplexity, type TsneOptions, tsne, tsneAsync } from './embedding/tsne.ts';
export { defaultEpochs, type UmapOptions, umap, umapAsync } from './embedding/umap.ts';
export { type Pca, pca } from './linear/pca.ts';
export { EXACT_LIMIT, knn } from './neighbours/knn.ts';
export type { Knn } from './neighbours/neighbours.ts';
export { knnRecall, trustworthiness } from './neighbours/quality.ts';
export { recallInWords } from './neighbours/recall.ts';
