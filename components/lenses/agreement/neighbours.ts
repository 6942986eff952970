/** What the neighbours of an example are labelled as. */

/**
 * Looks neighbours up among the examples of the same result: `neighbours` is (n, k) indices in the split. Those that are
 * not listed are left out.
 */
export function labelsOfNeighbours(
  index: ArrayLike<number>,
  label: ArrayLike<number> | null,
  neighbours: ArrayLike<number> | null,
  k: number,
): (row: number) => number[] {
  const known = new Map<number, number>();
  for (let i = 0; label && i < index.length; i++) known.set(index[i] ?? -1, label[i] ?? -1);
  return (row) =>
    neighbours === null
      ? []
      : Array.from({ length: k }, (_, j) => known.get(neighbours[row * k + j] ?? -1)).filter(
          (found) => found !== undefined,
        );
}

/** "7 × 8, 1 × 2": classes by how often they come, most often first. */
export function countsInWords(labels: readonly number[], name: (c: number) => string): string {
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts]
    .sort((a, b) => b[1] - a[1] || a[0] - b[0])
    .map(([label, count]) => `${name(label)} × ${count}`)
    .join(', ');
}
