/** The layers of the model asked about. */
import { printName } from '../../address/names.ts';
import { shapeText } from '../../preprocessing/index.ts';
import type { Draft } from '../syntax/notes.ts';
import { type EditorContext, modelOf } from './context.ts';
import { type Offer, offer } from './offer.ts';

export function layerOffers(side: Draft, known: EditorContext, behind = ''): Offer[] {
  const layers = modelOf(side, known)?.graph.layers ?? [];
  return layers.map(({ name, type, outputShape }) =>
    offer('layer', name, `${type} ${shapeText(outputShape.slice(1))}`, printName(name) + behind),
  );
}
