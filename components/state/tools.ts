/**
 * The toolbox: each tool writes a query about the place that it is applied to. A tool that does not fit a place says why;
 * the interface greys it out with that sentence.
 */
import { type Address, printAddress } from '@/core/address/index.ts';
import {
  type InputReference,
  type ModelReference,
  print,
  type Query,
  type Using,
  type What,
} from '@/core/algebra/index.ts';
import type { Model } from '@/core/api/index.ts';
import type { Bindings } from '@/core/board/index.ts';
import { modelOf, readAddress } from './addresses.ts';
import { findModel, resolveStep } from './project.ts';

export type ToolId =
  | 'graph'
  | 'metrics'
  | 'predict'
  | 'images'
  | 'confusion'
  | 'activation'
  | 'stats'
  | 'histogram'
  | 'classmeans'
  | 'units'
  | 'examples';

export interface Tool {
  readonly id: ToolId;
  readonly label: string;
  /** What it shows, in one sentence. */
  readonly hint: string;
  /** Level of the places that it is applied to. */
  readonly level: 'model' | 'layer' | 'unit';
}

export const TOOLS: readonly Tool[] = [
  {
    id: 'graph',
    label: 'Architecture',
    hint: 'The layers of the model and how they connect.',
    level: 'model',
  },
  { id: 'metrics', label: 'Training curves', hint: 'What the run logged at each step.', level: 'model' },
  { id: 'confusion', label: 'Confusion', hint: 'True against predicted classes.', level: 'model' },
  { id: 'images', label: 'Examples', hint: 'The examples of the current slice.', level: 'model' },
  { id: 'predict', label: 'Prediction', hint: 'The prediction for the selected example.', level: 'model' },
  {
    id: 'activation',
    label: 'Activations',
    hint: 'What each unit answers to the selected example.',
    level: 'layer',
  },
  {
    id: 'stats',
    label: 'Unit statistics',
    hint: 'Mean, spread and dead share of each unit.',
    level: 'layer',
  },
  { id: 'histogram', label: 'Distribution', hint: 'How the activations are distributed.', level: 'unit' },
  {
    id: 'classmeans',
    label: 'Units by class',
    hint: 'Mean activation of each unit for each class.',
    level: 'layer',
  },
  {
    id: 'units',
    label: 'Neuron space',
    hint: 'Units as points that lie close when they act alike.',
    level: 'layer',
  },
  {
    id: 'examples',
    label: 'Example space',
    hint: 'Examples as points, as the layer sees them.',
    level: 'layer',
  },
];
export const toolById = (id: string | null): Tool | null => TOOLS.find((tool) => tool.id === id) ?? null;

export type Fit = { readonly fits: true } | { readonly fits: false; readonly why: string };
const no = (why: string): Fit => ({ fits: false, why });

/** Whether a tool can be applied to a place. `models`: those of the project. */
export function toolFits(tool: Tool, place: string, models: readonly Model[], bindings: Bindings): Fit {
  const address = readAddress(place);
  if (!address) return no('this is not an address');
  if (!('model' in address)) return no('it is applied to a part of a model');
  const model = findModel(models, address.model);
  if (!model) return no(`there is no model ${address.model} in this project`);
  if (tool.id === 'predict' || tool.id === 'activation') {
    if (bindings.x === null) return no('select an example first');
  } else if (tool.id !== 'graph' && tool.id !== 'metrics' && bindings.data === null)
    return no('choose a data set first');
  if (tool.id === 'metrics' && !model.metrics) return no('nothing was logged while this model was trained');
  if (tool.level === 'model') return { fits: true };
  if (address.kind === 'model') return no('choose a layer');
  const layer = model.graph.layers.find((l) => l.name === address.layer);
  if (!layer) return no(`there is no layer ${address.layer} in ${address.model}`);
  if (layer.units === null) return no('this layer has no units');
  if (tool.id === 'units' && layer.units < 3) return no('a neuron space needs at least three units');
  return { fits: true };
}

/** The query that a tool makes of a place, as canonical text. Call only where it fits. */
export function toolQuery(tool: Tool, place: string, bindings: Bindings, models: readonly Model[]): string {
  const address = readAddress(place);
  if (!address || !('model' in address)) throw new RangeError(`${tool.id} does not fit ${place}`);
  const whole = 'layer' in address ? address.layer : '';
  const call = (withUnit = false): What => ({
    kind: 'call',
    name: tool.id,
    args:
      tool.level === 'model'
        ? []
        : [
            {
              kind: 'layer',
              layer: whole,
              ...(withUnit && address.kind === 'unit' ? { unit: address.unit } : {}),
            },
          ],
  });
  const model = modelReference(address, bindings, models);
  const data: InputReference = { kind: 'name', name: 'data' };
  const x: InputReference = { kind: 'name', name: 'x' };
  const make = (what: What, input?: InputReference, using?: Using, limit?: number): Query => ({
    kind: 'select',
    what,
    model,
    ...(input ? { input } : {}),
    ...(using ? { using } : {}),
    ...(limit === undefined ? {} : { limit }),
  });
  switch (tool.id) {
    case 'graph':
    case 'metrics':
      return print(make(call()));
    case 'predict':
    case 'activation':
      return print(make(call(), x));
    case 'histogram':
      return print(make(call(true), data));
    case 'images':
      return print(make(call(), data, undefined, 100));
    case 'units':
      return print(make(call(), data, { method: 'pca', params: { dims: 3 } }));
    case 'examples':
      return print(make(call(), data, { method: 'umap', params: { dims: 3 } }));
    case 'confusion':
    case 'stats':
    case 'classmeans':
      return print(make(call(), data));
  }
}

/** `f` where the place is in the board's own model, so that the view follows the checkpoint slider; else the address. */
function modelReference(
  address: Extract<Address, { model: string }>,
  bindings: Bindings,
  models: readonly Model[],
): ModelReference {
  const bound = bindings.f === null ? null : modelOf(bindings.f);
  if (bound?.model === address.model) {
    const model = findModel(models, address.model);
    if (!model || address.step === undefined) return { kind: 'name', name: 'f' };
    if (resolveStep(model, address.step) === resolveStep(model, bound.step))
      return { kind: 'name', name: 'f' };
  }
  return {
    kind: 'model',
    model: address.model,
    ...(address.step === undefined ? {} : { step: address.step }),
  };
}

/** Where a tool is applied when a place inside or around the right level was chosen: a unit tool takes layers too. */
export function placeFor(tool: Tool, place: string): string {
  const address = readAddress(place);
  if (!address || !('model' in address)) return place;
  const step = address.step === undefined ? {} : { step: address.step };
  if (tool.level === 'model') return printAddress({ kind: 'model', model: address.model, ...step });
  if (tool.level === 'layer' && 'layer' in address)
    return printAddress({ kind: 'layer', model: address.model, layer: address.layer, ...step });
  return place;
}
