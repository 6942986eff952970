/** What an attribution attributes to: the features of the input, or of a layer's output. */

import type { Region } from '../dictionary/values.ts';
import type { Query } from '../syntax/tree.ts';
import type { CatalogDataset, CatalogModel } from './catalog.ts';

export interface Features {
  readonly place: 'input' | 'layer' | 'unit';
  /** Shape of the answer for one example, cropped by `where` at the input; null: not known before running. */
  readonly shape: readonly (number | null)[];
  /** Features that take part: all units of the layer, also where one of them is asked for. */
  readonly players: number;
}

/** Height, width and channels of one example; null for data that is no picture. */
export function pictureOf(
  shape: readonly number[],
): { height: number; width: number; channels: number } | null {
  const [height, width, channels = 1] = shape;
  if (height === undefined || width === undefined || shape.length > 3) return null;
  return { height, width, channels };
}

/** True for what can be seen: grey, RGB or RGBA. */
export const isPicture = (shape: readonly number[]): boolean =>
  shape.length === 2 || (shape.length === 3 && [1, 3, 4].includes(shape[2] ?? 0));

/** Null where the layer does not exist. */
export function featuresOf(
  { what, where }: Pick<Query, 'what' | 'where'>,
  model: CatalogModel,
  dataset: CatalogDataset,
): Features | null {
  if (what.kind === 'call') return null;
  if (what.kind === 'identity') {
    const shape = where === undefined ? dataset.shape : cropped(dataset.shape, where);
    return { place: 'input', shape, players: count(shape) };
  }
  const layer = model.graph.layers.find((l) => l.name === what.layer);
  if (layer === undefined) return null;
  const whole = layer.outputShape.slice(1);
  const shape = what.unit === undefined ? whole : whole.length > 1 ? whole.slice(0, -1) : [1];
  return { place: what.unit === undefined ? 'layer' : 'unit', shape, players: count(whole) };
}

function cropped(shape: readonly number[], region: Region): number[] {
  const [x1, y1, x2, y2] = region.map((value) => (typeof value === 'number' ? value : 0));
  if (x1 === undefined || y1 === undefined || x2 === undefined || y2 === undefined) return [...shape];
  return [y2 - y1, x2 - x1, ...shape.slice(2)];
}

/** Sizes that are not known count as one. */
export const count = (shape: readonly (number | null)[]): number =>
  shape.reduce<number>((a, b) => a * (b ?? 1), 1);
