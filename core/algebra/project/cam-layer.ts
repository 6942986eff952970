/** Which layer Grad-CAM looks at, told from the graph alone. */

import type { Target } from '../syntax/tree.ts';
import type { CatalogModel } from './catalog.ts';
import { reaches } from './reaches.ts';

/** Layers that hand maps on without looking at them anew. */
export const PASS_THROUGH = /Pool|UpSampl|Upsample|Pad|Crop|Dropout|Resiz|Rescaling|InputLayer|Identity|Cast/;

/** The last layer of feature maps before the target that is more than pooling or the like; null where there is none. */
export function camLayer(model: CatalogModel, target: Target | undefined): string | null {
  const { layers, inputs } = model.graph;
  const found = layers.filter(
    (l) =>
      (l.maps ?? l.outputShape.length === 4) &&
      !inputs.includes(l.name) &&
      !PASS_THROUGH.test(l.type) &&
      (target?.kind !== 'unit' || reaches(model, l.name, target.layer)),
  );
  return found.at(-1)?.name ?? null;
}
