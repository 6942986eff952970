/** What a model that scores no classes puts out for many examples, as it is. */
import { whyUnscored } from '../../../core/algebra/index.ts';
import { UserError } from '../../../core/errors/index.ts';
import type { Examples } from '../data/examples.ts';
import { MODEL_OUTPUT } from '../network/model.ts';
import { outputUsed } from './classifier.ts';
import type { MethodContext } from './context.ts';
import { forEachBatch } from './forward.ts';
import { originOf } from './origin.ts';

export interface Outputs {
  /** (examples, units) */
  readonly values: Float32Array;
  /** "output 0", ... */
  readonly names: readonly string[];
  readonly warnings: readonly string[];
}

/** Throws UserError('invalid') for an output with places: a layer's activation shows it. */
export async function outputsAll(context: MethodContext, examples: Examples): Promise<Outputs> {
  const { plan } = context;
  const loaded = await context.model();
  const { head } = loaded.program;
  const [output] = loaded.program.outputs;
  if (head.units === null)
    throw new UserError(
      'invalid',
      `predict() needs a model that puts out a row of numbers, this one puts out [${(output?.shape ?? []).map((d) => d ?? '?').join(', ')}]; ask for activation(${output?.call.node.name ?? 'layer'})`,
    );
  const { units } = head;
  const n = examples.indices.length;
  const values = new Float32Array(n * units);
  await forEachBatch(
    context,
    plan.model.manifest,
    loaded,
    examples,
    [MODEL_OUTPUT],
    ({ from, outputs: [rows] }) => {
      if (rows) values.set(rows.dataSync(), from * units);
    },
    'outputs',
  );
  const classes = examples.split.dataset.classes.length;
  const why = whyUnscored(head, classes);
  const used = outputUsed(loaded);
  const broken = Array.from({ length: n }, (_, i) => i).filter(
    (i) => !values.subarray(i * units, (i + 1) * units).every(Number.isFinite),
  );
  const [first] = broken;
  return {
    values,
    names: Array.from({ length: units }, (_, i) => `output ${i}`),
    warnings: [
      ...(used === null ? [] : [used]),
      `The model scores no classes${classes === 0 ? '' : ` of this data set, which has ${classes}`}: its outputs are shown as they are, and none is a prediction${why === null ? '' : `; ${why}`}.`,
      ...(first === undefined
        ? []
        : [
            `${broken.length} of ${n} examples have outputs that are not finite. ${await originOf(context, loaded, examples, first)}`,
          ]),
    ],
  };
}
