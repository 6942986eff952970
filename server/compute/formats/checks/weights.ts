/** Mistakes that weights show by themselves: layers whose numbers are all alike, and units that cannot say anything. */
import { open } from 'node:fs/promises';
import type { GraphRecord } from '../../../../core/result/index.ts';
import { type ImportContext, step } from '../files/context.ts';
import { counted, listed } from '../files/numbers.ts';
import type { ModelOutcome } from '../topology/model.ts';

type Layer = GraphRecord['layers'][number];
type StoredWeights = ModelOutcome['weights'];

/** Layers of weighted sums, whose kernels have an axis of units. */
const SUMS = /^(Dense|Conv[123]D|Conv|Gemm|MatMul|Linear)$/;
/** Bytes that are looked at together. */
const CHUNK = 4 * 2 ** 20;

/** Reads one weight after the other, a piece at a time. */
export async function weightWarnings(
  graph: GraphRecord,
  weights: StoredWeights,
  context: ImportContext,
): Promise<string[]> {
  const stored = new Map(weights.map((weight) => [weight.name, weight]));
  const constant: string[] = [];
  const dead: string[] = [];
  for (const layer of graph.layers) {
    if (!SUMS.test(layer.type)) continue;
    const [kernel, bias] = kernelAndBias(layer);
    const file = kernel && stored.get(kernel.name);
    const units = kernel?.shape.at(kernel.axis) ?? 0;
    if (!kernel || !file || units < 1) continue;
    step(context, 1, `looking at the weights of ${layer.name}`);
    const inner = kernel.shape.slice(kernel.axis + 1).reduce((a, b) => a * b, 1);
    const found = await scan(file.file, units, inner);
    if (found.count > units && found.least === found.largest) {
      constant.push(`${layer.name} (${Number(found.least.toPrecision(6))})`);
      continue;
    }
    const own = bias && stored.get(bias.name);
    const offsets = own ? (await scan(own.file, units, 1)).most : new Float32Array(units);
    const silent = found.most.filter((most, unit) => most === 0 && offsets[unit] === 0).length;
    if (silent > 0) dead.push(`${layer.name} (${silent} of ${units})`);
  }
  return [
    ...(constant.length > 0
      ? [
          `The weights of ${counted(constant.length, 'layer are', 'layers are')} all the same number, so that the units of each say the same: ${listed(constant)}.`,
        ]
      : []),
    ...(dead.length > 0
      ? [`Units whose weights and bias are all 0 put out 0 whatever the layer is given: ${listed(dead)}.`]
      : []),
  ];
}

interface Kernel {
  readonly name: string;
  readonly shape: readonly number[];
  /** Of units. */
  readonly axis: number;
}

/** Keras has units last; of operators, the record says where they are. */
function kernelAndBias({ weights, units }: Layer): [Kernel | null, Layer['weights'][number] | null] {
  const kernel = weights.find(({ shape }) => shape.length > 1);
  if (!kernel || units === null) return [null, null];
  const axis = kernel.axes ? kernel.axes.indexOf('unit') : kernel.shape.length - 1;
  const bias = weights.find(({ shape }) => shape.length === 1 && shape[0] === units);
  return axis < 0 || kernel.shape[axis] !== units ? [null, null] : [{ ...kernel, axis }, bias ?? null];
}

interface Scan {
  readonly count: number;
  readonly least: number;
  readonly largest: number;
  /** Of each unit, the largest absolute value; NaN counts as a value. */
  readonly most: Float32Array;
}

/** `inner`: numbers that stand together for one unit. */
async function scan(file: string, units: number, inner: number): Promise<Scan> {
  const most = new Float32Array(units);
  const buffer = Buffer.alloc(CHUNK);
  let [count, least, largest] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const handle = await open(file, 'r');
  try {
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, CHUNK, count * 4);
      const values = new Float32Array(buffer.buffer, buffer.byteOffset, Math.floor(bytesRead / 4));
      if (values.length === 0) return { count, least, largest, most };
      let unit = Math.floor(count / inner) % units;
      let left = inner - (count % inner);
      for (const value of values) {
        if (value < least) least = value;
        if (value > largest) largest = value;
        const size = Number.isNaN(value) ? Number.POSITIVE_INFINITY : Math.abs(value);
        if (size > (most[unit] ?? 0)) most[unit] = size;
        left--;
        if (left > 0) continue;
        left = inner;
        unit = unit + 1 === units ? 0 : unit + 1;
      }
      count += values.length;
    }
  } finally {
    await handle.close();
  }
}
