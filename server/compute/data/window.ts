/** Windows of pictures: `[x1, y1, x2, y2]` in pixels, x2 and y2 exclusive. */
import type { Region } from '../../../core/algebra/index.ts';
import { UserError } from '../../../core/errors/index.ts';
import { type Examples, pictureShape } from './examples.ts';

/** Flat indices of the window's numbers within an example, in order. `clause` is how it was asked for: "where". */
export function windowOf(region: Region, examples: Examples, clause: string): Int32Array {
  const { dataset } = examples.split;
  const shape = pictureShape(dataset);
  if (!shape)
    throw new UserError(
      'invalid',
      `${clause} [...] needs pictures; an example here has the shape [${dataset.shape.join(', ')}]`,
    );
  const [height, width, channels] = shape;
  const [x1 = Number.NaN, y1 = Number.NaN, x2 = Number.NaN, y2 = Number.NaN] = region.map(Number);
  const whole = [x1, y1, x2, y2].every(Number.isInteger);
  if (!whole || x1 < 0 || y1 < 0 || x2 > width || y2 > height || x1 >= x2 || y1 >= y2)
    throw new UserError(
      'invalid',
      `found ${clause} [${region.join(', ')}], expected a window of whole pixels within [0, 0, ${width}, ${height}]`,
    );
  const out: number[] = [];
  for (let y = y1; y < y2; y++)
    for (let x = x1; x < x2; x++) for (let c = 0; c < channels; c++) out.push((y * width + x) * channels + c);
  return Int32Array.from(out);
}
