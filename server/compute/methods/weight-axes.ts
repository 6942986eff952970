/** What the axes of a layer's weights are, and which part of them leads into one unit. */

export interface WeightPart {
  readonly axes: readonly string[];
  readonly shape: readonly number[];
  /** Places of the part's numbers in the whole tensor, in order; null: all of it. */
  readonly places: Int32Array | null;
}

export interface WeightLayer {
  /** Class of the layer; of a wrapper, of the layer within. */
  readonly type: string;
  /** Size of the last axis of what the layer puts out; null where that is open. */
  readonly units: number | null;
  /** Axes of its tensors by name, where the model's record tells them. */
  readonly axes?: ReadonlyMap<string, readonly string[]>;
}

/** In the order in which Keras stacks them. */
export const GATES: Readonly<Record<string, readonly string[]>> = {
  LSTM: ['input gate', 'forget gate', 'cell', 'output gate'],
  GRU: ['update gate', 'reset gate', 'candidate'],
  SimpleRNN: ['state'],
};

const PLACES = { 1: ['time'], 2: ['y', 'x'], 3: ['z', 'y', 'x'] } as const;

function spatial(rank: number): readonly string[] {
  return rank === 1 ? PLACES[1] : rank === 2 ? PLACES[2] : rank === 3 ? PLACES[3] : [];
}

/** Names of the axes as the layer stores the tensor; `gate unit` is all units of the first gate, then of the next. */
export function weightAxes(
  { type, units, axes }: WeightLayer,
  name: string,
  shape: readonly number[],
): string[] {
  const told = axes?.get(name);
  if (told) return [...told];
  const rank = shape.length;
  if (GATES[type] && (name === 'kernel' || name === 'recurrent_kernel' || name === 'bias')) {
    const last = type === 'SimpleRNN' ? 'unit' : 'gate unit';
    if (rank === 2) return [name === 'kernel' ? 'input' : 'recurrent', last];
    if (rank === 1) return [last];
  }
  if (name === 'depthwise_kernel' && rank > 2) return [...spatial(rank - 2), 'input', 'multiplier'];
  if (name === 'kernel' || name === 'pointwise_kernel') {
    if (rank > 2 && type.endsWith('Transpose')) return [...spatial(rank - 2), 'unit', 'input'];
    if (rank >= 2 && rank <= 5) return [...spatial(rank - 2), 'input', 'unit'];
  }
  if (name === 'embeddings' && rank === 2) return ['token', 'unit'];
  const ends = shape.at(-1) === units;
  return shape.map((_, i) => (i === rank - 1 && ends ? 'unit' : rank === 1 ? 'place' : `axis ${i + 1}`));
}

/** The whole tensor. */
export function wholeWeight(layer: WeightLayer, name: string, shape: readonly number[]): WeightPart {
  return { axes: weightAxes(layer, name, shape), shape, places: null };
}

/** The part that leads into a unit: kernel[..., unit]; all gates of a recurrent unit; all of what units share. */
export function weightInto(
  layer: WeightLayer,
  name: string,
  shape: readonly number[],
  unit: number,
): WeightPart {
  const axes = weightAxes(layer, name, shape);
  const gated = axes.indexOf('gate unit');
  if (gated >= 0) {
    const gates = GATES[layer.type]?.length ?? 1;
    const size = (shape[gated] ?? 0) / gates;
    return part(
      axes,
      shape,
      gated,
      Array.from({ length: gates }, (_, g) => g * size + unit),
      'gate',
    );
  }
  const own = axes.indexOf('unit');
  if (own >= 0) return part(axes, shape, own, [unit], null);
  if (layer.type.startsWith('DepthwiseConv') && name === 'depthwise_kernel') {
    const input = axes.indexOf('input');
    const multiplier = shape[input + 1] ?? 1;
    const channel = part(axes, shape, input, [Math.floor(unit / multiplier)], null);
    const one = part(channel.axes, channel.shape, input, [unit % multiplier], null);
    return { ...one, places: (one.places ?? new Int32Array()).map((p) => channel.places?.[p] ?? p) };
  }
  return { axes, shape, places: null };
}

/** Takes `picked` along an axis, which is then called `renamed`, or is gone where that is null. One number stays a row of one. */
function part(
  axes: readonly string[],
  shape: readonly number[],
  axis: number,
  picked: readonly number[],
  renamed: string | null,
): WeightPart {
  const size = shape[axis] ?? 1;
  const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const outer = shape.slice(0, axis).reduce((a, b) => a * b, 1);
  const places = new Int32Array(outer * picked.length * inner);
  let at = 0;
  for (let o = 0; o < outer; o++)
    for (const p of picked) for (let i = 0; i < inner; i++) places[at++] = (o * size + p) * inner + i;
  if (renamed !== null)
    return { axes: axes.with(axis, renamed), shape: shape.with(axis, picked.length), places };
  if (shape.length === 1) return { axes, shape: [1], places };
  return { axes: axes.toSpliced(axis, 1), shape: shape.toSpliced(axis, 1), places };
}
