/**
 * t-SNE (van der Maaten & Hinton 2008, "Visualizing Data using t-SNE", JMLR 9), with sparse affinities and Barnes-Hut
 * repulsion (van der Maaten 2014): n log n a round instead of n^2. The start is the first principal components, small
 * (Kobak & Berens 2019), the learning rate n / 48 or 50 (Belkina et al. 2019), both as in scikit-learn.
 */
import { UserError } from '../../../../core/errors/index.ts';
import { pca } from '../linear/pca.ts';
import { knnSteps } from '../neighbours/knn.ts';
import type { Knn } from '../neighbours/neighbours.ts';
import { seeded } from '../random.ts';
import { runSteps, runStepsAsync, type StepOptions, type Steps } from '../steps.ts';
import { type Affinities, affinities } from './affinities.ts';
import { RepulsionTree } from './barneshut.ts';

export interface TsneOptions extends StepOptions {
  readonly dims: 2 | 3;
  /** Effective number of neighbours, above 1; lowered to (n - 1) / 3 where there are too few rows for it. */
  readonly perplexity: number;
  readonly seed: number;
  /** Told of the neighbours, before anything is made of them. */
  readonly onNeighbours?: (knn: Knn, k: number) => void;
  /** Rounds of the optimisation, default 1000; the first quarter with exaggerated attraction. */
  readonly iterations?: number;
  /** How coarse the repulsion may be, default 0.5; 0 is exact. */
  readonly theta?: number;
}

/** Share of the progress that the neighbours take. */
const NEIGHBOURS = 0.1;
const EXAGGERATION = 12;
const THETA = 0.5;
const ITERATIONS = 1000;
const LEAST_GAIN = 0.01;

/** x (n, d), row-major, finite; n at least 4 -> (n, dims). Deterministic for a seed. Holds the thread until done. */
export function tsne(x: Float32Array, n: number, d: number, options: TsneOptions): Float32Array {
  return runSteps(tsneSteps(x, n, d, options), options);
}

/** The same numbers, letting the event loop turn, so that an abort by message takes effect. */
export function tsneAsync(
  x: Float32Array,
  n: number,
  d: number,
  options: TsneOptions,
): Promise<Float32Array> {
  return runStepsAsync(tsneSteps(x, n, d, options), options);
}

/** What `perplexity` becomes for n rows: every row needs three times as many neighbours. */
export function possiblePerplexity(perplexity: number, n: number): number {
  return Math.max(1, Math.min(perplexity, (n - 1) / 3));
}

export function* tsneSteps(x: Float32Array, n: number, d: number, options: TsneOptions): Steps<Float32Array> {
  if (x.length !== n * d) throw new RangeError(`tsne: ${x.length} values are not ${n} x ${d}`);
  if (n < 4) throw new UserError('invalid', `t-SNE needs at least 4 points, found ${n}; use pca`);
  for (const value of x)
    if (!Number.isFinite(value))
      throw new UserError(
        'invalid',
        't-SNE needs finite numbers, and the activations hold NaN or infinity; look at the statistics of the layer first',
      );
  const { dims, seed, iterations = ITERATIONS, theta = THETA } = options;
  const perplexity = possiblePerplexity(options.perplexity, n);
  const k = Math.max(1, Math.min(n - 1, Math.floor(3 * perplexity)));
  const steps = knnSteps(x, n, d, k, seed);
  let step = steps.next();
  while (!step.done) {
    yield NEIGHBOURS * step.value;
    step = steps.next();
  }
  options.onNeighbours?.(step.value, k);
  const p = affinities(step.value, n, k, perplexity);
  yield NEIGHBOURS;
  const y = start(x, n, d, dims, seed);
  yield* descend(y, p, n, dims, iterations, theta);
  return Float32Array.from({ length: n * dims }, (_, at) => y[Math.floor(at / dims) * 3 + (at % dims)]!);
}

