/** Where the largest number of each window lies: no tensor operation of TensorFlow.js tells it on every backend. */
import type { Windows } from './windows.ts';

/**
 * Of values (n, c, ...places), for each window the index of its largest number (the first of equal ones) in them;
 * `columnMajor`: as if the last axis were the slowest within a channel.
 */
export function placesOfLargest(
  values: ArrayLike<number>,
  rows: number,
  windows: readonly Windows[],
  columnMajor: boolean,
): Int32Array {
  const whole = windows.reduce((product, { size }) => product * size, 1);
  const strides = windows.map((_, axis) => windows.slice(axis + 1).reduce((p, { size }) => p * size, 1));
  const turned = windows.map((_, axis) => windows.slice(0, axis).reduce((p, { size }) => p * size, 1));
  // Of each window the offsets of its members within a channel, once for all channels.
  const offsets = windows.reduce<number[][]>(
    (all, one, axis) =>
      all.flatMap((before) =>
        Array.from({ length: one.places }, (_, place) => {
          const first = place * one.stride - one.before;
          const along: number[] = [];
          for (let k = 0; k < one.kernel; k++) {
            const at = first + k * one.dilation;
            if (at >= 0 && at < one.size) along.push(at * (strides[axis] ?? 1));
          }
          return before.flatMap((offset) => along.map((at) => offset + at));
        }),
      ),
    [[0]],
  );
  const found = new Int32Array(rows * offsets.length);
  for (let row = 0; row < rows; row++)
    offsets.forEach((inside, window) => {
      let best = inside[0] ?? 0;
      for (const offset of inside) {
        const value = values[row * whole + offset]!;
        const most = values[row * whole + best]!;
        if (value > most || (Number.isNaN(value) && !Number.isNaN(most))) best = offset;
      }
      const place = columnMajor ? turnedPlace(best, strides, turned) : best;
      found[row * offsets.length + window] = row * whole + place;
    });
  return found;
}

function turnedPlace(offset: number, strides: readonly number[], turned: readonly number[]): number {
  let [rest, place] = [offset, 0];
  strides.forEach((stride, axis) => {
    place += Math.floor(rest / stride) * (turned[axis] ?? 1);
    rest %= stride;
  });
  return place;
}
