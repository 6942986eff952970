import { UserError } from '../../../../core/errors/index.ts';
import { classNames, labelsOf } from '../../data/examples.ts';
import { forEachBatch, unitMeansOf } from '../../inference/forward.ts';
import { nonFiniteWarning } from '../../inference/origin.ts';
import { checkUnit, layerArgument, shown } from '../arguments.ts';
import { f32, i32, type Method } from '../method.ts';

/** Mean activation of each unit for each true class; feature maps are averaged over their places first. */
export const method: Method = {
  version: '2',
  reading:
    'Rows are units, columns classes. A row with one strong cell is a unit that answers to that class alone; click a column to sort by it.',
  async run(context) {
    const { plan } = context;
    const { manifest, address } = plan.model;
    const wanted = layerArgument(plan.query, manifest);
    const examples = await context.examples();
    const { dataset, y } = examples.split;
    if (!y || dataset.classes.length === 0)
      throw new UserError('invalid', `${examples.address} has no labels; classmeans() groups by them`);
    const classes = dataset.classes.length;
    const labels = labelsOf(examples);
    const counts = new Int32Array(classes);
    for (const label of labels) counts[label]! += 1;
    const loaded = await context.model();
    let units = 0;
    // Per class and unit, (classes, units): sums of the finite values, and how many those are.
    let sums = new Float64Array();
    let finite = new Int32Array();
    const nonFinite = { nan: 0, positiveInfinity: 0, negativeInfinity: 0 };
    let first: number | null = null;
    await forEachBatch(context, manifest, loaded, examples, [wanted.layer], ({ outputs, from, to }) => {
      const found = unitMeansOf(outputs[0]!);
      if (units === 0) {
        units = found.units;
        sums = new Float64Array(classes * units);
        finite = new Int32Array(classes * units);
      }
      for (let i = from; i < to; i++) {
        const label = labels[i]!;
        if (label < 0 || label >= classes) continue;
        for (let u = 0; u < units; u++) {
          if (wanted.unit !== null && u !== wanted.unit) continue;
          const value = found.means[(i - from) * units + u]!;
          if (Number.isFinite(value)) {
            sums[label * units + u]! += value;
            finite[label * units + u]! += 1;
            continue;
          }
          first ??= i;
          if (Number.isNaN(value)) nonFinite.nan++;
          else if (value > 0) nonFinite.positiveInfinity++;
          else nonFinite.negativeInfinity++;
        }
      }
    });
    if (wanted.unit !== null) checkUnit(wanted.layer, wanted.unit, units);
    const rows = wanted.unit === null ? Array.from({ length: units }, (_, u) => u) : [wanted.unit];
    const values = new Float32Array(rows.length * classes);
    rows.forEach((u, r) => {
      // A class without examples has no mean, nor has one without a finite value of the unit.
      for (let c = 0; c < classes; c++)
        values[r * classes + c] = sums[c * units + u]! / finite[c * units + u]!;
    });
    const names = classNames(dataset, classes);
    const empty = names.filter((_, c) => counts[c] === 0);
    return {
      type: 'matrix[unit,class]',
      title: `Mean activation of ${shown(wanted)} per class, ${address} over ${examples.address}`,
      axes: [
        { name: 'unit', size: rows.length, labels: rows.map((u) => `${wanted.layer}#${u}`) },
        { name: 'class', size: classes, labels: names },
      ],
      tensors: {
        values: f32(values, [rows.length, classes], ['unit', 'class']),
        counts: i32(counts, [classes], ['class']),
      },
      n: examples.indices.length,
      warnings: [
        ...(empty.length > 0 ? [`No examples of ${empty.join(', ')}: their means are not numbers.`] : []),
        ...(first === null
          ? []
          : [
              await nonFiniteWarning(
                context,
                loaded,
                examples,
                first,
                nonFinite,
                'they were left out of their cell’s mean, and a cell without another has none',
              ),
            ]),
      ],
    };
  },
};
