import { UserError } from '../../../../core/errors/index.ts';
import { forEachBatch, sizeOfOutput } from '../../inference/forward.ts';
import { originOf } from '../../inference/origin.ts';
import { countNonFinite } from '../../numerics/non-finite.ts';
import { checkUnit, layerArgument, shown } from '../arguments.ts';
import { f32, type Method, type MethodOutput } from '../method.ts';

/** Output of a layer for one example: feature maps (units, y, x), or a vector (units). */
export const method: Method = {
  version: '2',
  reading:
    'Each tile or bar is one unit’s output for this example. The colour scale is the same for all units, with zero in the middle.',
  // In TensorFlow and out of it, turned with the units first, the part asked for, and the encoded answer.
  bytes: ({ query, model, data }) => {
    const { layer } = layerArgument(query, model.manifest);
    const found = model.manifest.graph.layers.find(({ name }) => name === layer);
    return 6 * 4 * sizeOfOutput(found?.outputShape ?? [], data?.preprocessing.shapes.given ?? []);
  },
  async run(context) {
    const { tf, plan } = context;
    const { manifest, address } = plan.model;
    const wanted = layerArgument(plan.query, manifest);
    const examples = await context.examples();
    if (examples.indices.length !== 1)
      throw new UserError(
        'invalid',
        `activation(${shown(wanted)}) shows one example, found ${examples.indices.length}; name one, as in digits.test[42], or ask for stats(${shown(wanted)})`,
      );
    const loaded = await context.model();
    let result: MethodOutput | undefined;
    let broken: string | null = null;
    await forEachBatch(context, manifest, loaded, examples, [wanted.layer], ({ outputs }) => {
      const output = outputs[0]!;
      const shape = output.shape.slice(1);
      broken = countNonFinite(output.dataSync());
      const units = shape.at(-1) ?? 1;
      if (wanted.unit !== null) checkUnit(wanted.layer, wanted.unit, units);
      const first = wanted.unit ?? 0;
      const count = wanted.unit === null ? units : 1;
      const unitAxis = {
        name: 'unit',
        size: count,
        labels: Array.from({ length: count }, (_, i) => `${wanted.layer}#${first + i}`),
      };
      const common = {
        title: `${shown(wanted)} of ${address} on ${examples.address}`,
        n: 1,
        warnings: [],
      };
      if (shape.length <= 1) {
        const values = Float32Array.from(output.dataSync().slice(first, first + count));
        result = {
          ...common,
          type: 'vector[unit]',
          axes: [unitAxis],
          tensors: { values: f32(values, [count], ['unit']) },
        };
        return;
      }
      if (shape.length > 3)
        throw new UserError(
          'unsupported',
          `${wanted.layer} puts out [${shape.join(', ')}]: feature maps of more than two dimensions cannot be drawn yet`,
        );
      // A sequence (time, units) is one row of pixels per unit.
      const [height, width] = shape.length === 3 ? [shape[0]!, shape[1]!] : [1, shape[0]!];
      const maps = tf.transpose(tf.reshape(output, [height, width, units]), [2, 0, 1]);
      const values = Float32Array.from(tf.slice(maps, [first, 0, 0], [count, height, width]).dataSync());
      result = {
        ...common,
        type: 'tensor[unit,y,x]',
        axes: [
          unitAxis,
          { name: 'y', size: height, unit: 'pixels' },
          { name: 'x', size: width, unit: 'pixels' },
        ],
        tensors: { values: f32(values, [count, height, width], ['unit', 'y', 'x']) },
      };
    });
    if (!result) throw new UserError('invalid', `${examples.address} is empty`);
    if (broken === null) return result;
    const origin = await originOf(context, loaded, examples, 0);
    return {
      ...result,
      warnings: [`${wanted.layer} puts out ${broken}; these are drawn as none. ${origin}`],
    };
  },
};
