/**
 * UMAP (McInnes, Healy & Melville 2018, "UMAP: Uniform Manifold Approximation and Projection for Dimension Reduction",
 * arXiv:1802.03426), after the paper's algorithms 1 to 5 with umap-learn's conventions: the row itself counts as one of
 * its `neighbours`, min_dist 0.1, spread 1, five negative samples. The start is the first principal components, which
 * keeps the large-scale layout (Kobak & Linderman 2021) and needs no chance.
 */
import { UserError } from '../../../../core/errors/index.ts';
import { pca } from '../linear/pca.ts';
import { knnSteps } from '../neighbours/knn.ts';
import type { Knn } from '../neighbours/neighbours.ts';
import { seeded } from '../random.ts';
import { runSteps, runStepsAsync, type StepOptions, type Steps } from '../steps.ts';
import { fuzzyGraph } from './fuzzy.ts';
import { optimiseLayout } from './layout.ts';

export interface UmapOptions extends StepOptions {
  /** Dimensions of the projection. */
  readonly dims: 1 | 2 | 3;
  /** Size of the local neighbourhood, the row itself included: 2 to n; a larger one is lowered to n. */
  readonly neighbours: number;
  readonly seed: number;
  /** Told of the neighbours, before anything is made of them. */
  readonly onNeighbours?: (knn: Knn, k: number) => void;
  /** Rounds of the optimisation; default by size, 500 for small data to 200 for large. */
  readonly epochs?: number;
}

/**
 * x (n, d), row-major, finite -> (n, dims). Deterministic for a seed. Holds the thread until done; `signal` is looked at
 * between steps. Throws UserError('invalid') on data that are not finite, ('cancelled') after an abort.
 */
export function umap(x: Float32Array, n: number, d: number, options: UmapOptions): Float32Array {
  return runSteps(umapSteps(x, n, d, options), options);
}

/** The same numbers, letting the event loop turn, so that an abort by message takes effect. */
export function umapAsync(
  x: Float32Array,
  n: number,
  d: number,
  options: UmapOptions,
): Promise<Float32Array> {
  return runStepsAsync(umapSteps(x, n, d, options), options);
}

/** Rounds that umap-learn and umap-js take for n rows. */
export function defaultEpochs(n: number): number {
  return n <= 2500 ? 500 : n <= 5000 ? 400 : n <= 7500 ? 300 : 200;
}

export function* umapSteps(x: Float32Array, n: number, d: number, options: UmapOptions): Steps<Float32Array> {
  if (x.length !== n * d) throw new RangeError(`umap: ${x.length} values are not ${n} x ${d}`);
  for (const value of x)
    if (!Number.isFinite(value))
      throw new UserError(
        'invalid',
        'UMAP needs finite numbers, and the activations hold NaN or infinity; look at the statistics of the layer first',
      );
  const { dims, neighbours, seed, epochs = defaultEpochs(n) } = options;
  const k = Math.min(Math.max(2, Math.round(neighbours)), n) - 1;
  if (n < 3) return pca(x, n, d, dims).xyz;
  const steps = knnSteps(x, n, d, k, seed);
  let step = steps.next();
  while (!step.done) {
    yield 0.4 * step.value;
    step = steps.next();
  }
  options.onNeighbours?.(step.value, k);
  const graph = fuzzyGraph(step.value, n, k, epochs);
  yield 0.42;
  const layout = start(x, n, d, dims, seed);
  yield* optimiseLayout(layout, graph, n, { epochs, seed, from: 0.42 });
  return Float32Array.from({ length: n * dims }, (_, at) => layout[Math.floor(at / dims) * 3 + (at % dims)]!);
}

/**
 * Principal components (n, 3) scaled to a half-width of 10, with a little seeded noise so that equal rows can part; the
 * coordinates beyond `dims` are zero.
 */
function start(x: Float32Array, n: number, d: number, dims: number, seed: number): Float64Array {
  const random = seeded(seed ^ 0x5bd1e995);
  const { xyz } = pca(x, n, d, dims);
  let widest = 0;
  for (const value of xyz) widest = Math.max(widest, Math.abs(value));
  const scale = widest > 0 ? 10 / widest : 0;
  const layout = new Float64Array(n * 3);
  for (let i = 0; i < n; i++)
    for (let c = 0; c < dims; c++) layout[i * 3 + c] = xyz[i * dims + c]! * scale + 1e-4 * random.normal();
  return layout;
}
