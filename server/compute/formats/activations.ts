/** Activation functions by name: what TensorFlow.js computes, and computes as Keras does. */
import { z } from 'zod';
import { unsupported } from './context.ts';

const KNOWN = new Set([
  'linear',
  'relu',
  'relu6',
  'elu',
  'selu',
  'sigmoid',
  'hard_sigmoid',
  'softmax',
  'log_softmax',
  'softplus',
  'softsign',
  'tanh',
  'swish',
  'mish',
  'gelu',
  'gelu_new',
]);
const SAME: Record<string, string> = {
  silu: 'swish',
  hardSigmoid: 'hard_sigmoid',
  logSoftmax: 'log_softmax',
};

const objectSchema = z.object({
  class_name: z.string(),
  config: z.union([z.string(), z.record(z.string(), z.unknown())]).nullish(),
});

/** The name that TensorFlow.js knows; null stays linear. `keras3`: hard_sigmoid has another slope there. */
export function activationName(value: unknown, layer: string, file: string, keras3: boolean): string {
  if (value === null || value === undefined) return 'linear';
  const object = objectSchema.safeParse(value);
  // Keras 2 wrote {class_name: 'function', config: 'relu'}, Keras 3 {class_name: 'ReLU', config: {name}}.
  const written =
    typeof value === 'string'
      ? value
      : object.success
        ? typeof object.data.config === 'string'
          ? object.data.config
          : snake(object.data.class_name)
        : JSON.stringify(value).slice(0, 40);
  const name = SAME[written] ?? written;
  if (!KNOWN.has(name) || (keras3 && name === 'hard_sigmoid'))
    throw unsupported(
      file,
      `the layer ${layer} uses the activation ${written}, which TensorFlow.js does not compute${name === 'hard_sigmoid' ? ' as Keras 3 does' : ''}; use one of ${[...KNOWN].join(', ')}`,
    );
  return name;
}

/** `LeakyReLU` -> `leaky_re_lu`, as Keras names classes in files. */
export function snake(className: string): string {
  return className
    .replace(/\W+/g, '')
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}
