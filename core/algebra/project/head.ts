/**
 * What a model's output is, told from what the graph computes: probability vectors are found through whatever hands them
 * on (Dropout, Reshape, ...), and through what keeps them such (averages, convex sums); everything else is an output.
 */
import type { GraphRecord } from '../../result/types.ts';

type Squash = 'softmax' | 'log_softmax' | 'sigmoid';

/** One output of one layer's call, and what it is made from. `at` is whatever the asker finds it by. */
export interface GraphNode<T> {
  readonly type: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** Batch axis first. */
  readonly shape: readonly (number | null)[];
  readonly inputs: readonly GraphNode<T>[];
  readonly at: T;
}

/** What is done to a branch's numbers after the squashing: another shape of an example, or the mean over all places. */
export type Step = { readonly reshape: readonly number[] } | 'mean over places';

/** A branch that ends in a softmax or sigmoid, and its share in the mixture. */
export interface Term<T> {
  readonly weight: number;
  readonly squash: Squash;
  /** The layer's output, after the squashing. */
  readonly at: T;
  /** What is squashed; null where the layer squashes what it computes itself. */
  readonly before: T | null;
  /** What the layer computes cannot be had without its activation: it feeds on its own output. */
  readonly hidden: boolean;
  /** Axes that add up to one, the batch being axis 0. */
  readonly axes: readonly number[];
  /** Shape of one example where it is squashed. */
  readonly shape: readonly number[];
  readonly steps: readonly Step[];
}

/**
 * `softmax`: one probability vector per example, the mixture of the terms of its only part. `sigmoid`: each unit a
 * probability of its own, the parts side by side. `log_softmax`: logarithms of a probability vector. `heads`: several of
 * those side by side. `other`: nothing of the kind is known.
 */
export interface Head<T> {
  readonly kind: Squash | 'heads' | 'other';
  /** Numbers per example; null where the output has places, or a size that is not known. */
  readonly units: number | null;
  readonly parts: readonly (readonly Term<T>[])[];
  /** Units of each part. */
  readonly sizes: readonly number[];
  /** From the squashing to the output: all that an edit must leave alone for the head to be what it is. */
  readonly path: readonly T[];
}

interface Found<T> {
  readonly parts: readonly (readonly Term<T>[])[];
  readonly sizes: readonly number[];
  readonly shape: readonly number[];
  readonly path: readonly T[];
}

export function headOf<T>(output: GraphNode<T>): Head<T> {
  const places = output.shape.slice(1, -1);
  const units = output.shape.length > 1 && places.every((size) => size === 1) ? output.shape.at(-1) : null;
  const found = units ? new Search<T>().at(output) : null;
  const nothing: Head<T> = { kind: 'other', units: units ?? null, parts: [], sizes: [], path: [] };
  if (!units || !found?.parts.every((terms) => isConvex(terms) && terms.every((term) => adds(term, found))))
    return nothing;
  const squashes = new Set(found.parts.flat().map(({ squash }) => squash));
  const [first] = squashes;
  const alike = squashes.size === 1 && first !== undefined;
  const kind = alike && (found.parts.length === 1 || first === 'sigmoid') ? first : 'heads';
  return { kind, units, parts: found.parts, sizes: found.sizes, path: found.path };
}

/** Whether the numbers of the output are made of scores, one for each: not of a mixture, nor by what feeds on itself. */
export function hasScores<T>({ kind, parts }: Head<T>): boolean {
  if (kind === 'other' || kind === 'heads') return false;
  return parts.every(([term, ...others]) => {
    const plain = term && !term.hidden && others.length === 0;
    return plain && !term.steps.includes('mean over places');
  });
}

