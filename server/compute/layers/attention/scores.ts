/** Attention and AdditiveAttention of Keras: what queries see of values, by scores without heads. */
import type { Tensor } from '@tensorflow/tfjs';
import { z } from 'zod';
import type { Tf } from '../../tf.ts';
import { layerOf, type Masks, only, type Recipe, type Shape } from '../recipe.ts';
import { ShapeFault } from '../reshapes.ts';
import { both, causal } from './masks.ts';

const config = z.object({
  name: z.string().default('attention'),
  /** 'dot': products; 'concat': sums of tanh, with one weight; 'additive': with a weight for each unit. */
  mode: z.enum(['dot', 'concat', 'additive']),
  useScale: z.boolean(),
  causal: z.boolean(),
  /** The scores are a second output. */
  scores: z.boolean(),
});
type Config = z.infer<typeof config>;

/** Taken off the scores of what may not be seen, as in Keras. */
const FAR = 1e9;

const recipe = {
  config,
  weights: ({ mode, useScale }: Config, query: Shape) => [
    ...(useScale ? [{ name: 'scale', shape: mode === 'additive' ? [query.at(-1) ?? 0] : [] }] : []),
    ...(mode === 'concat' ? [{ name: 'concat_score_weight', shape: [] }] : []),
  ],
  shape({ name, scores }: Config, [query = [], value = [], key = value]: readonly Shape[]) {
    if ([query, key, value].some(({ length }) => length !== 3))
      throw new ShapeFault(
        `the layer ${name} gets inputs of ${[query, value, key].map(({ length }) => length).join(', ')} axes; expected (batch, steps, units) of each`,
      );
    const out = [...query.slice(0, -1), value.at(-1) ?? null];
    return scores ? [out, [...query.slice(0, -1), key.at(-2) ?? null]] : out;
  },
  call(tf: Tf, inputs: readonly Tensor[], config: Config, weights: readonly Tensor[], masks: Masks) {
    const [query = only(inputs), value = query, key = value] = inputs;
    const scores = scored(tf, query, key, config, weights);
    const [t = 1, s = 1] = scores.shape.slice(-2);
    const [seeing = null, shown = null] = masks;
    const mask = both(tf, [
      shown === null ? null : tf.expandDims(shown, 1),
      config.causal ? causal(tf, t, s) : null,
    ]);
    const far = mask === null ? scores : tf.sub(scores, tf.mul(tf.cast(tf.logicalNot(mask), 'float32'), FAR));
    const probabilities = tf.softmax(far);
    const seen = tf.matMul(probabilities, value);
    const y = seeing === null ? seen : tf.mul(seen, tf.cast(tf.expandDims(seeing, -1), 'float32'));
    return config.scores ? [y, probabilities] : y;
  },
} satisfies Omit<Recipe<Config>, 'className'>;

/** (b, t, d) and (b, s, d) -> (b, t, s). */
function scored(
  tf: Tf,
  query: Tensor,
  key: Tensor,
  { mode, useScale }: Config,
  weights: readonly Tensor[],
): Tensor {
  const own = [...weights];
  const scale = useScale ? own.shift() : undefined;
  if (mode === 'dot') {
    const products = tf.matMul(query, key, false, true);
    return scale ? tf.mul(products, scale) : products;
  }
  const sums = tf.add(tf.expandDims(query, 2), tf.expandDims(key, 1));
  if (mode === 'additive') {
    const bent = tf.tanh(sums);
    return tf.sum(scale ? tf.mul(bent, scale) : bent, -1);
  }
  const weight = own.shift();
  if (!weight) throw new Error('an attention lacks its weight');
  return tf.mul(weight, tf.sum(tf.tanh(scale ? tf.mul(sums, scale) : sums), -1));
}

export const plainAttentions = (tf: Tf) =>
  ['Attention', 'AdditiveAttention'].map((className) => layerOf(tf, { className, ...recipe }));
