import type { Model } from '@/core/api/index.ts';

export interface MetricSeries {
  readonly name: string;
  readonly steps: readonly number[];
  readonly values: readonly (number | null)[];
}

/** The metric that says most about a model: validation before training, accuracy before loss, else the first. */
export function leadingMetric(model: Model): MetricSeries | null {
  const all = model.metrics?.series ?? [];
  const rank = ({ name }: MetricSeries): number => {
    const held = /val|test/i.test(name) ? 0 : 2;
    return held + (/acc/i.test(name) ? 0 : /loss/i.test(name) ? 1 : 4);
  };
  return [...all].sort((a, b) => rank(a) - rank(b))[0] ?? null;
}
