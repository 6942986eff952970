import { UserError } from '../../../../core/errors/index.ts';
import { forEachBatch, sizesOf } from '../../inference/forward.ts';
import { nonFiniteWarning } from '../../inference/origin.ts';
import { Moments } from '../../measures/moments.ts';
import { checkUnit, layerArgument, shown } from '../arguments.ts';
import { f32, type Method, u8 } from '../method.ts';

/** Per-unit statistics over all examples and, for feature maps, all places. */
export const method: Method = {
  version: '2',
  reading:
    'One row per unit, over every example and every place of its feature map. A dead unit is zero everywhere; high skew means that it answers to few examples.',
  async run(context) {
    const { plan } = context;
    const { manifest, address } = plan.model;
    const wanted = layerArgument(plan.query, manifest);
    const examples = await context.examples();
    const loaded = await context.model();
    let moments: Moments | undefined;
    let places = 1;
    await forEachBatch(context, manifest, loaded, examples, [wanted.layer], ({ outputs }) => {
      const sizes = sizesOf(outputs[0]!);
      places = sizes.places;
      moments ??= new Moments(sizes.units);
      moments.add(outputs[0]!.dataSync<'float32'>());
    });
    if (!moments) throw new UserError('invalid', `${examples.address} is empty`);
    const found = moments;
    if (wanted.unit !== null) checkUnit(wanted.layer, wanted.unit, found.units);
    const units = wanted.unit === null ? Array.from({ length: found.units }, (_, u) => u) : [wanted.unit];
    const column = (of: (u: number) => number) => f32(Float32Array.from(units, of), [units.length], ['unit']);
    const n = examples.indices.length;
    const warnings: string[] = [];
    if (found.firstNonFinite !== null) {
      warnings.push(
        await nonFiniteWarning(
          context,
          loaded,
          examples,
          Math.floor(found.firstNonFinite / places),
          found.nonFinite,
          'they were left out',
        ),
      );
      const none = units.filter((u) => found.count[u] === 0);
      if (none.length > 0)
        warnings.push(
          `${none.length} of ${units.length} units have no finite value, so their statistics are not numbers: ${listed(none.map((u) => `${wanted.layer}#${u}`))}.`,
        );
    }
    return {
      type: 'stats[unit]',
      title: `Statistics of ${shown(wanted)} of ${address} over ${examples.address}`,
      axes: [{ name: 'unit', size: units.length, labels: units.map((u) => `${wanted.layer}#${u}`) }],
      tensors: {
        mean: column((u) => found.mean(u)),
        sd: column((u) => found.sd(u)),
        min: column((u) => found.min(u)),
        max: column((u) => found.max(u)),
        dead: u8(
          Uint8Array.from(units, (u) => (found.dead(u) ? 1 : 0)),
          [units.length],
          ['unit'],
        ),
        skew: column((u) => found.skew(u)),
      },
      record: { layer: wanted.layer, examples: n, places, nonFinite: found.nonFiniteCount },
      n,
      warnings,
    };
  },
};

/** The first few of many. */
function listed(names: readonly string[]): string {
  const most = 5;
  return names.length <= most
    ? names.join(', ')
    : `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
}
