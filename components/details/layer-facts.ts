import type { Address } from '@/core/address/index.ts';
import { type Group, groupsOf, layerMeant, layerNamed } from '@/core/algebra/index.ts';
import type { Model } from '@/core/api/index.ts';
import { formatCount, formatShape } from '../ui/format.ts';
import type { Fact } from './facts.tsx';

/** What the architecture says about a place in a model. */
export function layerFacts(address: Address, model: Model | null): Fact[] {
  if (!model) return [['Note', 'This model is not in the project any more.']];
  if (!('layer' in address))
    return [
      ['Parameters', formatCount(model.graph.params)],
      ['Layers', formatCount(model.graph.layers.length)],
      ['Checkpoints', formatCount(model.checkpoints.length)],
      ['Format', model.format],
    ];
  const layer = layerNamed(model, address.layer);
  const group = layer ? undefined : groupsOf(model.graph).get(address.layer);
  if (group) return groupFacts(group, model);
  if (!layer) return [['Note', `There is no such layer in ${model.name} any more.`]];
  const from = model.graph.edges.filter((e) => e.to === layer.name).map((e) => e.from);
  const to = model.graph.edges.filter((e) => e.from === layer.name).map((e) => e.to);
  return [
    ['Type', layer.type],
    ['Output', formatShape(layer.outputShape.slice(1))],
    ['Units', layer.units === null ? null : formatCount(layer.units)],
    ['Parameters', formatCount(layer.params)],
    ['Trainable', layer.trainableParams === layer.params ? null : formatCount(layer.trainableParams)],
    ['Activation', layer.activation ?? null],
    ['Weights', layer.weights.map((w) => `${w.name} ${formatShape(w.shape)}`).join(', ')],
    ['After', from.join(', ')],
    ['Before', to.join(', ')],
  ];
}

/** Of a group of layers: what it holds and what leads into and out of it. */
function groupFacts({ name, layers, inputs, outputs, params }: Group, model: Model): Fact[] {
  const output = layerMeant(model, name);
  return [
    ['Type', 'Group of layers'],
    ['Layers', formatCount(layers.length)],
    ['Parameters', formatCount(params)],
    ['Output', output ? `${output.name} ${formatShape(output.outputShape.slice(1))}` : outputs.join(', ')],
    ['Units', output?.units == null ? null : formatCount(output.units)],
    ['After', inputs.join(', ')],
  ];
}
