/** Pictures as they are drawn: values from 0 to 1, whatever the file stores and the model is given. */
import { type DisplayRange, displayRange } from '../../../core/preprocessing/index.ts';
import { countNonFinite } from '../numerics/non-finite.ts';
import { type Examples, pictureShape, rowsOf, shownWidth, widthOf } from './examples.ts';

export interface DisplayedPictures {
  /** Height, width and channels. */
  readonly shape: readonly [number, number, number];
  /** (examples, height, width, channels), flat. */
  readonly pixels: Float32Array;
  readonly warnings: readonly string[];
}

/** The examples from..to; null for data that are no pictures. NaN is drawn as 0, and said. */
export function shownPictures(examples: Examples, from: number, to: number): DisplayedPictures | null {
  const shape = pictureShape(examples.split.dataset);
  if (!shape) return null;
  const pixels = shownRows(examples, from, to);
  asStored(pixels, examples);
  const { range, warnings } = rangeFor(examples);
  const [low, high] = range;
  const broken = countNonFinite(pixels);
  for (let i = 0; i < pixels.length; i++) {
    const value = pixels[i]!;
    pixels[i] = Number.isNaN(value) ? 0 : Math.min(1, Math.max(0, (value - low) / (high - low)));
  }
  return {
    shape,
    pixels,
    warnings: broken
      ? [...warnings, `The pictures hold ${broken}; what is no number is drawn like the least value.`]
      : warnings,
  };
}

/** What answers show of each example, as the model is given it: of several inputs the first. */
export function shownRows(examples: Examples, from: number, to: number): Float32Array {
  const rows = rowsOf(examples, from, to);
  const [shown, width] = [shownWidth(examples.split), widthOf(examples.split)];
  if (shown === width) return rows;
  const out = new Float32Array((to - from) * shown);
  for (let i = 0; i < to - from; i++) out.set(rows.subarray(i * width, i * width + shown), i * shown);
  return out;
}

/** From what the model is given back to what the file stores, in place: what is declared of a data set is declared of that. */
function asStored(rows: Float32Array, { split }: Examples): void {
  const { subtract, divide } = split.given;
  const width = shownWidth(split);
  for (let i = 0; i < rows.length; i++) {
    const j = i % width;
    rows[i] = rows[i]! * divide[j]! + subtract[j]!;
  }
}

/** A value that went through a float32 and back is not outside. */
const ROUNDING = 1e-5;

/**
 * The data set's range, widened to what is there: changed inputs may lie outside of it, and of data sets imported by
 * earlier versions nothing is declared.
 */
export function rangeFor(examples: Examples): DisplayRange {
  const { dataset } = examples.split;
  const declared = displayRange(dataset);
  const [from, to] = declared.range;
  const [low, high] = !examples.values && dataset.range ? dataset.range : extremesOf(examples);
  const slack = ROUNDING * (to - from);
  if (low >= from - slack && high <= to + slack) return declared;
  return {
    range: [Math.min(from, low), Math.max(to, high)],
    warnings: [`Values lie outside of ${from} to ${to}: the pictures were stretched to fit.`],
  };
}

/** Least and greatest finite value of the examples; changed inputs are taken back to what would be stored for them. */
function extremesOf({ split, indices, values }: Examples): [number, number] {
  const size = widthOf(split);
  const shown = shownWidth(split);
  const { subtract, divide } = split.given;
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < indices.length; i++)
    for (let j = 0; j < shown; j++) {
      const value = values
        ? values[i * size + j]! * divide[j]! + subtract[j]!
        : split.x[indices[i]! * shown + j]!;
      if (!Number.isFinite(value)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  return [low, high];
}
