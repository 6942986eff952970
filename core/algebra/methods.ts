/**
 * The methods of the algebra: how an operator's number is computed, with every parameter, its default and its range.
 * The checker, the canonical form, completion and the interface's controls all read this table.
 */
import type { MethodName, ParameterValue } from './types.ts';

interface ParameterBase {
  readonly name: string;
  /** One sentence for a tooltip. */
  readonly summary: string;
}
export interface NumberParameter extends ParameterBase {
  /** 'integer' takes whole numbers only. */
  readonly type: 'integer' | 'number';
  readonly default: number;
  readonly min: number;
  readonly max: number;
}
export interface ChoiceParameter extends ParameterBase {
  readonly type: 'choice';
  readonly default: string;
  readonly choices: readonly string[];
}
export type Parameter = NumberParameter | ChoiceParameter;

export interface MethodSpec {
  readonly name: MethodName;
  readonly summary: string;
  /** What it is for: points of units() and examples(), or attribution. */
  readonly family: 'points' | 'attribution';
  /** In the order of the canonical text. */
  readonly params: readonly Parameter[];
  /** False: understood and checked, but this version cannot compute it. */
  readonly computed: boolean;
}

const integer = (name: string, value: number, min: number, max: number, summary: string): Parameter => ({
  name,
  type: 'integer',
  default: value,
  min,
  max,
  summary,
});
const number = (name: string, value: number, min: number, max: number, summary: string): Parameter => ({
  name,
  type: 'number',
  default: value,
  min,
  max,
  summary,
});
const seed = integer('seed', 1, 0, 2 ** 31 - 1, 'Same seed, same numbers.');
const dims = integer('dims', 3, 2, 3, 'Axes of the picture: 2 or 3.');
const baseline = number('baseline', 0, -1e6, 1e6, 'Value of an absent feature.');

const points = (
  name: MethodName,
  summary: string,
  computed: boolean,
  ...params: readonly Parameter[]
): MethodSpec => ({ name, summary, family: 'points', params, computed });
const attribution = (name: MethodName, summary: string, ...params: readonly Parameter[]): MethodSpec => ({
  name,
  summary,
  family: 'attribution',
  params,
  computed: false,
});

export const METHODS: Readonly<Record<MethodName, MethodSpec>> = {
  pca: points('pca', 'Principal components: the directions of largest variance (linear, exact).', true, dims),
  umap: points(
    'umap',
    'UMAP: keeps neighbours together; distances between groups mean little.',
    true,
    dims,
    integer('neighbours', 15, 2, 200, 'Neighbours that are kept: small shows detail, large the whole.'),
    seed,
  ),
  tsne: points(
    'tsne',
    't-SNE: keeps neighbours together; sizes and distances of groups mean little.',
    false,
    dims,
    number('perplexity', 30, 2, 100, 'Effective number of neighbours.'),
    seed,
  ),
  gradient: attribution('gradient', 'Gradient of the target by each feature.'),
  gradient_x_input: attribution('gradient_x_input', 'Gradient times feature.'),
  smoothgrad: attribution(
    'smoothgrad',
    'Mean gradient over noisy copies of the input.',
    integer('samples', 50, 1, 10_000, 'Noisy copies.'),
    number('sd', 0.15, 0, 10, 'Standard deviation of the noise, as a share of the range of the input.'),
    seed,
  ),
  ig: attribution(
    'ig',
    'Integrated gradients from a baseline: attributions sum to f(x) - f(baseline).',
    integer('steps', 256, 1, 100_000, 'Points of the integral.'),
    baseline,
  ),
  guided_backprop: attribution('guided_backprop', 'Gradient that passes positive evidence only.'),
  gradcam: attribution('gradcam', 'Feature maps weighted by the mean gradient of the target.'),
  occlusion: attribution(
    'occlusion',
    'Change of the target when a window is covered.',
    integer('window', 3, 1, 1000, 'Side of the window, in pixels.'),
    integer('stride', 1, 1, 1000, 'Pixels between windows.'),
    baseline,
  ),
  shapley: attribution(
    'shapley',
    'Shapley values by sampling permutations, with a standard error.',
    integer('samples', 200, 1, 1_000_000, 'Permutations.'),
    baseline,
    seed,
  ),
  exact_shapley: attribution('exact_shapley', 'Exact Shapley values; for few features only.', baseline),
  deeplift: attribution('deeplift', 'DeepLIFT (rescale rule) against a baseline.', baseline),
  lrp: attribution(
    'lrp',
    'Layer-wise relevance propagation.',
    {
      name: 'rule',
      type: 'choice',
      default: 'epsilon',
      choices: ['epsilon', 'alpha1beta0', 'zplus'],
      summary: 'Rule of the hidden layers.',
    },
    number('epsilon', 1e-6, 0, 1, 'Stabiliser of the epsilon rule.'),
  ),
};

export const POINT_METHODS: readonly MethodName[] = ['pca', 'umap', 'tsne'];
/** The first is the default. */
export const ATTRIBUTION_METHODS: readonly MethodName[] = [
  'ig',
  'gradient',
  'gradient_x_input',
  'smoothgrad',
  'guided_backprop',
  'gradcam',
  'occlusion',
  'shapley',
  'exact_shapley',
  'deeplift',
  'lrp',
];

/** Null when `value` may be given; else what was expected. */
export function expectedValue(parameter: Parameter, value: ParameterValue): string | null {
  if (parameter.type === 'choice')
    return typeof value === 'string' && parameter.choices.includes(value)
      ? null
      : `one of ${parameter.choices.join(', ')}`;
  const whole = parameter.type === 'integer';
  const fits =
    typeof value === 'number' &&
    value >= parameter.min &&
    value <= parameter.max &&
    (!whole || Number.isInteger(value));
  return fits ? null : `a ${whole ? 'whole ' : ''}number from ${parameter.min} to ${parameter.max}`;
}
