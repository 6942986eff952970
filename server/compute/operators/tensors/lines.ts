/** Lines of a tensor along an axis, on the host: what sorts, counts and searches works on them. */
import { aroundAxis } from './axes.ts';

/** Visits each line's places in row-major order; `line` counts them in the order of the tensor without the axis. */
export function eachLine(
  shape: readonly number[],
  axis: number,
  visit: (places: Int32Array, line: number) => void,
): void {
  const [outer, size, inner] = aroundAxis(shape, axis);
  const places = new Int32Array(size);
  for (let before = 0; before < outer; before++)
    for (let after = 0; after < inner; after++) {
      for (let i = 0; i < size; i++) places[i] = (before * size + i) * inner + after;
      visit(places, before * inner + after);
    }
}
