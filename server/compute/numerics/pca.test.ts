import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { symmetricEigen } from './linear/eigen.ts';
import { pca } from './linear/pca.ts';
import { seeded } from './random.ts';

const golden = z
  .object({
    cases: z.array(
      z.object({
        name: z.string(),
        n: z.number(),
        d: z.number(),
        dims: z.number(),
        x: z.array(z.number()),
        scores: z.array(z.number()),
        explainedVariance: z.array(z.number()),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(new URL('./goldens/pca.json', import.meta.url), 'utf8')));

function gaussian(n: number, d: number, seed: number, spread: (j: number) => number): Float32Array {
  const random = seeded(seed);
  return Float32Array.from({ length: n * d }, (_, at) => random.normal() * spread(at % d));
}

describe('pca', () => {
  it.each(golden.cases)('agrees with scikit-learn up to the sign of a component: $name', (one) => {
    const { xyz, explainedVariance } = pca(Float32Array.from(one.x), one.n, one.d, one.dims);
    for (let c = 0; c < one.dims; c++) {
      // scikit-learn's ratios of vanished components are rounding errors of about 1e-15.
      expect(Math.abs(explainedVariance[c]! - one.explainedVariance[c]!)).toBeLessThan(1e-9);
      const ours = Array.from({ length: one.n }, (_, i) => xyz[i * one.dims + c]!);
      const theirs = Array.from({ length: one.n }, (_, i) => one.scores[i * one.dims + c]!);
      const sign = ours.reduce((sum, value, i) => sum + value * theirs[i]!, 0) < 0 ? -1 : 1;
      // float32 scores: half a unit in the last place of the largest, 6e-8 of it.
      const size = Math.max(...theirs.map(Math.abs), 1e-6);
      for (let i = 0; i < one.n; i++)
        expect(Math.abs(ours[i]! - sign * theirs[i]!)).toBeLessThan(2e-7 * size + 1e-6);
    }
  });

  it('gives the same components by the covariance, by the Gram matrix and by the Krylov subspace', () => {
    // 400 > DIRECT goes to the subspace; its first 300 columns, the rest being zero, go directly.
    const [n, small, wide] = [500, 300, 400];
    const x = gaussian(n, small, 5, (j) => 1 / (1 + j / 10));
    const padded = new Float32Array(n * wide);
    for (let i = 0; i < n; i++) padded.set(x.subarray(i * small, (i + 1) * small), i * wide);
    const direct = pca(x, n, small, 3);
    const krylov = pca(padded, n, wide, 3);
    for (let c = 0; c < 3; c++)
      expect(krylov.explainedVariance[c]).toBeCloseTo(direct.explainedVariance[c]!, 12);
    for (let i = 0; i < direct.xyz.length; i++) expect(krylov.xyz[i]).toBeCloseTo(direct.xyz[i]!, 5);
  });

  it('does not depend on where the origin is, nor on the order of the features', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 4, max: 30 }),
        fc.integer({ min: 2, max: 12 }),
        (seed, n, d) => {
          const x = gaussian(n, d, seed, (j) => 2 ** -j);
          const moved = Float32Array.from(x, (value, at) => value + (at % d) * 4);
          const turned = Float32Array.from(x, (_, at) => x[at - (at % d) + ((at + 1) % d)]!);
          const a = pca(x, n, d, 2);
          const b = pca(moved, n, d, 2);
          const c = pca(turned, n, d, 2);
          for (let i = 0; i < 2; i++) {
            expect(b.explainedVariance[i]).toBeCloseTo(a.explainedVariance[i]!, 4);
            expect(c.explainedVariance[i]).toBeCloseTo(a.explainedVariance[i]!, 10);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('answers zeros for constant rows and for components that the data do not have', () => {
    expect(Array.from(pca(new Float32Array(12).fill(3), 4, 3, 3).xyz)).toEqual(new Array(12).fill(0));
    const line = pca(Float32Array.of(0, 0, 1, 2, 2, 4), 3, 2, 3);
    expect(line.explainedVariance).toEqual([1, 0, 0]);
    expect(line.xyz[0]! + line.xyz[3]! + line.xyz[6]!).toBeCloseTo(0);
    expect(pca(Float32Array.of(1, 2), 1, 2, 3).xyz.length).toBe(3);
  });

  it('refuses data that are not finite', () => {
    expect(() => pca(Float32Array.of(1, Number.NaN, 2, 3), 2, 2, 2)).toThrow(/NaN/);
  });
});

describe('symmetricEigen', () => {
  it('rebuilds the matrix from orthonormal eigenvectors', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 24 }), (seed, m) => {
        const random = seeded(seed);
        const matrix = new Float64Array(m * m);
        for (let i = 0; i < m; i++)
          for (let j = 0; j <= i; j++) {
            // Many equal and zero entries: repeated eigenvalues and reducible matrices are the hard cases.
            const value = random.below(3) === 0 ? 0 : random.below(5) - 2;
            matrix[i * m + j] = value;
            matrix[j * m + i] = value;
          }
        const { values, vectors } = symmetricEigen(matrix, m);
        for (let i = 0; i < m; i++)
          for (let j = 0; j < m; j++) {
            let rebuilt = 0;
            let product = 0;
            for (let c = 0; c < m; c++) {
              rebuilt += values[c]! * vectors[c * m + i]! * vectors[c * m + j]!;
              product += vectors[i * m + c]! * vectors[j * m + c]!;
            }
            expect(rebuilt).toBeCloseTo(matrix[i * m + j]!, 9);
            expect(product).toBeCloseTo(i === j ? 1 : 0, 10);
          }
      }),
      { numRuns: 150 },
    );
  });
});
