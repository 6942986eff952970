/** Mean over the classes that have examples, each counted once; what is undefined (NaN) is left out, NaN when nothing is left. */
export function macroOf(values: ArrayLike<number>, support: ArrayLike<number>): number {
  let [sum, count] = [0, 0];
  for (let c = 0; c < values.length; c++) {
    const value = values[c] ?? Number.NaN;
    if ((support[c] ?? 0) <= 0 || !Number.isFinite(value)) continue;
    sum += value;
    count += 1;
  }
  return count > 0 ? sum / count : Number.NaN;
}