/** As the architecture's record tells it, by names of layers; null where a layer is used twice, so that it is not told. */
export function headOfGraph(graph: GraphRecord, output = graph.outputs[0]): Head<string> | null {
  let told = true;
  const nodeOf = (layer: GraphRecord['layers'][number]): GraphNode<string> => ({
    type: layer.type,
    // Some records tell the activation beside the configuration only.
    config: { ...(layer.activation === undefined ? {} : { activation: layer.activation }), ...layer.config },
    shape: layer.outputShape,
    get inputs() {
      const from = graph.edges.filter(({ to }) => to === layer.name).map((edge) => edge.from);
      if (from.length > 1 && !MERGES.has(layer.type)) told = false;
      return graph.layers.filter(({ name }) => from.includes(name)).map(nodeOf);
    },
    at: layer.name,
  });
  const layer = graph.layers.find(({ name }) => name === output);
  const head = layer ? headOf(nodeOf(layer)) : null;
  return told ? head : null;
}

/** Operators of ONNX that do what a layer does. */
const AS_LAYERS: Readonly<
  Record<string, { readonly type: string; readonly config?: GraphNode<unknown>['config'] }>
> = {
  Sigmoid: { type: 'Activation', config: { activation: 'sigmoid' } },
  LogSoftmax: { type: 'Activation', config: { activation: 'log_softmax' } },
  Concat: { type: 'Concatenate' },
  Squeeze: { type: 'Reshape' },
  Unsqueeze: { type: 'Reshape' },
};
function asLayer<T>(node: GraphNode<T>): GraphNode<T> {
  const row = Object.hasOwn(AS_LAYERS, node.type) ? AS_LAYERS[node.type] : undefined;
  if (!row) return node;
  return {
    ...{ type: row.type, config: { ...node.config, ...row.config }, shape: node.shape, at: node.at },
    get inputs() {
      return node.inputs;
    },
  };
}

const MERGES = new Set([
  'Concat',
  'Sub',
  'Mul',
  'Max',
  'Min',
  'Mean',
  'Div',
  'MatMul',
  'Add',
  'Average',
  'Concatenate',
  'Multiply',
  'Maximum',
  'Minimum',
  'Dot',
  'Subtract',
]);
/** Hand their input on at inference. */
const PASSING = new Set([
  'Dropout',
  'SpatialDropout1D',
  'SpatialDropout2D',
  'SpatialDropout3D',
  'GaussianNoise',
  'GaussianDropout',
  'AlphaDropout',
  'ActivityRegularization',
  'Identity',
]);
/** Their activation is the last thing that they do. */
const ACTIVATED =
  /^(Activation|Dense|EinsumDense|(Conv|SeparableConv|DepthwiseConv|LocallyConnected)[123]D(Transpose)?)$/;

/** Branches at most: a chain of averages of itself doubles them at every layer. */
const MOST_TERMS = 1000;

class Search<T> {
  private readonly known = new Map<T, Found<T> | null>();

  at(node: GraphNode<T>): Found<T> | null {
    const known = this.known.get(node.at);
    if (known !== undefined) return known;
    const found = this.made(node);
    const result = found && found.parts.flat().length <= MOST_TERMS ? found : null;
    this.known.set(node.at, result);
    return result;
  }

  private made(node: GraphNode<T>): Found<T> | null {
    const { type, config, inputs } = asLayer(node);
    const inner = type === 'TimeDistributed' ? innerOf(config) : null;
    if (type === 'TimeDistributed' && !inner) return null;
    const kind = inner?.type ?? type;
    const own = inner?.config ?? config;
    const squash = squashOf(kind, own);
    if (squash) return squashedAt(asLayer(node), squash, own, inner !== null);
    const [first] = inputs;
    if (!first) return null;
    const idle = kind === 'Activation' && /^linear$/i.test(String(own.activation));
    if ((PASSING.has(kind) || idle) && inputs.length === 1) return passed(node, this.at(first));
    if (inner) return null;
    switch (type) {
      case 'Flatten':
      case 'Reshape':
        return reshaped(node, this.at(first));
      case 'Rescaling':
        return scaled(node, this.at(first));
      case 'Average':
        return mixed(node, this.all(inputs), 1 / inputs.length);
      case 'Add':
        return mixed(node, this.all(inputs), 1);
      case 'Concatenate':
        return beside(node, this.all(inputs));
      case 'GlobalAveragePooling1D':
      case 'GlobalAveragePooling2D':
      case 'GlobalAveragePooling3D':
        return pooled(node, this.at(first));
      default:
        return null;
    }
  }

