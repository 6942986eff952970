import { expect, test } from 'vitest';
import { random } from '../testing/toy.ts';
import { Moments } from './moments.ts';

function add(moments: Moments, rows: number[][]): void {
  moments.add(Float32Array.from(rows.flat()));
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
  expect(moments.mean(0)).toBeCloseTo(mean, 6);
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
    expect(a.mean(u)).toBeCloseTo(b.mean(v), 6);
    expect(a.sd(u)).toBeCloseTo(b.sd(v), 6);
    expect(a.skew(u)).toBeCloseTo(b.skew(v), 4);
    expect([a.min(u), a.max(u)]).toEqual([b.min(v), b.max(v)]);
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
  expect(moments.nonFinite).toEqual({ nan: 4, positiveInfinity: 1, negativeInfinity: 0 });
  expect([moments.nonFiniteCount, moments.firstNonFinite]).toEqual([5, 0]);
  expect([...moments.count]).toEqual([3, 4, 0]);
  expect([...moments.zeros]).toEqual([1, 4, 0]);
  expect(moments.mean(0)).toBeCloseTo(4 / 3, 6);
  expect([moments.max(0), moments.dead(0), moments.dead(1), moments.dead(2)]).toEqual([
    3,
    false,
    true,
    false,
  ]);
});

/** Mean, standard deviation and skew of float32 numbers, exactly but for the last division: sums of whole numbers. */
function exactly(values: readonly number[], unit: number): readonly [number, number, number] {
  const whole = values.map((v) => BigInt(Math.round(v / unit)));
  const n = BigInt(whole.length);
  const sum = whole.reduce((a, b) => a + b, 0n);
  // Deviations times n, so that they are whole too.
  const deviations = whole.map((v) => v * n - sum);
  const moment = (k: bigint) => Number(deviations.reduce((a, d) => a + d ** k, 0n)) / whole.length;
  const sd = Math.sqrt(moment(2n));
  return [(Number(sum) / whole.length) * unit, (sd / whole.length) * unit, moment(3n) / sd ** 3];
}

test('law: a factor of a power of two changes nothing but the scale, from 1e-38 to 1e38', () => {
  const next = random(3);
  const rows = Array.from({ length: 2000 }, () => [Math.fround(next() ** 2 - 0.2), Math.fround(next() * 8)]);
  const of = (factor: number) => {
    const moments = new Moments(2);
    for (let i = 0; i < rows.length; i += 300)
      add(
        moments,
        rows.slice(i, i + 300).map((row) => row.map((v) => v * factor)),
      );
    return [0, 1].map((u) => [
      moments.mean(u) / factor,
      moments.sd(u) / factor,
      moments.min(u) / factor,
      moments.max(u) / factor,
      moments.skew(u),
    ]);
  };
  for (const exponent of [-100, -83, 60, 63, 100, 124]) expect(of(2 ** exponent)).toEqual(of(1));
});

test('1e8 and noise, 60,000 values: as exact arithmetic says', () => {
  const next = random(4);
  // Float32 numbers near 1e8 are multiples of 8.
  const values = Array.from({ length: 60_000 }, () => Math.fround(1e8 + 400 * next() ** 4));
  const [mean, sd, skew] = exactly(values, 8);
  for (const batch of [60_000, 256, 7]) {
    const moments = new Moments(1);
    for (let i = 0; i < values.length; i += batch) moments.add(Float32Array.from(values.slice(i, i + batch)));
    expect(Math.abs(moments.mean(0) / mean - 1)).toBeLessThan(1e-14);
    expect(Math.abs(moments.sd(0) / sd - 1)).toBeLessThan(1e-9);
    expect(Math.abs(moments.skew(0) / skew - 1)).toBeLessThan(1e-8);
  }
});

test('a constant does not vary, whatever its scale; without values there are no statistics', () => {
  for (const value of [0.1, 1e-25, 1e-42, 3e38, -7.3, 16_777_217]) {
    const moments = new Moments(1);
    for (let i = 0; i < 5; i++) moments.add(new Float32Array(1001).fill(value));
    expect([moments.mean(0), moments.sd(0), moments.skew(0)]).toEqual([Math.fround(value), 0, 0]);
  }
  const none = new Moments(2);
  none.add(Float32Array.of(Number.NaN, 0, Number.NEGATIVE_INFINITY, 0));
  for (const name of ['mean', 'sd', 'skew', 'min', 'max'] as const) expect(none[name](0)).toBeNaN();
  expect([none.dead(0), none.dead(1)]).toEqual([false, true]);
  expect(new Moments(3).pooled().mean(0)).toBeNaN();
});
