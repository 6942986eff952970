/** Mistakes that an architecture shows by itself, before any data: each a sentence that names the layers. */
import type { GraphRecord } from '../../../../core/result/index.ts';
import { listed } from '../files/numbers.ts';

type Layer = GraphRecord['layers'][number];

/** Hands its input's numbers on, in whatever shape. */
const PASSING =
  /^(Dropout|SpatialDropout[123]D|GaussianNoise|ActivityRegularization|Identity|Flatten|Reshape|Permute|Squeeze|Unsqueeze|Transpose|Cast)$/;
/** Sums of products with weights. Convolutions over one place each, and depthwise ones, are half of a layer by design. */
const DENSE = /^(Dense|Gemm|MatMul)$/;
const CONVOLUTION = /^Conv([123]D)?$/;

export function architectureWarnings(graph: GraphRecord): string[] {
  const walk = new Walk(graph);
  return [...linearPairs(walk), ...squashedTwice(walk), ...lossesBesideOutputs(walk)];
}

/** What stands before and behind a layer, around those that only hand numbers on. */
class Walk {
  readonly layers: ReadonlyMap<string, Layer>;
  private readonly before = new Map<string, string[]>();
  private readonly behind = new Map<string, string[]>();

  constructor(readonly graph: GraphRecord) {
    this.layers = new Map(graph.layers.map((layer) => [layer.name, layer]));
    for (const { from, to } of graph.edges) {
      this.before.set(to, [...(this.before.get(to) ?? []), from]);
      this.behind.set(from, [...(this.behind.get(from) ?? []), to]);
    }
  }

  /** The only layer that feeds this one; null where there are none or several. */
  sourceOf(name: string): Layer | null {
    const seen = new Set<string>();
    for (let at = name; !seen.has(at); ) {
      seen.add(at);
      const [from, second] = this.before.get(at) ?? [];
      const layer = from === undefined || second !== undefined ? undefined : this.layers.get(from);
      if (!layer) return null;
      if (!this.passes(layer)) return layer;
      at = layer.name;
    }
    return null;
  }

  feedsOne(name: string): boolean {
    return this.behind.get(name)?.length === 1 && !this.graph.outputs.includes(name);
  }

  passes({ type, params }: Layer): boolean {
    // What adds a bias of its own to a product belongs to the product.
    return PASSING.test(type) || (type === 'Add' && params > 0);
  }
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Numbers that each unit is a sum of; null where this is no layer of weighted sums without an activation. */
function summed(layer: Layer): number | null {
  const { type, activation = 'linear', units, weights, config } = layer;
  const [kernel] = weights;
  if (activation !== 'linear' || !units || !kernel || kernel.shape.length < 2) return null;
  if (CONVOLUTION.test(type)) {
    const sizes = [config.kernel_size ?? config.kernel_shape].flat();
    const group = Number(config.groups ?? config.group ?? 1);
    if (group !== 1 || sizes.every((size) => size === 1)) return null;
  } else if (!DENSE.test(type)) return null;
  return sizeOf(kernel.shape) / units;
}

/** A product of two matrices is a matrix: the first of the two layers is of use only where it is narrower than both sides. */
function linearPairs(walk: Walk): string[] {
  const pairs = walk.graph.layers.flatMap((second) => {
    const weighs = DENSE.test(second.type) || CONVOLUTION.test(second.type);
    const first = weighs && second.params > 0 ? walk.sourceOf(second.name) : null;
    if (!first || !walk.feedsOne(first.name)) return [];
    const alike = DENSE.test(first.type) === DENSE.test(second.type);
    const inputs = alike ? summed(first) : null;
    const [units, next] = [first.units ?? 0, second.units ?? 0];
    if (inputs === null || units < Math.min(inputs, next)) return [];
    const [kernel] = second.weights;
    if (!kernel || kernel.shape.length < 2) return [];
    const one = [second.config.kernel_size ?? second.config.kernel_shape].flat();
    if (CONVOLUTION.test(second.type) && one.every((size) => size === 1)) return [];
    return [`${first.name} and ${second.name}`];
  });
  if (pairs.length === 0) return [];
  return [
    `No activation stands between ${listed(pairs)}: together they compute no more than one layer could.`,
  ];
}

/** The squashing that a layer ends with. */
function squashOf({ type, activation, config }: Layer): string | null {
  const written = /^(Softmax|LogSoftmax|Sigmoid)$/.test(type)
    ? type.replace(/^Log/, 'log_')
    : (activation ?? config.activation);
  return typeof written === 'string' && /^(log_)?softmax$|^sigmoid$/i.test(written)
    ? written.toLowerCase()
    : null;
}

function squashedTwice(walk: Walk): string[] {
  return walk.graph.layers.flatMap((layer) => {
    const [second, source] = [squashOf(layer), walk.sourceOf(layer.name)];
    const first = source && squashOf(source);
    // A layer of weights between makes scores again.
    if (!source || !first || !second || layer.params > 0) return [];
    return [
      `${layer.name} takes the ${second} of what is the ${first} of ${source.name} already: probabilities are squashed twice, and become all but equal.`,
    ];
  });
}

const OF_CLASSES = /^(sparse_)?categorical_crossentropy$/;

/** `from_logits` and a softmax each make probabilities of scores: one of them is needed, and no more than one. */
function lossesBesideOutputs({ graph, layers }: Walk): string[] {
  return (graph.losses ?? []).flatMap((loss, at) => {
    const output = layers.get(graph.outputs[at] ?? '');
    if (!loss || !output) return [];
    const squash = squashOf(output);
    if (loss.fromLogits && squash)
      return [
        `${output.name} ends with ${squash}, and was trained with ${loss.name}(from_logits=True), which takes it once more: train without one of the two.`,
      ];
    if (
      !loss.fromLogits &&
      OF_CLASSES.test(loss.name) &&
      output.type === 'Dense' &&
      output.activation === 'linear'
    )
      return [
        `${output.name} gives scores, and was trained with ${loss.name}, which expects probabilities: give it a softmax, or train with from_logits=True.`,
      ];
    return [];
  });
}
