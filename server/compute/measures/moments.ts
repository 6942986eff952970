/** Moments of many values, batch by batch, for every unit: in float64 throughout. */

/** Numbers that are read twice before the next are. */
const CHUNK = 2 ** 14;

/**
 * Count, mean and central sums of powers 2 and 3 per unit, over finite values. Values are read twice in pieces: for the
 * piece's mean, then for its central sums, corrected by what the rounded mean is off (Chan, Golub & LeVeque 1983,
 * "Algorithms for Computing the Sample Variance", eq. 1.7). Pieces are merged by Pebay's update ("Formulas for robust,
 * one-pass parallel computation of covariances and arbitrary-order statistical moments", 2008, eqs. 2.1 and 3.1). Values
 * are float32, so that no square or cube of theirs leaves the range of float64, and no mean far from zero costs digits.
 */
export class Moments {
  readonly count: Float64Array;
  private readonly means: Float64Array;
  private readonly m2: Float64Array;
  private readonly m3: Float64Array;
  private readonly least: Float64Array;
  private readonly most: Float64Array;
  readonly zeros: Float64Array;
  /** All units together. */
  readonly nonFinite = { nan: 0, positiveInfinity: 0, negativeInfinity: 0 };
  /** Row of the first value that is not finite, counted over all that was added; null where all are finite. */
  firstNonFinite: number | null = null;
  private rows = 0;

  constructor(readonly units: number) {
    this.count = new Float64Array(units);
    this.means = new Float64Array(units);
    this.m2 = new Float64Array(units);
    this.m3 = new Float64Array(units);
    this.least = new Float64Array(units).fill(Number.POSITIVE_INFINITY);
    this.most = new Float64Array(units).fill(Number.NEGATIVE_INFINITY);
    this.zeros = new Float64Array(units);
  }

  /** `values` (n, units), float32 numbers. */
  add(values: Float32Array): void {
    const { units } = this;
    const rows = values.length / units;
    // Few enough rows to stay in the cache for both readings of all units.
    const chunk = Math.max(1, Math.ceil(CHUNK / units));
    for (let from = 0; from < rows; from += chunk) {
      const to = Math.min(rows, from + chunk);
      for (let u = 0; u < units; u++) this.addUnit(values, u, from, to);
    }
    this.rows += rows;
  }

  /** Rows `from` to `to` of a unit. */
  private addUnit(values: Float32Array, u: number, from: number, to: number): void {
    const { units } = this;
    const [start, end] = [from * units + u, to * units];
    let sum = 0;
    let least = Number.POSITIVE_INFINITY;
    let most = Number.NEGATIVE_INFINITY;
    let zeros = 0;
    for (let at = start; at < end; at += units) {
      const value = values[at]!;
      sum += value;
      if (value < least) least = value;
      if (value > most) most = value;
      if (value === 0) zeros++;
    }
    // Sums of float32 numbers do not outgrow float64: one that is not finite has met a value that is not.
    if (!Number.isFinite(sum)) {
      this.addFinite(values, u, from, to);
      return;
    }
    const n = to - from;
    const mean = sum / n;
    let [rest, m2, m3] = [0, 0, 0];
    for (let at = start; at < end; at += units) {
      const d = values[at]! - mean;
      const square = d * d;
      rest += d;
      m2 += square;
      m3 += square * d;
    }
    this.zeros[u]! += zeros;
    this.least[u] = Math.min(this.least[u]!, least);
    this.most[u] = Math.max(this.most[u]!, most);
    const shift = rest / n;
    this.merge(
      u,
      n,
      mean + shift,
      Math.max(0, m2 - n * shift * shift),
      m3 - 3 * shift * m2 + 2 * n * shift ** 3,
    );
  }

  /** The same of rows that hold what is not finite: that is counted, and the rest added. */
  private addFinite(values: Float32Array, u: number, from: number, to: number): void {
    const finite: number[] = [];
    for (let row = from; row < to; row++) {
      const value = values[row * this.units + u]!;
      if (Number.isFinite(value)) finite.push(value);
      else this.note(value, row);
    }
    if (finite.length === 0) return;
    const own = new Moments(1);
    own.addUnit(Float32Array.from(finite), 0, 0, finite.length);
    this.zeros[u]! += own.zeros[0]!;
    this.least[u] = Math.min(this.least[u]!, own.least[0]!);
    this.most[u] = Math.max(this.most[u]!, own.most[0]!);
    this.merge(u, own.count[0]!, own.means[0]!, own.m2[0]!, own.m3[0]!);
  }

  private note(value: number, row: number): void {
    this.firstNonFinite = Math.min(this.firstNonFinite ?? Number.POSITIVE_INFINITY, this.rows + row);
    if (Number.isNaN(value)) this.nonFinite.nan++;
    else if (value > 0) this.nonFinite.positiveInfinity++;
    else this.nonFinite.negativeInfinity++;
  }

  private merge(u: number, n: number, mean: number, m2: number, m3: number): void {
    const before = this.count[u]!;
    const total = before + n;
    const delta = mean - this.means[u]!;
    this.m3[u]! +=
      m3 +
      (delta ** 3 * before * n * (before - n)) / total ** 2 +
      (3 * delta * (before * m2 - n * this.m2[u]!)) / total;
    this.m2[u]! += m2 + (delta ** 2 * before * n) / total;
    this.means[u]! += (delta * n) / total;
    this.count[u] = total;
  }

  /** NaN and infinite values, all units together. */
  get nonFiniteCount(): number {
    const { nan, positiveInfinity, negativeInfinity } = this.nonFinite;
    return nan + positiveInfinity + negativeInfinity;
  }

  /** All units together. */
  pooled(): Moments {
    const all = new Moments(1);
    for (let u = 0; u < this.units; u++) {
      if (this.count[u]! > 0) all.merge(0, this.count[u]!, this.means[u]!, this.m2[u]!, this.m3[u]!);
      all.least[0] = Math.min(all.least[0]!, this.least[u]!);
      all.most[0] = Math.max(all.most[0]!, this.most[u]!);
      all.zeros[0]! += this.zeros[u]!;
    }
    Object.assign(all.nonFinite, this.nonFinite);
    all.firstNonFinite = this.firstNonFinite;
    return all;
  }

  /** This and what follows: NaN without finite values. */
  mean(u: number): number {
    return this.count[u]! > 0 ? this.means[u]! : Number.NaN;
  }

  min(u: number): number {
    return this.count[u]! > 0 ? this.least[u]! : Number.NaN;
  }

  max(u: number): number {
    return this.count[u]! > 0 ? this.most[u]! : Number.NaN;
  }

  /** Population standard deviation; exactly 0 where nothing varies. */
  sd(u: number): number {
    if (this.count[u] === 0) return Number.NaN;
    return this.varies(u) ? Math.sqrt(this.m2[u]! / this.count[u]!) : 0;
  }

  /** Population skewness, m3 / m2^1.5 of the means; 0 where nothing varies. */
  skew(u: number): number {
    const n = this.count[u]!;
    if (n === 0) return Number.NaN;
    return this.varies(u) ? this.m3[u]! / n / (this.m2[u]! / n) ** 1.5 : 0;
  }

  private varies(u: number): boolean {
    return this.most[u]! > this.least[u]!;
  }

  /** Every value was exactly zero (and there was one). */
  dead(u: number): boolean {
    return this.count[u]! > 0 && this.least[u] === 0 && this.most[u] === 0;
  }
}
