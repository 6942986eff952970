import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { decodeSafetensors } from '../../../core/result/index.ts';
import { type Affinities, affinities, conditionals } from './embedding/affinities.ts';
import { RepulsionTree } from './embedding/barneshut.ts';
import { GradientOf } from './embedding/tsne.ts';
import { knn, trustworthiness, tsne, tsneAsync } from './index.ts';
import { seeded } from './random.ts';

const golden = z
  .object({ cases: z.array(z.object({ n: z.number(), dims: z.number(), k: z.number(), value: z.number() })) })
  .parse(JSON.parse(readFileSync(new URL('./goldens/tsne.json', import.meta.url), 'utf8')));

function digits(count: number): Float32Array {
  const file = readFileSync(new URL('../../../examples/digits/digits.safetensors', import.meta.url));
  return Float32Array.from(decodeSafetensors(file).tensors['train.x']!.data.subarray(0, count * 64));
}
const cloud = (n: number, d: number, seed: number, scale = 1): Float32Array => {
  const random = seeded(seed);
  return Float32Array.from({ length: n * d }, () => scale * random.normal());
};
/** A layout (n, 3), the third coordinate zero where it is flat. */
function layout(n: number, dims: 2 | 3, seed: number, scale: number): Float64Array {
  const random = seeded(seed);
  return Float64Array.from({ length: n * 3 }, (_, at) => (at % 3 < dims ? scale * random.normal() : 0));
}
const squared = (y: Float64Array, i: number, j: number) =>
  (y[i * 3]! - y[j * 3]!) ** 2 + (y[i * 3 + 1]! - y[j * 3 + 1]!) ** 2 + (y[i * 3 + 2]! - y[j * 3 + 2]!) ** 2;

/** Kullback-Leibler divergence of all pairs, written out. */
function divergence(p: Affinities, y: Float64Array, n: number): number {
  let z = 0;
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) if (i !== j) z += 1 / (1 + squared(y, i, j));
  let sum = 0;
  for (let i = 0; i < n; i++)
    for (let s = p.starts[i]!; s < p.starts[i + 1]!; s++) {
      const value = p.values[s]!;
      sum += value * Math.log(value * z * (1 + squared(y, i, p.columns[s]!)));
    }
  return sum;
}

describe('affinities', () => {
  it.each([1e-3, 1, 1e4])('have the perplexity that was asked for, at any scale (%d)', (scale) => {
    const [n, k, perplexity] = [200, 60, 20];
    const p = conditionals(knn(cloud(n, 5, 3, scale), n, 5, k), n, k, perplexity);
    for (let i = 0; i < n; i++) {
      let entropy = 0;
      let sum = 0;
      for (let s = i * k; s < (i + 1) * k; s++) {
        sum += p[s]!;
        if (p[s]! > 0) entropy -= p[s]! * Math.log(p[s]!);
      }
      expect(sum).toBeCloseTo(1, 12);
      expect(Math.exp(entropy)).toBeCloseTo(perplexity, 4);
    }
  });

  it('are symmetric, sum to one and name no pair twice', () => {
    const [n, k] = [120, 15];
    const { starts, columns, values } = affinities(knn(cloud(n, 4, 5), n, 4, k), n, k, 5);
    const matrix = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      const row = columns.subarray(starts[i]!, starts[i + 1]!);
      expect(new Set(row).size).toBe(row.length);
      row.forEach((j, s) => {
        matrix[i * n + j] = values[starts[i]! + s]!;
      });
    }
    let sum = 0;
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) {
        expect(matrix[i * n + j]).toBeCloseTo(matrix[j * n + i]!, 15);
        sum += matrix[i * n + j]!;
      }
    expect(sum).toBeCloseTo(1, 12);
  });
});

