import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { UMAP } from 'umap-js';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { decodeSafetensors } from '../../../core/result/index.ts';
import { knn, knnRecall, trustworthiness, umap, umapAsync } from './index.ts';
import { exactKnnSteps } from './neighbours/knn.ts';
import { nnDescent } from './neighbours/nndescent.ts';
import { seeded } from './random.ts';
import { runSteps } from './steps.ts';

const golden = z
  .object({
    cases: z.array(
      z.object({
        n: z.number(),
        d: z.number(),
        dims: z.number(),
        k: z.number(),
        high: z.array(z.number()),
        low: z.array(z.number()),
        value: z.number(),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(new URL('./goldens/trustworthiness.json', import.meta.url), 'utf8')));

function digits(count: number): Float32Array {
  const file = readFileSync(new URL('../../../examples/digits/digits.safetensors', import.meta.url));
  return Float32Array.from(decodeSafetensors(file).tensors['train.x']!.data.subarray(0, count * 64));
}
function clusters(n: number, d: number, seed: number): Float32Array {
  const random = seeded(seed);
  const centres = Float64Array.from({ length: 10 * d }, () => 3 * random.normal());
  return Float32Array.from(
    { length: n * d },
    (_, at) => centres[(Math.floor(at / d) % 10) * d + (at % d)]! + random.normal(),
  );
}

describe('trustworthiness', () => {
  it.each(golden.cases)('is scikit-learn’s: $n rows, $dims of $d, k $k', (one) => {
    const value = trustworthiness(
      Float32Array.from(one.high),
      one.n,
      one.d,
      Float32Array.from(one.low),
      one.dims,
      one.k,
    );
    expect(value).toBeCloseTo(one.value, 12);
  });

  it('is 1, as is the recall, for the data themselves, and undefined for half of the rows as neighbours', () => {
    const x = clusters(60, 5, 2);
    expect(trustworthiness(x, 60, 5, x, 5, 7)).toBe(1);
    expect(knnRecall(x, 60, 5, x, 5, 7)).toBe(1);
    expect(trustworthiness(x, 60, 5, x, 5, 30)).toBeNaN();
  });
});

describe('knn', () => {
  it('is what sorting all distances gives, with equal rows at distance 0 and ties by index', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 3, max: 300 }),
        fc.integer({ min: 1, max: 9 }),
        (seed, n, d) => {
          const random = seeded(seed);
          // Few distinct values: many ties and equal rows.
          const x = Float32Array.from({ length: n * d }, () => random.below(4));
          const k = 1 + random.below(Math.min(12, n - 1));
          const { indices, distances } = knn(x, n, d, k);
          for (let i = 0; i < n; i++) {
            const expected = Array.from({ length: n }, (_, j) => j)
              .filter((j) => j !== i)
              .map((j) => {
                let s = 0;
                for (let c = 0; c < d; c++) s += (x[i * d + c]! - x[j * d + c]!) ** 2;
                return { j, s };
              })
              .sort((a, b) => a.s - b.s || a.j - b.j)
              .slice(0, k);
            expect(Array.from(distances.subarray(i * k, (i + 1) * k))).toEqual(
              expected.map(({ s }) => Math.fround(Math.sqrt(s))),
            );
            expect(new Set(indices.subarray(i * k, (i + 1) * k)).size).toBe(k);
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  it('finds at least 95 % of the true neighbours by NN-descent, the same for the same seed', () => {
    const [n, d, k] = [3000, 20, 14];
    const x = clusters(n, d, 8);
    const truth = runSteps(exactKnnSteps(x, n, d, k));
    const found = runSteps(nnDescent(x, n, d, k, 3));
    const again = runSteps(nnDescent(x, n, d, k, 3));
    let common = 0;
    for (let i = 0; i < n; i++) {
      const near = new Set(truth.indices.subarray(i * k, (i + 1) * k));
      for (let s = i * k; s < (i + 1) * k; s++) if (near.has(found.indices[s]!)) common++;
    }
    expect(common / (n * k)).toBeGreaterThan(0.95);
    expect(again.indices).toEqual(found.indices);
  });

  it('completes the lists of NN-descent when most rows are equal', () => {
    const x = new Float32Array(900 * 3);
    x[5] = 1;
    const { indices } = runSteps(nnDescent(x, 900, 3, 5, 1));
    expect(indices.every((j) => j >= 0)).toBe(true);
  });
});

describe('umap', () => {
  it.each([2, 3] as const)(
    'lays out the digits as umap-js does with the same neighbours: trust, recall, and how close neighbours come (%d dimensions)',
    (dims) => {
      const [n, k] = [600, 15];
      const x = digits(n);
      const ours = umap(x, n, 64, { dims, neighbours: k, seed: 1 });
      const random = seeded(1);
      const rows = Array.from({ length: n }, (_, i) => Array.from(x.subarray(i * 64, (i + 1) * 64)));
      const fitted = new UMAP({ nComponents: dims, nNeighbors: k, random: () => random.uniform() }).fit(rows);
      const theirs = Float32Array.from(fitted.flat());
      const trust = (low: Float32Array) => trustworthiness(x, n, 64, low, dims, k);
      const recall = (low: Float32Array) => knnRecall(x, n, 64, low, dims, k);
      expect(trust(theirs)).toBeGreaterThan(0.9);
      expect(trust(ours)).toBeGreaterThanOrEqual(trust(theirs) - 0.01);
      expect(recall(ours)).toBeGreaterThanOrEqual(recall(theirs) - 0.03);
      // Ranks hardly notice a weaker attraction, but the distance at which it and the repulsion are in balance does.
      const reach = (low: Float32Array) => {
        const { distances } = knn(low, n, dims, k);
        let sum = 0;
        for (let i = 0; i < n; i++) sum += distances[i * k + k - 1]!;
        return sum / n;
      };
      expect(reach(ours) / reach(theirs)).toBeGreaterThan(0.85);
      expect(reach(ours) / reach(theirs)).toBeLessThan(1.15);
    },
  );

  it('is the same for the same seed, also when the event loop turns, and another for another seed', async () => {
    const x = digits(150);
    const options = { dims: 2, neighbours: 10, seed: 4, epochs: 60 } as const;
    const first = umap(x, 150, 64, options);
    expect(await umapAsync(x, 150, 64, options)).toEqual(first);
    expect(umap(x, 150, 64, { ...options, seed: 5 })).not.toEqual(first);
    expect(first.length).toBe(300);
  });

  it('stays finite on equal rows, on few rows and with more neighbours than rows', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 0, max: 3 }),
        fc.integer(),
        (n, values, seed) => {
          const random = seeded(seed);
          const x = Float32Array.from({ length: n * 4 }, () => random.below(values + 1));
          const out = umap(x, n, 4, { dims: 3, neighbours: 15, seed, epochs: 30 });
          expect(out.length).toBe(n * 3);
          expect(out.every(Number.isFinite)).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('reports progress that only grows and ends at 1', () => {
    const seen: number[] = [];
    umap(digits(200), 200, 64, {
      dims: 2,
      neighbours: 8,
      seed: 1,
      epochs: 40,
      onProgress: (done) => seen.push(done),
    });
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(seen.at(-1)).toBe(1);
  });

  it('stops when it is cancelled, and refuses numbers that are not finite', async () => {
    const abort = new AbortController();
    const run = umapAsync(digits(300), 300, 64, {
      dims: 2,
      neighbours: 8,
      seed: 1,
      signal: abort.signal,
      onProgress: (done) => done > 0.5 && abort.abort(),
    });
    await expect(run).rejects.toMatchObject({ code: 'cancelled' });
    const bad = Float32Array.of(1, 2, Number.NaN, 4, 5, 6);
    expect(() => umap(bad, 3, 2, { dims: 2, neighbours: 2, seed: 1 })).toThrow(/NaN/);
  });
});
