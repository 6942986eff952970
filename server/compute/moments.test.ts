import { expect, test } from 'vitest';
import { loadBackend } from './backend.ts';
import { Moments } from './moments.ts';
import { random } from './testing/toy.ts';

const { tf } = await loadBackend('wasm');

function add(moments: Moments, rows: number[][]): void {
  tf.tidy(() => moments.add(tf, tf.tensor2d(rows)));
}

test('a mean far from zero costs no precision: float32 power sums would', () => {
  const next = random(1);
  const values = Array.from({ length: 3000 }, () => Math.fround(1000 + next() ** 3));
  const moments = new Moments(1);
  for (let i = 0; i < values.length; i += 700)
    add(
      moments,
      values.slice(i, i + 700).map((v) => [v]),
    );
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const central = (k: number) => values.reduce((a, b) => a + (b - mean) ** k, 0) / values.length;
  expect(moments.mean[0]).toBeCloseTo(mean, 6);
  expect(moments.sd(0) / Math.sqrt(central(2))).toBeCloseTo(1, 4);
  expect(moments.skew(0)).toBeCloseTo(central(3) / central(2) ** 1.5, 3);
});

test('law: the order and the size of batches do not matter, nor does pooling units or adding their rows', () => {
  const next = random(2);
  const rows = Array.from({ length: 90 }, () => [next(), next() * 5 - 3, next() ** 2]);
  const [whole, parts, flat] = [new Moments(3), new Moments(3), new Moments(1)];
  add(whole, rows);
  for (const [from, to] of [
    [50, 90],
    [0, 1],
    [1, 50],
  ] as const)
    add(parts, rows.slice(from, to));
  add(
    flat,
    rows.flat().map((v) => [v]),
  );
  const pooled = whole.pooled();
  for (const [a, u, b, v] of [
    [whole, 0, parts, 0],
    [whole, 1, parts, 1],
    [whole, 2, parts, 2],
    [pooled, 0, flat, 0],
  ] as const) {
    expect(a.count[u]).toBe(b.count[v]);
    expect(a.mean[u]).toBeCloseTo(b.mean[v]!, 6);
    expect(a.sd(u)).toBeCloseTo(b.sd(v), 6);
    expect(a.skew(u)).toBeCloseTo(b.skew(v), 4);
    expect([a.min[u], a.max[u]]).toEqual([b.min[v], b.max[v]]);
  }
});

test('values that are not finite are counted and left out; zeros and dead units are told', () => {
  const moments = new Moments(3);
  add(moments, [
    [1, 0, Number.NaN],
    [Number.POSITIVE_INFINITY, 0, Number.NaN],
    [3, 0, Number.NaN],
    [0, 0, Number.NaN],
  ]);
  expect(moments.nonFinite).toBe(5);
  expect([...moments.count]).toEqual([3, 4, 0]);
  expect([...moments.zeros]).toEqual([1, 4, 0]);
  expect(moments.mean[0]).toBeCloseTo(4 / 3, 6);
  expect([moments.max[0], moments.dead(0), moments.dead(1), moments.dead(2)]).toEqual([
    3,
    false,
    true,
    false,
  ]);
});
