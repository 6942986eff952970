import { UserError } from '../../../core/errors/index.ts';
import type { Method } from './method.ts';

/** What the run logged: read from the plan, nothing is computed. */
export const metrics: Method = {
  function: 'metrics',
  version: '1',
  summary: 'What the run logged at each step, and its meta-parameters.',
  reading: 'Lines over epochs. The dashed line marks the best checkpoint.',
  async run({ plan }) {
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
      warnings: [],
    };
  },
};
