/**
 * What a layer costs for one example, told from the architecture alone: floating-point operations and the memory of its
 * output. One multiplication or one addition is one operation, so that a product with a sum counts two (as in "Deep
 * Residual Learning", where they count one: halve the figures to compare).
 */
import type { GraphRecord } from './graph.ts';

type Layer = GraphRecord['layers'][number];

export interface LayerCost {
  /** Null: the type's formula is not known, or a size is open. */
  readonly flops: number | null;
  /** Of the output, as float32. */
  readonly bytes: number | null;
}

const FLOAT_BYTES = 4;

/** Only pass numbers on, or act in training only. */
const FREE =
  /^(InputLayer|Dropout|SpatialDropout[123]D|AlphaDropout|GaussianNoise|GaussianDropout|ActivityRegularization|Identity|Flatten|Reshape|Permute|RepeatVector|Masking|Cropping[123]D|ZeroPadding[123]D|UpSampling[123]D|Embedding|Concatenate|Squeeze|Unsqueeze|Transpose|Cast|Concat|Split|Slice|Gather|Pad|Expand|Constant)$/;
/** One operation for each number of the output. */
const ELEMENTWISE =
  /^(Activation|Re[lL][uU]|ReLU6|Leaky[rR]e[lL][uU]|PR[eE][lL][uU]|ThresholdedR[eE][lL][uU]|Add|Sub|Subtract|Mul|Multiply|Div|Maximum|Minimum|Max|Min|Clip|Neg|Abs|Sqrt|Pow|Where|Rescaling)$/;
/** Exponentials with a few operations around them; each function counts one. */
const SQUASHING =
  /^(Sigmoid|Tanh|ELU|Elu|SELU|Selu|Softplus|Softsign|Erf|Exp|Log|HardSigmoid|HardSwish|Gelu)$/;
const CONVOLUTION = /^(Conv|Conv[123]D|DepthwiseConv[12]D|SeparableConv[12]D)$/;
const TRANSPOSED = /^(ConvTranspose|Conv[123]DTranspose)$/;
const PRODUCT = /^(Dense|Gemm|MatMul|EinsumDense)$/;
const RECURRENT = /^(SimpleRNN|GRU|LSTM|RNN)$/;

/** By the layer's name. */
export function layerCosts(graph: GraphRecord): ReadonlyMap<string, LayerCost> {
  const shapes = new Map(graph.layers.map(({ name, outputShape }) => [name, outputShape]));
  const before = new Map<string, string[]>();
  for (const { from, to } of graph.edges) before.set(to, [...(before.get(to) ?? []), from]);
  return new Map(
    graph.layers.map((layer) => {
      const inputs = (before.get(layer.name) ?? []).map((name) => shapes.get(name) ?? []);
      const outputs = elements(layer.outputShape);
      return [
        layer.name,
        {
          flops: outputs === null ? null : flopsOf(layer, outputs, inputs),
          bytes: outputs === null ? null : outputs * FLOAT_BYTES,
        },
      ];
    }),
  );
}

type Shape = readonly (number | null)[];

/** Of one example; null where a size is open. */
function elements(shape: Shape): number | null {
  let count = 1;
  for (const size of shape.slice(1)) {
    if (size === null) return null;
    count *= size;
  }
  return count;
}

const product = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1);

/**
 * Of weighted sums 2 x weights x places: each weight is multiplied and added once at each place of the output (of the input,
 * where the convolution is transposed). A bias adds one for each output, and so does an activation.
 */
function flopsOf(layer: Layer, outputs: number, inputs: readonly Shape[]): number | null {
  const { type, weights, units, activation } = layer;
  if (FREE.test(type)) return 0;
  if (ELEMENTWISE.test(type)) return outputs * Math.max(1, inputs.length - 1);
  if (SQUASHING.test(type)) return outputs;
  // An exponential, a sum, a division.
  if (/^(Log)?Softmax$/.test(type)) return outputs * 3;
  // A product and a sum with what mean, variance, scale and offset come to.
  if (/^(BatchNormalization|Normalization)$/.test(type)) return outputs * 2;
  // Mean, variance, subtraction, division, scale, offset.
  if (/^(LayerNormalization|GroupNormalization|InstanceNormalization)$/.test(type)) return outputs * 8;
  const kernels = weights.filter(({ shape }) => shape.length > 1);
  const size = kernels.reduce((sum, { shape }) => sum + product(shape), 0);
  const after =
    (weights.some(({ shape }) => shape.length === 1) ? outputs : 0) +
    (activation !== undefined && activation !== 'linear' ? outputs : 0);
  const [input = []] = inputs;
  if (CONVOLUTION.test(type)) return size > 0 && units ? 2 * size * (outputs / units) + after : null;
  if (TRANSPOSED.test(type)) {
    const given = elements(input);
    const channels = input.at(-1);
    return size > 0 && given !== null && channels ? 2 * size * (given / channels) + after : null;
  }
  if (PRODUCT.test(type)) {
    if (size > 0) return units ? 2 * size * (outputs / units) + after : null;
    const inner = input.at(-1);
    return type === 'MatMul' && inner ? 2 * inner * outputs : null;
  }
  if (RECURRENT.test(type)) {
    const steps = input[1];
    return size > 0 && steps ? 2 * size * steps : null;
  }
  return pooled(layer, outputs, input);
}

/** One operation for each number that is looked at. */
function pooled({ type, config }: Layer, outputs: number, input: Shape): number | null {
  if (/^Global/.test(type) || /^Reduce(Mean|Sum|Max|Min)$/.test(type)) return elements(input);
  if (!/Pool(ing[123]D)?$/.test(type)) return null;
  const written = [config.pool_size ?? config.kernel_shape].flat().map(Number);
  const places = input.length - 2;
  const sizes = written.length === 1 ? Array<number>(places).fill(written[0] ?? 0) : written;
  const window = product(sizes);
  return Number.isFinite(window) && window > 0 ? outputs * window : null;
}
