import { UserError } from '../../../core/errors/index.ts';
import { classNames, labelsOf } from '../examples.ts';
import { forEachBatch, unitMeans } from '../forward.ts';
import { checkUnit, layerArgument, shown } from './arguments.ts';
import { f32, i32, type Method } from './method.ts';

/** Mean activation of each unit for each true class; feature maps are averaged over their places first. */
export const classmeans: Method = {
  function: 'classmeans',
  version: '1',
  summary: 'Mean activation of each unit for each class.',
  reading:
    'Rows are units, columns classes. A row with one strong cell is a unit that answers to that class alone; click a column to sort by it.',
  async run(context) {
    const { tf, plan } = context;
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
    let units = 0;
    let sums = new Float64Array();
    await forEachBatch(context, manifest, await context.model(), examples, [wanted.layer], (batch) => {
      const means = unitMeans(tf, batch.outputs[0]!);
      if (units === 0) {
        units = means.shape[1] ?? 1;
        sums = new Float64Array(classes * units);
      }
      const onehot = tf.cast(
        tf.oneHot(tf.tensor1d(labels.slice(batch.from, batch.to), 'int32'), classes),
        'float32',
      );
      // (batch, classes)^T x (batch, units): a product sums per class, on any backend.
      const part = tf.matMul(onehot, means.as2D(batch.to - batch.from, units), true).dataSync();
      for (let i = 0; i < sums.length; i++) sums[i]! += part[i]!;
    });
    if (wanted.unit !== null) checkUnit(wanted.layer, wanted.unit, units);
    const rows = wanted.unit === null ? Array.from({ length: units }, (_, u) => u) : [wanted.unit];
    const values = new Float32Array(rows.length * classes);
    rows.forEach((u, r) => {
      // A class without examples has no mean.
      for (let c = 0; c < classes; c++) values[r * classes + c] = sums[c * units + u]! / counts[c]!;
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
      warnings: empty.length > 0 ? [`No examples of ${empty.join(', ')}: their means are not numbers.`] : [],
    };
  },
};
