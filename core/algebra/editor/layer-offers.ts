/** The layers of the model asked about, and groups of them that stand for one. */
import { printName } from '../../address/names.ts';
import { shapeText } from '../../preprocessing/index.ts';
import { layerNamed } from '../project/catalog.ts';
import { groupsOf } from '../project/groups.ts';
import type { Draft } from '../syntax/notes.ts';
import { type EditorContext, modelOf } from './context.ts';
import { type Offer, offer } from './offer.ts';

export function layerOffers(side: Draft, known: EditorContext, behind = ''): Offer[] {
  const model = modelOf(side, known);
  if (model === null) return [];
  const own = model.graph.layers.map(({ name, type, outputShape }) =>
    offer('layer', name, `${type} ${shapeText(outputShape.slice(1))}`, printName(name) + behind),
  );
  const groups = [...groupsOf(model.graph).values()].flatMap(({ name, layers, outputs }) => {
    const [output, ...more] = outputs;
    const layer = output !== undefined && more.length === 0 ? layerNamed(model, output) : undefined;
    if (layer === undefined || layers.length < 2) return [];
    const about = `group of ${layers.length} layers ${shapeText(layer.outputShape.slice(1))}`;
    return [offer('layer', name, about, printName(name) + behind)];
  });
  return [...own, ...groups];
}
