import { UserError } from '../../../../core/errors/index.ts';
import type { SeriesRecord } from '../../../../core/result/index.ts';
import { recordedMethod } from '../method.ts';

/** What the run logged: read from the plan, nothing is computed. */
export const method = recordedMethod({
  version: '2',
  reading: 'Lines over epochs. The dashed line marks the best checkpoint.',
  recorded(plan) {
    const { series, address } = plan.model;
    if (!series)
      throw new UserError(
        'invalid',
        `nothing was logged for ${address}: metrics come from runs (POST /projects/…/runs), not from uploaded files`,
      );
    const steps = new Set(series.series.flatMap((s) => s.steps)).size;
    return {
      type: 'series[step]',
      title: `Metrics of ${address.replace(/@.*$/, '')}`,
      axes: [{ name: 'step', size: steps }],
      tensors: {},
      record: series,
      warnings: series.series.flatMap(missing),
    };
  },
});

/** A value that is no number leaves no point on a curve, so it is said. */
function missing({ name, steps, values }: SeriesRecord['series'][number]): string[] {
  const at = steps.filter((_, i) => values[i] === null);
  if (at.length === 0) return [];
  return [
    at.length === 1
      ? `${name} is not a number at step ${at[0]}.`
      : `${name} is not a number at ${at.length} of ${steps.length} steps, the first of them ${at[0]}.`,
  ];
}
