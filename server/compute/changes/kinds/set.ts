import { UserError } from '../../../../core/errors/index.ts';
import type { WeightChange } from '../action.ts';

/** One number of a weight is another. */
export const change: WeightChange<'set'> = {
  write(tf, copy, { layer, tensor, index, value }) {
    const { weights } = copy.program.node(layer);
    const nameOf = (name: string) => name.slice(name.lastIndexOf('/') + 1);
    const found = weights.find(({ name }) => nameOf(name) === nameOf(tensor));
    if (!found)
      throw new UserError(
        'invalid',
        `no weight ${tensor} in ${layer}; it has ${weights.map(({ name }) => nameOf(name)).join(', ') || 'none'}`,
      );
    const { shape } = found;
    if (index.length !== shape.length || index.some((at, i) => at >= (shape[i] ?? 0)))
      throw new UserError(
        'invalid',
        `found ${layer}.${tensor}[${index.join(',')}], expected ${shape.length} indices below [${shape.join(', ')}]`,
      );
    const flat = index.reduce((sum, at, i) => sum * (shape[i] ?? 1) + at, 0);
    tf.tidy(() => {
      const values = found.read().dataSync().slice();
      values[flat] = value;
      found.write(tf.tensor(values, [...shape], 'float32'));
    });
  },
};