/** Principal components (n, 3), the first with standard deviation 1e-4; a little seeded noise parts equal rows. */
function start(x: Float32Array, n: number, d: number, dims: 2 | 3, seed: number): Float64Array {
  const random = seeded(seed ^ 0x2545f491);
  const { xyz } = pca(x, n, d, dims);
  let squares = 0;
  for (let i = 0; i < n; i++) squares += xyz[i * dims]! ** 2;
  const scale = squares > 0 ? 1e-4 / Math.sqrt(squares / n) : 0;
  const y = new Float64Array(n * 3);
  for (let i = 0; i < n; i++)
    for (let c = 0; c < dims; c++) y[i * 3 + c] = xyz[i * dims + c]! * scale + 1e-7 * random.normal();
  return y;
}

/** Gradient descent with momentum and gains (Jacobs 1988), in place. */
function* descend(
  y: Float64Array,
  p: Affinities,
  n: number,
  dims: 2 | 3,
  iterations: number,
  theta: number,
): Steps<void> {
  const rate = Math.max(n / EXAGGERATION / 4, 50);
  const early = Math.floor(iterations / 4);
  const slope = new GradientOf(p, n, dims);
  const velocity = new Float64Array(n * 3);
  const gains = new Float64Array(n * 3).fill(1);
  for (let round = 0; round < iterations; round++) {
    const gradient = slope.at(y, theta, round < early ? EXAGGERATION : 1);
    const momentum = round < early ? 0.5 : 0.8;
    for (let at = 0; at < n * 3; at++) {
      const turned = velocity[at]! * gradient[at]! < 0;
      const gain = turned ? gains[at]! + 0.2 : Math.max(LEAST_GAIN, gains[at]! * 0.8);
      gains[at] = gain;
      velocity[at] = momentum * velocity[at]! - rate * gain * gradient[at]!;
      y[at]! += velocity[at]!;
    }
    yield NEIGHBOURS + ((1 - NEIGHBOURS) * (round + 1)) / iterations;
  }
}

/** Gradient of the Kullback-Leibler divergence (van der Maaten & Hinton 2008, eq. 5), attraction times `exaggeration`. */
export class GradientOf {
  private readonly tree: RepulsionTree;
  private readonly repelled: Float64Array;
  private readonly gradient: Float64Array;
  constructor(
    private readonly p: Affinities,
    private readonly n: number,
    dims: 2 | 3,
  ) {
    this.tree = new RepulsionTree(n, dims);
    this.repelled = new Float64Array(n * 3);
    this.gradient = new Float64Array(n * 3);
  }

  /** (n, 3), overwritten by the next call. */
  at(y: Float64Array, theta: number, exaggeration: number): Float64Array {
    const { p, n, tree, repelled, gradient } = this;
    const { starts, columns, values } = p;
    const z = tree.repulsion(y, theta, repelled);
    for (let i = 0; i < n; i++) {
      const at = i * 3;
      const y0 = y[at]!;
      const y1 = y[at + 1]!;
      const y2 = y[at + 2]!;
      let a0 = 0;
      let a1 = 0;
      let a2 = 0;
      for (let s = starts[i]!; s < starts[i + 1]!; s++) {
        const j = columns[s]! * 3;
        const d0 = y0 - y[j]!;
        const d1 = y1 - y[j + 1]!;
        const d2 = y2 - y[j + 2]!;
        const pull = values[s]! / (1 + d0 * d0 + d1 * d1 + d2 * d2);
        a0 += pull * d0;
        a1 += pull * d1;
        a2 += pull * d2;
      }
      gradient[at] = 4 * (exaggeration * a0 - repelled[at]! / z);
      gradient[at + 1] = 4 * (exaggeration * a1 - repelled[at + 1]! / z);
      gradient[at + 2] = 4 * (exaggeration * a2 - repelled[at + 2]! / z);
    }
    return gradient;
  }
}
