/** Activation functions as files write them, as calls that TensorFlow.js is given (network/activations.ts). */
import { z } from 'zod';
import { activationCall } from '../../layers/activations.ts';
import { unsupported } from '../files/context.ts';
import { foreignOrigin } from './foreign.ts';

interface FunctionOwner {
  readonly file: string;
  readonly keras3: boolean;
  readonly layer: string;
}

/** Functions by the names that Keras gives them. */
const FUNCTIONS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['linear', 'relu', 'relu6', 'elu', 'selu', 'sigmoid', 'softmax', 'softplus', 'softsign', 'tanh'].map(
      (name) => [name, name],
    ),
  ),
  mish: 'mish',
  /** Exact, by the error function, in Keras 2 and 3 alike. */
  gelu: 'gelu',
  swish: 'swish',
  silu: 'swish',
  log_softmax: 'log_softmax',
  gelu_new: activationCall('geluTanh'),
  leaky_relu: activationCall('leakyRelu', { slope: 0.2 }),
  hard_silu: activationCall('hardSilu'),
  hard_swish: activationCall('hardSilu'),
  hard_tanh: activationCall('hardTanh'),
  celu: activationCall('celu'),
  exponential: activationCall('exponential'),
  log_sigmoid: activationCall('logSigmoid'),
  soft_shrink: activationCall('softShrink'),
  hard_shrink: activationCall('hardShrink'),
  tanh_shrink: activationCall('tanhShrink'),
  sparse_plus: activationCall('sparsePlus'),
  sparse_sigmoid: activationCall('sparseSigmoid'),
  squareplus: activationCall('squareplus'),
};
/** TensorFlow.js' own spelling of them. */
const SPELLINGS: Readonly<Record<string, string>> = {
  hardSigmoid: 'hard_sigmoid',
  logSoftmax: 'log_softmax',
};

const number = z.number();
const layers = {
  ELU: z.object({ alpha: number.default(1) }),
  LeakyReLU: z.object({ negative_slope: number.optional(), alpha: number.optional() }),
  ReLU: z.object({
    max_value: number.nullish(),
    negative_slope: number.nullish(),
    threshold: number.nullish(),
  }),
  Softmax: z.object({
    axis: z
      .union([
        number.int(),
        z
          .array(number.int())
          .length(1)
          .transform(([one]) => one ?? -1),
      ])
      .default(-1),
  }),
  Activation: z.object({ activation: z.unknown() }),
} as const;
/** Every layer writes these. */
const BOOKKEEPING = [
  'name',
  'trainable',
  'dtype',
  'activity_regularizer',
  'batch_input_shape',
  'batch_shape',
];

const objectSchema = z.object({
  class_name: z.string(),
  config: z.union([z.string(), z.record(z.string(), z.unknown())]).nullish(),
  module: z.string().nullish(),
  registered_name: z.string().nullish(),
});

/** A lambda, as its bytes, defaults and closure. */
const lambdaSchema = z.strictObject({ value: z.array(z.unknown()) });

/** The call that computes it; throws UserError for what is not computed. null is linear. */
export function activationOf(value: unknown, owner: FunctionOwner): string {
  if (value === null || value === undefined) return 'linear';
  if (typeof value === 'string') return functionOf(value, owner);
  if (lambdaSchema.safeParse(value).success)
    throw refused(
      'lambda',
      owner,
      'it is Python code, which is never executed; use a function of Keras by its name, or layers',
    );
  const parsed = objectSchema.safeParse(value);
  if (!parsed.success) throw refused(JSON.stringify(value).slice(0, 60), owner, 'it is no function of Keras');
  const { class_name, config, module } = parsed.data;
  // {class_name: "function", config: "relu"}: Keras 2 wrote its own functions so, Keras 3 writes functions of others.
  if (typeof config === 'string') {
    if (module !== undefined || config.includes('>'))
      throw refused(
        config,
        owner,
        `it is a function of one's own (module ${JSON.stringify(module ?? null)}, registered_name ${JSON.stringify(parsed.data.registered_name ?? null)}), whose Python code is not in the file; use a function of Keras by its name, or layers`,
      );
    return functionOf(config, owner);
  }
  const foreign = foreignOrigin(parsed.data, value);
  if (foreign) throw refused(class_name, owner, foreign);
  return layerCall(class_name, config ?? {}, owner);
}

function functionOf(written: string, owner: FunctionOwner): string {
  const name = SPELLINGS[written] ?? written;
  if (name === 'hard_sigmoid') return owner.keras3 ? activationCall('hardSigmoidOfSixths') : name;
  const call = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  if (!call) throw refused(written, owner);
  return call;
}

function layerCall(className: string, config: Record<string, unknown>, owner: FunctionOwner): string {
  const own = Object.fromEntries(Object.entries(config).filter(([key]) => !BOOKKEEPING.includes(key)));
  const known = <K extends keyof typeof layers>(name: K): z.infer<(typeof layers)[K]> => {
    const parsed = layers[name].strict().safeParse(own);
    if (!parsed.success)
      throw refused(className, owner, `its configuration is ${JSON.stringify(own).slice(0, 80)}`);
    return parsed.data as z.infer<(typeof layers)[K]>;
  };
  switch (className) {
    case 'ELU': {
      const { alpha } = known('ELU');
      return alpha === 1 ? 'elu' : activationCall('elu', { alpha });
    }
    case 'LeakyReLU': {
      const { negative_slope, alpha } = known('LeakyReLU');
      return activationCall('leakyRelu', { slope: negative_slope ?? alpha ?? 0.3 });
    }
    case 'ReLU': {
      const { max_value, negative_slope, threshold } = known('ReLU');
      const max = max_value ?? null;
      if (!negative_slope && !threshold && (max === null || max === 6))
        return max === null ? 'relu' : 'relu6';
      return activationCall('relu', {
        slope: negative_slope ?? 0,
        threshold: threshold ?? 0,
        ...(max === null ? {} : { max }),
      });
    }
    case 'Softmax': {
      const { axis } = known('Softmax');
      return axis === -1 ? 'softmax' : activationCall('softmax', { axis });
    }
    case 'Activation':
      return activationOf(known('Activation').activation, owner);
    default:
      throw refused(className, owner, 'make it a layer of its own after this one');
  }
}

function refused(written: string, { layer, file }: FunctionOwner, why?: string) {
  return unsupported(
    file,
    `the layer ${layer} uses the activation ${written}, which is not computed here: ${why ?? `use one of ${Object.keys(FUNCTIONS).join(', ')}`}`,
  );
}

/** `LeakyReLU` -> `leaky_re_lu`, as Keras names classes in files. */
export function snake(className: string): string {
  return className
    .replace(/\W+/g, '')
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}
