/** The fuzzy simplicial set of UMAP: McInnes, Healy & Melville 2018, algorithms 2 and 3, and the fuzzy union (3.1). */
import type { Knn } from '../neighbours/neighbours.ts';

/** Undirected edges, each once, head < tail; weights in (0, 1]. */
export interface FuzzyGraph {
  readonly heads: Int32Array;
  readonly tails: Int32Array;
  readonly weights: Float64Array;
}

const BISECTIONS = 64;
/** Floor of sigma against the mean distance (MIN_K_DIST_SCALE of umap-learn). */
const LEAST = 1e-3;

/** Edges too weak to be sampled even once in `epochs` are dropped, as umap-learn does. */
export function fuzzyGraph(knn: Knn, n: number, k: number, epochs: number): FuzzyGraph {
  const { indices } = knn;
  const member = memberships(knn, n, k);
  // Directed edge i -> j lives at its slot in i's list; the reverse one is looked for in j's list.
  const heads: number[] = [];
  const tails: number[] = [];
  const weights: number[] = [];
  let strongest = 0;
  for (let i = 0; i < n; i++)
    for (let s = i * k; s < (i + 1) * k; s++) {
      const j = indices[s]!;
      let reverse = 0;
      for (let t = j * k; t < (j + 1) * k; t++)
        if (indices[t] === i) {
          reverse = member[t]!;
          // A mutual edge is written once, by its lower end.
          if (j < i) reverse = -1;
          break;
        }
      if (reverse < 0) continue;
      const forward = member[s]!;
      const weight = forward + reverse - forward * reverse;
      heads.push(Math.min(i, j));
      tails.push(Math.max(i, j));
      weights.push(weight);
      strongest = Math.max(strongest, weight);
    }
  const kept = weights.flatMap((weight, e) => (weight * epochs >= strongest ? [e] : []));
  return {
    heads: Int32Array.from(kept, (e) => heads[e]!),
    tails: Int32Array.from(kept, (e) => tails[e]!),
    weights: Float64Array.from(kept, (e) => weights[e]!),
  };
}

/** (n, k): exp(-max(0, distance - rho) / sigma), where sigma makes each row's memberships sum to log2(k + 1). */
function memberships({ distances }: Knn, n: number, k: number): Float64Array {
  const out = new Float64Array(n * k);
  // The row itself counts as a neighbour (see umap.ts), hence k + 1.
  const target = Math.log2(k + 1);
  let overall = 0;
  for (const distance of distances) overall += distance / (n * (k + 1));
  for (let i = 0; i < n; i++) {
    const own = distances.subarray(i * k, (i + 1) * k);
    const rho = own.find((distance) => distance > 0) ?? 0;
    let mean = 0;
    for (const distance of own) mean += distance / (k + 1);
    const sigma = Math.max(bisect(own, rho, target), LEAST * (rho > 0 ? mean : overall));
    for (let s = 0; s < k; s++) {
      const excess = own[s]! - rho;
      out[i * k + s] = excess <= 0 || sigma === 0 ? 1 : Math.exp(-excess / sigma);
    }
  }
  return out;
}

function bisect(distances: Float32Array, rho: number, target: number): number {
  let low = 0;
  let high = Number.POSITIVE_INFINITY;
  let sigma = 1;
  for (let round = 0; round < BISECTIONS; round++) {
    let sum = 0;
    for (const distance of distances) {
      const excess = distance - rho;
      sum += excess > 0 ? Math.exp(-excess / sigma) : 1;
    }
    if (Math.abs(sum - target) < 1e-5) break;
    if (sum > target) {
      high = sigma;
      sigma = (low + high) / 2;
    } else {
      low = sigma;
      sigma = high === Number.POSITIVE_INFINITY ? sigma * 2 : (low + high) / 2;
    }
  }
  return sigma;
}
