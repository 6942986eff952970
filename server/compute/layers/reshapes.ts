/** Flatten and Reshape. TensorFlow.js' own refuse rows, and take sizes that do not fit without a word. */
import { z } from 'zod';
import { UserError } from '../../../core/errors/index.ts';
import type { Tf } from '../tf.ts';
import { dataFormat } from './axes.ts';
import { layerOf, only, type Shape } from './recipe.ts';

/** Sizes that do not fit one another: of the architecture, or of data of open length. */
export class ShapeFault extends UserError {
  constructor(message: string) {
    super('invalid', message);
  }
}

const reshaping = z.object({
  name: z.string().default('reshape'),
  /** At most one is open (-1). */
  targetShape: z.array(z.number().int()),
});

/** What the target's sizes are for an input without its batch axis; an open size stays open where the input has one. */
function fitted({ name, targetShape }: z.infer<typeof reshaping>, input: Shape): (number | null)[] {
  const open = targetShape.indexOf(-1);
  const known = targetShape.reduce((product, size) => (size === -1 ? product : product * size), 1);
  if (input.includes(null)) return targetShape.map((size) => (size === -1 ? null : size));
  const total = input.reduce<number>((product, size) => product * (size ?? 1), 1);
  if (open < 0 ? total !== known : known === 0 || total % known !== 0)
    throw new ShapeFault(
      `the layer ${name} (Reshape) cannot make [${targetShape.join(', ')}] of [${input.join(', ')}]: ${open < 0 ? `that takes ${known} numbers` : `the open size would be ${total} / ${known}`}, and there are ${total}; give it a target_shape of as many`,
    );
  return targetShape.map((size) => (size === -1 ? total / known : size));
}

export const reshapes = (tf: Tf) => [
  layerOf(tf, {
    className: 'Flatten',
    config: z.object({ dataFormat }),
    shape: (_, inputs) => {
      const [batch = null, ...sizes] = only(inputs);
      return [batch, sizes.includes(null) ? null : sizes.reduce<number>((a, size) => a * (size ?? 1), 1)];
    },
    call: (_, inputs, config) => {
      const x = only(inputs);
      const [batch = 1, ...sizes] = x.shape;
      const last =
        config.dataFormat === 'channelsFirst' && x.rank > 2
          ? tf.transpose(x, [0, ...sizes.slice(1).map((_size, at) => at + 2), 1])
          : x;
      return tf.reshape(last, [batch, sizes.reduce((a, size) => a * size, 1)]);
    },
  }),
  layerOf(tf, {
    className: 'Reshape',
    config: reshaping,
    shape: (config, inputs) => {
      const [batch = null, ...sizes] = only(inputs);
      return [batch, ...fitted(config, sizes)];
    },
    call: (_, inputs, config) => {
      const x = only(inputs);
      const [batch = 1, ...sizes] = x.shape;
      return tf.reshape(x, [batch, ...fitted(config, sizes).map((size) => size ?? -1)]);
    },
  }),
];
