import { UserError } from '../../../../core/errors/index.ts';
import { splitAddress } from '../../data/addresses.ts';
import { classNames } from '../../data/examples.ts';
import { classifierOf } from '../../inference/classifier.ts';
import { forEachBatch, unitMeansOf } from '../../inference/forward.ts';
import { originOf } from '../../inference/origin.ts';
import { checkUnit, layerArgument, numberArgument, shown } from '../arguments.ts';
import { Best } from '../best.ts';
import { f32, type Method } from '../method.ts';
import { firstPart } from '../points.ts';
import { rankedTensors } from '../ranked.ts';

/** Share of the progress that finding them takes; the rest is their maps and pictures. */
const FINDING = 0.9;

/** The k examples that a unit answers most to (feature maps: mean over their places), with its map and their pictures. */
export const method: Method = {
  version: '3',
  reading:
    'The first picture excites the unit most; the number is its activation, averaged over its map. The map says where in the picture it answers.',
  async run(context) {
    const { plan } = context;
    const { manifest, address } = plan.model;
    const wanted = layerArgument(plan.query, manifest);
    if (wanted.unit === null)
      throw new UserError('invalid', `top() needs a unit, as in top(${wanted.layer}#0, 9)`);
    const { layer, unit } = wanted;
    const k = numberArgument(plan.query, 9);
    const examples = await context.examples();
    const loaded = await context.model();
    const best = new Best(k);
    let nonFinite = 0;
    let first: number | null = null;
    await forEachBatch(
      firstPart(context, FINDING),
      manifest,
      loaded,
      examples,
      [layer],
      ({ outputs, from, to }) => {
        const { means, units } = unitMeansOf(outputs[0]!);
        checkUnit(layer, unit, units);
        for (let i = from; i < to; i++) {
          const value = means[(i - from) * units + unit]!;
          if (Number.isFinite(value)) best.offer(value, i, examples.indices[i]!);
          else {
            nonFinite++;
            first ??= i;
          }
        }
      },
    );
    const found = best.sorted();
    const origin = first === null ? '' : await originOf(context, loaded, examples, first);
    if (found.length === 0)
      throw new UserError(
        'invalid',
        `${shown(wanted)} has no finite value on ${examples.address}. ${origin}`,
      );
    const ranked = await rankedTensors(
      context,
      loaded,
      examples,
      found.map((f) => f.position),
      { layer, unit },
      FINDING,
    );
    const n = found.length;
    const { dataset } = examples.split;
    const classifier = classifierOf(loaded, dataset);
    return {
      type: 'ranked[example]',
      title: `What ${shown(wanted)} of ${address} answers most to, of ${examples.address}`,
      axes: [{ name: 'example', size: n }],
      tensors: {
        ...ranked.tensors,
        value: f32(
          Float32Array.from(found, (f) => f.value),
          [n],
          ['example'],
        ),
      },
      record: {
        by: 'activation',
        layer,
        unit,
        k: n,
        example: null,
        split: splitAddress(plan, examples),
        classes: classifier ? [...classifier.classes] : classNames(dataset, dataset.classes.length),
      },
      n: examples.indices.length,
      warnings: [
        ...ranked.warnings,
        ...(nonFinite > 0
          ? [
              `${nonFinite} of ${examples.indices.length} examples have no finite activation; they were left out. ${origin}`,
            ]
          : []),
        ...(n < k && nonFinite === 0 ? [`There are only ${n} examples.`] : []),
      ],
      parameters: { k },
    };
  },
};
