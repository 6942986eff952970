/**
 * Rows that lie in far clusters, cluster by cluster: differences from the mean of one's own cluster keep digits that
 * differences from the mean of all rows lose to rounding.
 */

export interface Cluster {
  /** (d): the mean of its rows. */
  readonly pivot: Float64Array;
  /** Ascending. */
  readonly rows: Int32Array;
}

const MOST = 32;
/** Rows among which pivots are looked for, evenly spaced. */
const SAMPLE = 2048;
/** Factor by which the square of the largest radius falls when the last cluster has got its pivot. */
const DROP = 16;

/**
 * Pivots are the mean and, one after another, the row that is furthest from all of them (Gonzalez 1985). One cluster
 * where no further pivot makes all much smaller. `rows` (n, d), finite.
 */
export function clustersOf(rows: Float32Array, n: number, d: number): Cluster[] {
  const all = Int32Array.from({ length: n }, (_, i) => i);
  const mean = meanOf(rows, all, d);
  const whole = [{ pivot: mean, rows: all }];
  const count = Math.min(n, SAMPLE);
  const sample = Int32Array.from({ length: count }, (_, i) => Math.floor((i * n) / count));
  const far = Float64Array.from(sample, (row) => squared(rows, row, mean));
  const pivots = [mean];
  const radii = [largest(far)];
  while (pivots.length <= MOST) {
    const at = far.indexOf(radii.at(-1)!);
    const pivot = Float64Array.from(rows.subarray(sample[at]! * d, (sample[at]! + 1) * d));
    pivots.push(pivot);
    sample.forEach((row, i) => {
      far[i] = Math.min(far[i]!, squared(rows, row, pivot));
    });
    radii.push(largest(far));
    if (radii.at(-1) === 0) break;
  }
  // As many as there are clusters: one more pivot than that makes them hardly smaller.
  const enough = radii.findLastIndex((radius, k) => k > 0 && radius * DROP <= radii[k - 1]!);
  if (enough < 0 || enough > n / 4) return whole;
  const chosen = pivots.slice(0, enough + 1);
  const members = chosen.map((): number[] => []);
  for (let row = 0; row < n; row++) {
    let best = 0;
    let nearest = Number.POSITIVE_INFINITY;
    for (const [k, pivot] of chosen.entries()) {
      const distance = squared(rows, row, pivot);
      if (distance < nearest) [best, nearest] = [k, distance];
    }
    members[best]!.push(row);
  }
  return members
    .filter((list) => list.length > 0)
    .map((list) => {
      const own = Int32Array.from(list);
      return { pivot: meanOf(rows, own, d), rows: own };
    });
}

function meanOf(rows: Float32Array, of: Int32Array, d: number): Float64Array {
  const mean = new Float64Array(d);
  for (const row of of) for (let c = 0; c < d; c++) mean[c]! += rows[row * d + c]! / of.length;
  return mean;
}

function squared(rows: Float32Array, row: number, from: Float64Array): number {
  let sum = 0;
  for (let c = 0, at = row * from.length; c < from.length; c++, at++) {
    const difference = rows[at]! - from[c]!;
    sum += difference * difference;
  }
  return sum;
}

/** Math.max takes no list of any length. */
function largest(values: Float64Array): number {
  let most = 0;
  for (const value of values) if (value > most) most = value;
  return most;
}
