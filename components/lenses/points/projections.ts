/** Which components are shown: three to be turned, or two side by side. */
export const AXES = [
  { id: '123', name: '3D', axes: [0, 1, 2] },
  { id: '12', name: '1 × 2', axes: [0, 1] },
  { id: '13', name: '1 × 3', axes: [0, 2] },
  { id: '23', name: '2 × 3', axes: [1, 2] },
] as const;

/** Columns of what is shown; with fewer than three components, those that are there. */
export function axesOf(option: (typeof AXES)[number]['id'], dims: number): readonly number[] {
  if (dims < 3) return Array.from({ length: Math.max(0, dims) }, (_, d) => d);
  return (AXES.find(({ id }) => id === option) ?? AXES[0]).axes;
}
