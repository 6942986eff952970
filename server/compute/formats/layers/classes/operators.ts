/** Operators of keras.ops between layers: `x + y`, `keras.ops.mean(x)`, `x[:, 0]`. */
import { OPERATOR, OPERATORS, withoutUnderscores } from '../../../layers/ops/index.ts';
import { type CallForm, placeOf, rankOf } from '../call-forms.ts';
import { faulty, type KeyOwner } from '../keys.ts';
import type { Config, Made } from './row.ts';

/** Those of two tensors of as many axes are what the merging layer of the name computes. */
const MERGING = new Set(['Add', 'Multiply', 'Maximum', 'Minimum', 'Subtract']);

/** Operators that are what a layer computes, with the arguments that it has. */
const AS_LAYERS: Readonly<Record<string, (config: Config) => Made>> = {
  Softmax: ({ axis }) => ({ className: 'Softmax', config: { axis: axis ?? -1 } }),
  Relu: () => ({ className: 'ReLU', config: {} }),
  Relu6: () => ({ className: 'ReLU', config: { max_value: 6 } }),
  LeakyRelu: ({ negative_slope }) => ({
    className: 'ReLU',
    config: { negative_slope: negative_slope ?? 0.2 },
  }),
  Elu: ({ alpha }) => ({ className: 'ELU', config: { alpha: alpha ?? 1 } }),
  ...Object.fromEntries(
    Object.entries({
      ...{ Sigmoid: 'sigmoid', Tanh: 'tanh', Softplus: 'softplus', Softsign: 'softsign', Selu: 'selu' },
      ...{ Silu: 'silu', HardSigmoid: 'hard_sigmoid', HardSilu: 'hard_silu', HardTanh: 'hard_tanh' },
      ...{ LogSigmoid: 'log_sigmoid', SparsePlus: 'sparse_plus', SparseSigmoid: 'sparse_sigmoid' },
      TanhShrink: 'tanh_shrink',
    }).map(([operator, activation]) => [
      operator,
      (): Made => ({ className: 'Activation', config: { activation } }),
    ]),
  ),
  Gelu: ({ approximate }) => ({
    className: 'Activation',
    config: { activation: approximate === false ? 'gelu' : 'gelu_new' },
  }),
};

/** Keys of an operator that say nothing about what it computes. */
const SILENT = new Set(['name', 'trainable', 'dtype', 'operator']);

/** What is computed by operators of their own, whose shapes fit from the last axis on. */
export function isOperator(className: string): boolean {
  return Object.hasOwn(AS_LAYERS, className) || Object.hasOwn(OPERATORS, className);
}

/** `config`: as the file writes it. */
export function operatorMade(
  className: string,
  name: string,
  config: Config,
  owner: KeyOwner,
  activationOf: (written: unknown) => string,
): Made {
  const own = Object.fromEntries(
    Object.entries(config).filter(([key]) => !SILENT.has(key) || isArgument(className, key)),
  );
  const { args = [], kwargs = {} } = owner.form ?? {};
  if (isMerge(className, owner.form)) return { config: { name } };
  const layer = Object.hasOwn(AS_LAYERS, className) ? AS_LAYERS[className] : undefined;
  if (layer && placeOf(args[0]) === 0 && args.length === 1) {
    const made = layer({ ...own, ...kwargs });
    const { activation, ...rest } = made.config;
    return {
      ...made,
      config: {
        ...rest,
        name,
        ...(activation === undefined ? {} : { activation: activationOf(activation) }),
      },
    };
  }
  const operator = Object.hasOwn(OPERATORS, className) ? OPERATORS[className] : undefined;
  if (!operator) throw faulty(owner, 'is an operator that is called in a way that is not computed here');
  const places = Object.fromEntries(args.map((value, at) => [operator.call[at] ?? `argument ${at}`, value]));
  return {
    className: OPERATOR,
    config: { name, operation: className, values: withoutUnderscores({ ...own, ...places, ...kwargs }) },
  };
}

/** The number type of a cast is what it computes. */
function isArgument(className: string, key: string): boolean {
  return key === 'dtype' && /Cast$/.test(className);
}

function isMerge(className: string, form: CallForm | null): boolean {
  if (!form || !MERGING.has(className) || Object.keys(form.kwargs).length > 0) return false;
  const ranks = form.args.map(rankOf);
  return form.args.length === 2 && ranks[0] !== null && ranks[0] === ranks[1];
}
