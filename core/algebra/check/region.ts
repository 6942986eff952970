/** Checks windows of pictures: `where [x1, y1, x2, y2]` and `patch([x1, y1, x2, y2], v)`. */

import { shapeText } from '../../preprocessing/index.ts';
import type { Region } from '../dictionary/values.ts';
import type { Scope } from '../meaning/scope.ts';
import { isPicture, pictureOf } from '../project/features.ts';

/** Whole pixels within the picture, with something between them. `asked` begins the sentence where there is no picture. */
export function checkRegion(region: Region, asked: string, node: object, { data, problems }: Scope): void {
  const name = region.find((value) => typeof value === 'string');
  if (name !== undefined) {
    problems.add(`${name} is not bound; write a number of pixels`, node);
    return;
  }
  const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = region.filter((value) => typeof value === 'number');
  const found = `found [${region.join(', ')}], expected`;
  if (![x1, y1, x2, y2].every(Number.isInteger)) {
    problems.add(`${found} whole numbers of pixels`, node);
    return;
  }
  if (x1 >= x2 || y1 >= y2) problems.add(`${found} [x1, y1, x2, y2] with x1 below x2 and y1 below y2`, node);
  if (data === null) return;
  const picture = pictureOf(data.dataset.shape);
  if (picture === null || !isPicture(data.dataset.shape))
    problems.add(
      `${asked} needs pictures, the examples of ${data.dataset.name} are ${shapeText(data.dataset.shape)}`,
      node,
    );
  else if (x1 < 0 || y1 < 0 || x2 > picture.width || y2 > picture.height)
    problems.add(`${found} a region within [0, 0, ${picture.width}, ${picture.height}]`, node);
}
