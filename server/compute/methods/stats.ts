import { UserError } from '../../../core/errors/index.ts';
import { byUnit, forEachBatch } from '../forward.ts';
import { Moments } from '../moments.ts';
import { checkUnit, layerArgument, shown } from './arguments.ts';
import { f32, type Method, u8 } from './method.ts';

/** Per-unit statistics over all examples and, for feature maps, all places. */
export const stats: Method = {
  function: 'stats',
  version: '1',
  summary: 'Mean, spread, extremes, skewness and deadness of every unit of a layer over a slice.',
  reading:
    'One row per unit, over every example and every place of its feature map. A dead unit is zero everywhere; high skew means that it answers to few examples.',
  async run(context) {
    const { tf, plan } = context;
    const { manifest, address } = plan.model;
    const wanted = layerArgument(plan.query, manifest);
    const examples = await context.examples();
    let moments: Moments | undefined;
    let places = 1;
    await forEachBatch(
      context,
      manifest,
      await context.model(),
      examples,
      [wanted.layer],
      ({ outputs, from, to }) => {
        const values = byUnit(tf, outputs[0]!);
        moments ??= new Moments(values.shape[1] ?? 1);
        places = (values.shape[0] ?? 0) / (to - from);
        moments.add(tf, values);
      },
    );
    if (!moments) throw new UserError('invalid', `${examples.address} is empty`);
    const found = moments;
    if (wanted.unit !== null) checkUnit(wanted.layer, wanted.unit, found.units);
    const units = wanted.unit === null ? Array.from({ length: found.units }, (_, u) => u) : [wanted.unit];
    const column = (of: (u: number) => number) => f32(Float32Array.from(units, of), [units.length], ['unit']);
    const n = examples.indices.length;
    const warnings =
      found.nonFinite > 0 ? [`${found.nonFinite} values are not finite; they were left out.`] : [];
    return {
      type: 'stats[unit]',
      title: `Statistics of ${shown(wanted)} of ${address} over ${examples.address}`,
      axes: [{ name: 'unit', size: units.length, labels: units.map((u) => `${wanted.layer}#${u}`) }],
      tensors: {
        mean: column((u) => found.mean[u]!),
        sd: column((u) => found.sd(u)),
        min: column((u) => found.min[u]!),
        max: column((u) => found.max[u]!),
        dead: u8(
          Uint8Array.from(units, (u) => (found.dead(u) ? 1 : 0)),
          [units.length],
          ['unit'],
        ),
        skew: column((u) => found.skew(u)),
      },
      record: { layer: wanted.layer, examples: n, places, nonFinite: found.nonFinite },
      n,
      warnings,
    };
  },
};
