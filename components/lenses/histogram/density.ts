/** Histograms whose bins differ, made comparable. */

/** Share of all values per unit of the axis; zero where a bin has no width. */
export function densitiesOf(counts: ArrayLike<number>, edges: ArrayLike<number>): number[] {
  let total = 0;
  for (let i = 0; i < counts.length; i++) total += counts[i] ?? 0;
  return Array.from({ length: counts.length }, (_, i) => {
    const wide = (edges[i + 1] ?? 0) - (edges[i] ?? 0);
    return total > 0 && wide > 0 ? (counts[i] ?? 0) / total / wide : 0;
  });
}

/** Corners of the steps from the axis up, over all bins, and down to it again. */
export function outlineOf(
  densities: readonly number[],
  edges: ArrayLike<number>,
): (readonly [number, number])[] {
  if (densities.length === 0) return [];
  const corners = densities.flatMap(
    (density, i) =>
      [
        [edges[i] ?? 0, density],
        [edges[i + 1] ?? 0, density],
      ] as const,
  );
  return [[edges[0] ?? 0, 0], ...corners, [edges[densities.length] ?? 0, 0]];
}
