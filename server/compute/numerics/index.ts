/** Typed-array mathematics without TensorFlow: projections and how far to trust them. */
export { EXACT_LIMIT, knn } from './knn.ts';
export type { Knn } from './neighbours.ts';
export { type Pca, pca } from './pca.ts';
export { knnRecall, trustworthiness } from './quality.ts';
export { recallInWords } from './recall.ts';
export { possiblePerplexity, type TsneOptions, tsne, tsneAsync } from './tsne.ts';
export { defaultEpochs, type UmapOptions, umap, umapAsync } from './umap.ts';