  /** Of all inputs; null where one is none. */
  private all(inputs: readonly GraphNode<T>[]): readonly Found<T>[] | null {
    const all: Found<T>[] = [];
    for (const input of inputs) {
      const found = this.at(input);
      if (!found) return null;
      all.push(found);
    }
    return all;
  }
}

function innerOf(config: GraphNode<unknown>['config']): Pick<GraphNode<unknown>, 'type' | 'config'> | null {
  const { layer } = config;
  if (typeof layer !== 'object' || layer === null || !('config' in layer)) return null;
  const name = 'class_name' in layer ? layer.class_name : 'className' in layer ? layer.className : null;
  return typeof name === 'string' && isConfig(layer.config) ? { type: name, config: layer.config } : null;
}

function isConfig(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

const SQUASHES: Readonly<Record<string, Squash>> = {
  softmax: 'softmax',
  logsoftmax: 'log_softmax',
  sigmoid: 'sigmoid',
};

function squashOf(type: string, config: GraphNode<unknown>['config']): Squash | null {
  if (type === 'Softmax') return 'softmax';
  const { activation } = config;
  if (typeof activation !== 'string' || !(ACTIVATED.test(type) || type === 'SimpleRNN')) return null;
  return SQUASHES[activation.toLowerCase().replaceAll('_', '')] ?? null;
}

function squashedAt<T>(
  node: GraphNode<T>,
  squash: Squash,
  config: GraphNode<T>['config'],
  distributed: boolean,
): Found<T> | null {
  const shape = sizesOf(node.shape);
  if (!shape) return null;
  const rank = node.shape.length;
  const apart = !distributed && /^(Softmax|Activation)$/.test(node.type);
  const written = config.axis !== undefined && (apart || distributed) ? config.axis : -1;
  const axes = (Array.isArray(written) ? written : [written]).map((axis) =>
    typeof axis === 'number' && axis < 0 ? axis + rank : axis,
  );
  if (!axes.every((axis) => typeof axis === 'number' && axis > 0 && axis < rank)) return null;
  // An inner layer's axis 1 is axis 2 of the sequence: only the last is the same for both.
  if (distributed && config.axis !== undefined && config.axis !== -1) return null;
  const before = apart ? node.inputs[0]?.at : null;
  if (before === undefined) return null;
  const term = { weight: 1, squash, at: node.at, before, axes, shape, steps: [] };
  const hidden = node.type === 'SimpleRNN';
  return { parts: [[{ ...term, hidden }]], sizes: [shape.at(-1) ?? 1], shape, path: [node.at] };
}

/** Without the batch axis; null where one is not known. */
function sizesOf(shape: readonly (number | null)[]): number[] | null {
  const sizes = shape.slice(1);
  return sizes.every((size) => size !== null) ? sizes.map(Number) : null;
}

const count = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

function passed<T>(node: GraphNode<T>, found: Found<T> | null): Found<T> | null {
  return found && { ...found, path: [...found.path, node.at] };
}

/** A distribution over the whole example may lie in any shape; one per row must stay a row; sigmoids lie anywhere. */
function reshaped<T>(node: GraphNode<T>, found: Found<T> | null): Found<T> | null {
  const shape = sizesOf(node.shape);
  if (!found || !shape || count(shape) !== count(found.shape)) return null;
  if (found.parts.length > 1)
    return shape.length === 1 && found.shape.length === 1 ? passed(node, found) : null;
  const [terms = []] = found.parts;
  const kept = terms.every((term) => term.squash === 'sigmoid' || isWhole(term) || rows(term, found.shape));
  const last = shape.at(-1) ?? 1;
  const groups = terms.some((term) => term.squash !== 'sigmoid' && !isWhole(term));
  if (!kept) return null;
  const next = terms.map((term) => ({ ...term, steps: [...term.steps, { reshape: shape }] }));
  if (!groups || last === found.shape.at(-1))
    return { parts: [next], sizes: [last], shape, path: [...found.path, node.at] };
  // Rows laid end to end are heads beside each other.
  const width = found.shape.at(-1) ?? 1;
  if (shape.length !== 1) return null;
  const heads = Array.from({ length: last / width }, () => terms);
  return { parts: heads, sizes: heads.map(() => width), shape, path: [...found.path, node.at] };
}

const isWhole = <T>(term: Term<T>): boolean =>
  count(term.axes.map((axis) => term.shape[axis - 1] ?? 1)) === count(term.shape);
/** Whether the numbers along the last axis still add up to one. */
const rows = <T>(term: Term<T>, shape: readonly number[]): boolean =>
  term.axes.length === 1 && term.axes[0] === term.shape.length && shape.at(-1) === term.shape.at(-1);

/** Whether its numbers still are distributions, each along the last axis. */
const adds = <T>(term: Term<T>, { shape, parts }: Found<T>): boolean =>
  term.squash === 'sigmoid' || isWhole(term) || parts.length > 1 || rows(term, shape);

function scaled<T>(node: GraphNode<T>, found: Found<T> | null): Found<T> | null {
  const { scale, offset = 0 } = node.config;
  if (!found || typeof scale !== 'number' || offset !== 0) return null;
  const parts = found.parts.map((terms) => terms.map((term) => ({ ...term, weight: term.weight * scale })));
  return passed(node, { ...found, parts });
}

/** Branches of the same shape, added with this weight. */
function mixed<T>(node: GraphNode<T>, branches: readonly Found<T>[] | null, weight: number): Found<T> | null {
  const shape = sizesOf(node.shape);
  if (!shape || !branches?.every((each) => each.parts.length === 1 && String(each.shape) === String(shape)))
    return null;
  const terms = branches.flatMap(({ parts: [only = []] }) =>
    only.map((term) => ({ ...term, weight: term.weight * weight })),
  );
  const [first] = terms;
  if (!first || terms.some((term) => term.squash !== first.squash)) return null;
  return {
    parts: [terms],
    sizes: [shape.at(-1) ?? 1],
    shape,
    path: [...branches.flatMap(({ path }) => path), node.at],
  };
}

function beside<T>(node: GraphNode<T>, branches: readonly Found<T>[] | null): Found<T> | null {
  const shape = sizesOf(node.shape);
  if (!branches?.every((each) => each.shape.length === 1) || shape?.length !== 1) return null;
  const sizes = branches.flatMap((found) => found.sizes);
  // One that is used twice is told once by the record.
  if (sizes.reduce((a, b) => a + b, 0) !== shape[0]) return null;
  return {
    parts: branches.flatMap(({ parts }) => parts),
    sizes,
    shape,
    path: [...branches.flatMap(({ path }) => path), node.at],
  };
}

/** The mean of rows that each add up to one adds up to one. */
function pooled<T>(node: GraphNode<T>, found: Found<T> | null): Found<T> | null {
  const format = node.config.data_format ?? node.config.dataFormat ?? 'channels_last';
  const shape = sizesOf(node.shape);
  const [terms = []] = found?.parts ?? [];
  if (!found || !shape || found.parts.length !== 1 || !/^channels_?last$/i.test(String(format))) return null;
  if (!terms.every((term) => term.squash === 'sigmoid' || rows(term, found.shape))) return null;
  const next = terms.map((term): Term<T> => {
    const kept = shape.length === 1 ? [] : [{ reshape: shape }];
    return { ...term, steps: [...term.steps, 'mean over places', ...kept] };
  });
  return { parts: [next], sizes: found.sizes, shape, path: [...found.path, node.at] };
}

/** Sums of scales that a person writes in decimals are one but for their rounding. */
const ROUNDING = 1e-6;

function isConvex<T>(terms: readonly Term<T>[]): boolean {
  const sum = terms.reduce((total, { weight }) => total + weight, 0);
  if (terms.some(({ weight }) => weight < 0) || Math.abs(sum - 1) > ROUNDING) return false;
  // The mean of logarithms is none of a mean.
  const whole = terms.length === 1 && !terms[0]?.steps.includes('mean over places');
  return whole || terms.every(({ squash }) => squash !== 'log_softmax');
}