describe('Barnes-Hut repulsion', () => {
  function exact(y: Float64Array, n: number): { forces: Float64Array; z: number } {
    const forces = new Float64Array(n * 3);
    let z = 0;
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) {
        if (i === j) continue;
        const q = 1 / (1 + squared(y, i, j));
        z += q;
        for (let c = 0; c < 3; c++) forces[i * 3 + c]! += q * q * (y[i * 3 + c]! - y[j * 3 + c]!);
      }
    return { forces, z };
  }

  it.each([2, 3] as const)('at theta 0 is the sum over all pairs (%d dimensions)', (dims) => {
    const n = 400;
    const y = layout(n, dims, 9, 5);
    // Equal points, and one far away: cells that cannot be divided, and empty space.
    for (let i = 0; i < 30; i++) y.copyWithin(i * 3, 0, 3);
    y[100] = 4000;
    const out = new Float64Array(n * 3);
    const z = new RepulsionTree(n, dims).repulsion(y, 0, out);
    const wanted = exact(y, n);
    expect(z / wanted.z).toBeCloseTo(1, 12);
    out.forEach((value, at) => {
      expect(value).toBeCloseTo(wanted.forces[at]!, 10);
    });
  });

  it.each([2, 3] as const)('at theta 0.5 is within a few percent of it (%d dimensions)', (dims) => {
    const n = 2000;
    const y = layout(n, dims, 4, 20);
    const out = new Float64Array(n * 3);
    const z = new RepulsionTree(n, dims).repulsion(y, 0.5, out);
    const wanted = exact(y, n);
    expect(Math.abs(z / wanted.z - 1)).toBeLessThan(0.01);
    let [off, all] = [0, 0];
    out.forEach((value, at) => {
      off += (value - wanted.forces[at]!) ** 2;
      all += wanted.forces[at]! ** 2;
    });
    expect(Math.sqrt(off / all)).toBeLessThan(0.03);
    expect(off).toBeGreaterThan(0);
  });
});

describe('t-SNE', () => {
  it.each([2, 3] as const)(
    'descends the gradient of the divergence: central differences, %d dimensions',
    (dims) => {
      const [n, k] = [30, 12];
      const p = affinities(knn(cloud(n, 6, 2), n, 6, k), n, k, 4);
      const y = layout(n, dims, 7, 1.5);
      const gradient = new GradientOf(p, n, dims).at(y, 0, 1).slice();
      const step = 1e-5;
      for (let i = 0; i < n; i++)
        for (let c = 0; c < dims; c++) {
          const own = y[i * 3 + c]!;
          y[i * 3 + c] = own + step;
          const above = divergence(p, y, n);
          y[i * 3 + c] = own - step;
          const below = divergence(p, y, n);
          y[i * 3 + c] = own;
          expect(gradient[i * 3 + c]).toBeCloseTo((above - below) / (2 * step), 7);
        }
    },
  );

  it.each(golden.cases)(
    'is as trustworthy on $n digits as scikit-learn’s, less at most 0.005 ($dims dimensions)',
    ({ n, dims, k, value }) => {
      const x = digits(n);
      const flat = dims === 2 ? 2 : 3;
      const y = tsne(x, n, 64, { dims: flat, perplexity: 30, seed: 1 });
      expect(trustworthiness(x, n, 64, y, dims, k)).toBeGreaterThanOrEqual(value - 0.005);
    },
  );

  it('separates three Gaussians: every point’s ten nearest are of its own', () => {
    const [n, d] = [300, 10];
    const x = cloud(n, d, 12).map((value, at) => value + (Math.floor(at / d) % 3 === at % d ? 12 : 0));
    const y = tsne(x, n, d, { dims: 2, perplexity: 15, seed: 1 });
    const { indices } = knn(y, n, 2, 10);
    expect(indices.every((j, at) => j % 3 === Math.floor(at / 10) % 3)).toBe(true);
  });

  it('is the same for the same seed, also when the event loop turns, and another for another seed', async () => {
    const x = digits(150);
    const options = { dims: 2, perplexity: 10, seed: 4, iterations: 80 } as const;
    const first = tsne(x, 150, 64, options);
    expect(await tsneAsync(x, 150, 64, options)).toEqual(first);
    expect(tsne(x, 150, 64, { ...options, seed: 5 })).not.toEqual(first);
    expect(first.length).toBe(300);
  });

  it('stays finite on equal rows and on few rows with a large perplexity', () => {
    for (const [n, values] of [
      [4, 3],
      [9, 1],
      [40, 0],
      [40, 1],
    ] as const) {
      const random = seeded(n);
      const x = Float32Array.from({ length: n * 4 }, () => random.below(values + 1));
      const y = tsne(x, n, 4, { dims: 3, perplexity: 30, seed: 1, iterations: 120 });
      expect(y.every(Number.isFinite)).toBe(true);
    }
  });

  it('reports progress that only grows and ends at 1; stops when cancelled; refuses NaN', async () => {
    const seen: number[] = [];
    const options = { dims: 2, perplexity: 8, seed: 1, iterations: 40 } as const;
    tsne(digits(200), 200, 64, { ...options, onProgress: (done) => seen.push(done) });
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(seen.at(-1)).toBe(1);
    const abort = new AbortController();
    const run = tsneAsync(digits(300), 300, 64, {
      ...options,
      iterations: 1000,
      signal: abort.signal,
      onProgress: (done) => done > 0.3 && abort.abort(),
    });
    await expect(run).rejects.toMatchObject({ code: 'cancelled' });
    expect(() => tsne(Float32Array.of(1, 2, Number.NaN, 4), 4, 1, options)).toThrow(/NaN/);
  });
});
