/** What an absent feature is: inputs to compare an example with. */
import { parseAddress } from '../../../../core/address/index.ts';
import type { ParameterValue } from '../../../../core/algebra/index.ts';
import { UserError } from '../../../../core/errors/index.ts';
import { type Examples, pictureShape, rowsOf, type Split, widthOf } from '../../data/examples.ts';
import { storedNumber } from '../../data/given.ts';

/** Baseline inputs of all the examples, (n, ...shape) flat, in the model's units. `split` loads one of the same data set. */
export async function baselineRows(
  baseline: ParameterValue,
  examples: Examples,
  split: (name: string) => Promise<Split>,
): Promise<Float32Array> {
  const n = examples.indices.length;
  const width = widthOf(examples.split);
  if (typeof baseline === 'number')
    return keepConstants(new Float32Array(n * width).fill(baseline), examples);
  if (baseline === 'zero') return keepConstants(new Float32Array(n * width), examples);
  if (baseline === 'blurred') return blurred(examples);
  const row =
    baseline === 'mean' ? meanRow(examples.split) : await exampleRow(String(baseline), examples, split);
  const rows = new Float32Array(n * width);
  for (let i = 0; i < n; i++) rows.set(row, i * width);
  return rows;
}

/** What is the same for every example is no feature of any: it stays, whatever is absent. In place. */
function keepConstants(rows: Float32Array, { split }: Examples): Float32Array {
  const size = widthOf(split);
  for (const { offset, constant } of split.given.parts)
    if (constant) for (let at = offset; at < rows.length; at += size) rows.set(constant, at);
  return rows;
}

/** Mean of each feature over the whole split. */
function meanRow(split: Split): Float32Array {
  const width = widthOf(split);
  const sums = new Float64Array(width);
  const { given } = split;
  for (let j = 0; j < width; j++) {
    const part = given.parts.find(({ offset, width: own }) => j >= offset && j < offset + own);
    for (let i = 0; i < split.size; i++)
      sums[j]! += part?.constant ? part.constant[j - part.offset]! : storedNumber(given, i, j);
  }
  return Float32Array.from(sums, (sum, j) => (sum / split.size - given.subtract[j]!) / given.divide[j]!);
}

async function exampleRow(
  text: string,
  examples: Examples,
  split: (name: string) => Promise<Split>,
): Promise<Float32Array> {
  const address = parseAddress(text, 'data');
  if (address.kind !== 'example')
    throw new UserError('invalid', `the baseline ${text} is no example; write one such as digits.test[3]`);
  const found = await split(address.split);
  if (address.index >= found.size)
    throw new UserError(
      'invalid',
      `no example ${address.index} in ${address.split} for the baseline: it has ${found.size}, from 0 to ${found.size - 1}`,
    );
  const one = { split: found, indices: Int32Array.of(address.index), address: text, single: true };
  return rowsOf({ ...examples, ...one, values: undefined }, 0, 1);
}

/** Standard deviation of the blur, as a share of the longer side: an eighth. Details go, the broad shape stays. */
const BLUR = 1 / 8;

/** Each picture, channel by channel, under a Gaussian cut off at three standard deviations; edges are repeated. */
function blurred(examples: Examples): Float32Array {
  const shape = pictureShape(examples.split.dataset);
  if (!shape)
    throw new UserError(
      'invalid',
      `a blurred baseline needs pictures; an example here has the shape [${examples.split.dataset.shape.join(', ')}]. Use mean, or a number.`,
    );
  const [height, width, channels] = shape;
  const weights = gaussian(Math.max(height, width) * BLUR);
  const n = examples.indices.length;
  const rows = rowsOf(examples, 0, n);
  const size = height * width * channels;
  const step = widthOf(examples.split);
  for (let i = 0; i < n; i++) {
    const picture = Float64Array.from(rows.subarray(i * step, i * step + size));
    const across = alongAxis(picture, weights, height, width, channels, width * channels);
    rows.set(alongAxis(across, weights, width, height, width * channels, channels), i * step);
  }
  return rows;
}

function gaussian(sigma: number): Float64Array {
  const reach = Math.max(1, Math.ceil(3 * sigma));
  const weights = Float64Array.from({ length: 2 * reach + 1 }, (_, k) =>
    Math.exp(-((k - reach) ** 2) / (2 * sigma ** 2)),
  );
  const total = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / total);
}

/** Convolves `lines` lines of `length` places, `step` numbers apart; lines and the numbers within a place begin `next` apart. */
function alongAxis(
  values: Float64Array,
  weights: Float64Array,
  lines: number,
  length: number,
  step: number,
  next: number,
): Float64Array {
  const reach = (weights.length - 1) / 2;
  const out = new Float64Array(values.length);
  // Numbers side by side that belong to the same place along the axis.
  const inner = Math.min(step, next);
  for (let line = 0; line < lines; line++)
    for (let at = 0; at < length; at++)
      for (let c = 0; c < inner; c++) {
        let sum = 0;
        for (let k = -reach; k <= reach; k++) {
          const from = Math.min(length - 1, Math.max(0, at + k));
          sum += weights[k + reach]! * values[line * next + from * step + c]!;
        }
        out[line * next + at * step + c] = sum;
      }
  return out;
}
