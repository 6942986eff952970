import type { MetricSeries } from './metric.ts';

const WIDTH = 176;
const HEIGHT = 14;

/** One metric over the checkpoints, at the places that these have on the slider below. */
export function Sparkline({
  series,
  steps,
  color,
}: {
  readonly series: MetricSeries;
  readonly steps: readonly number[];
  readonly color: string;
}) {
  const points = steps.flatMap((step, i) => {
    const value = series.values[series.steps.indexOf(step)];
    return typeof value === 'number' && Number.isFinite(value)
      ? [{ x: steps.length < 2 ? 0 : i / (steps.length - 1), value }]
      : [];
  });
  if (points.length < 2) return null;
  const least = Math.min(...points.map((p) => p.value));
  const most = Math.max(...points.map((p) => p.value));
  const span = most - least || 1;
  const line = points
    .map(
      (p) =>
        `${(7 + p.x * (WIDTH - 14)).toFixed(1)},${(1 + (1 - (p.value - least) / span) * (HEIGHT - 2)).toFixed(1)}`,
    )
    .join(' ');
  return (
    <svg
      role="img"
      aria-label={`${series.name} from ${points[0]?.value} to ${points.at(-1)?.value}`}
      width={WIDTH}
      height={HEIGHT}
      className="-mb-1 block"
    >
      <polyline points={line} fill="none" stroke={color} strokeWidth={1.5} />
    </svg>
  );
}
