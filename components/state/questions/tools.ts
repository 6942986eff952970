/**
 * The toolbox: each tool writes a query about the place that it is applied to. A tool that does not fit a place says why;
 * the interface greys it out with that sentence.
 */
import { printAddress } from '@/core/address/index.ts';
import { FUNCTIONS, type FunctionName, type FunctionSpec, layerMeant } from '@/core/algebra/index.ts';
import type { Dataset, Model } from '@/core/api/index.ts';
import type { Names } from '@/core/board/index.ts';
import { modelOf, readAddress } from '../project/addresses.ts';
import { findModel } from '../project/project.ts';
import { problems } from './query-text.ts';
import { functionQuery, type ToolContext, WRITE } from './tool-queries.ts';

export const TOOL_GROUPS = ['Look', 'Attribute', 'Compare', 'What if'] as const;
export type ToolGroup = (typeof TOOL_GROUPS)[number];

type Need = 'example' | 'two examples' | 'data' | 'metrics' | 'weights' | 'checkpoints' | 'another model';

export interface Tool {
  readonly id: ToolId;
  readonly label: string;
  /** What it shows, in one sentence. */
  readonly hint: string;
  readonly group: ToolGroup;
  /** Level of the places that it is applied to; 'part': a layer as a whole, or one unit of it. */
  readonly level: 'model' | 'layer' | 'part' | 'unit';
  readonly needs: readonly Need[];
}
/** Of a function, or one of those that ask more. */
export type ToolId = FunctionName | keyof typeof WRITE;

const tool = (
  group: ToolGroup,
  level: Tool['level'],
  id: ToolId,
  label: string,
  hint: string,
  ...needs: readonly Need[]
): Tool => ({ id, label, hint, group, level, needs });

const LEVELS = { layer: 'layer', 'layer or unit': 'part', unit: 'unit', number: 'model' } as const;

/** As the function's row says; none where no tool asks it. */
function toolOf({ name, noun, summary, args, input, needs, layerNeeds, tool: row }: FunctionSpec): Tool[] {
  if (row === null) return [];
  const [first] = args;
  const asks = input === 'either' ? (row.asks ?? 'data') : input;
  return [
    tool(
      row.compares ? 'Compare' : 'Look',
      first === undefined || first.optional ? 'model' : row.wholeLayer ? 'layer' : LEVELS[first.kind],
      name,
      row.label ?? noun.charAt(0).toUpperCase() + noun.slice(1),
      row.hint ?? summary,
      ...(asks === 'none' ? [] : [asks]),
      ...(needs.includes('run') ? (['metrics'] as const) : []),
      ...(layerNeeds === undefined ? [] : [layerNeeds]),
    ),
  ];
}
const ASKED = Object.values(FUNCTIONS).flatMap(toolOf);
const asking = (group: ToolGroup): Tool[] => {
  const own = ASKED.filter((asked) => asked.group === group);
  return [...own.filter(({ level }) => level === 'model'), ...own.filter(({ level }) => level !== 'model')];
};

export const TOOLS: readonly Tool[] = [
  ...asking('Look'),
  tool(
    'Attribute',
    'model',
    'attribute',
    'Input features',
    'What of the input the prediction rests on.',
    'example',
  ),
  tool(
    'Attribute',
    'part',
    'attribute-part',
    'Layer or unit',
    'What of a layer, or of one unit, the prediction rests on.',
    'example',
  ),
  tool(
    'Attribute',
    'model',
    'attribute-slice',
    'Over the slice',
    'What the predictions of the current slice rest on, example by example.',
    'data',
  ),
  ...asking('Compare'),
  tool(
    'Compare',
    'layer',
    'similarity-steps',
    'Steps (CKA)',
    'How a layer changed over the checkpoints.',
    'data',
    'checkpoints',
  ),
  tool(
    'Compare',
    'model',
    'compare-examples',
    'Two examples',
    'Evidence for the first selected example that the second lacks.',
    'two examples',
  ),
  tool(
    'Compare',
    'model',
    'compare-models',
    'Two models',
    'Evidence that this model sees in the example and another does not.',
    'example',
    'another model',
  ),
  tool(
    'What if',
    'unit',
    'ablate',
    'Ablate a unit',
    'The prediction with the unit at zero, beside the one without.',
    'example',
  ),
  tool(
    'What if',
    'model',
    'adversarial',
    'Adversarial',
    'The prediction after a small step against the model.',
    'example',
  ),
];
export const toolById = (id: string | null): Tool | null => TOOLS.find((tool) => tool.id === id) ?? null;

export type Fit = { readonly fits: true } | { readonly fits: false; readonly why: string };
const no = (why: string): Fit => ({ fits: false, why });

/** Why a need is not met; null where it is. */
function missing(
  need: Need,
  model: Model,
  layer: Layer | null,
  models: readonly Model[],
  bindings: Names,
): string | null {
  switch (need) {
    case 'example':
      return bindings.x === null ? 'select an example first' : null;
    case 'two examples':
      return bindings.x === null || bindings["x'"] === null ? 'select two examples first' : null;
    case 'data':
      return bindings.data === null ? 'choose a data set first' : null;
    case 'metrics':
      return model.metrics ? null : 'nothing was logged while this model was trained';
    case 'weights':
      return layer === null || layer.weights.length > 0 ? null : 'this layer has no weights';
    case 'checkpoints':
      return model.checkpoints.length > 1 ? null : 'this model has one checkpoint only';
    case 'another model':
      return otherModel(model, models) ? null : 'no other model here takes the same input';
  }
}
type Layer = Model['graph']['layers'][number];

/** The first other model that can be asked about the same example. */
export function otherModel(model: Model, models: readonly Model[]): Model | null {
  const shapes = (m: Model) => JSON.stringify(m.inputs.map((input) => input.shape));
  return models.find((m) => m.name !== model.name && shapes(m) === shapes(model)) ?? null;
}

/** Whether a tool can be applied to a place. `models`: those of the project. */
export function toolFits(tool: Tool, place: string, models: readonly Model[], bindings: Names): Fit {
  const address = readAddress(place);
  if (!address) return no('this is not an address');
  if (!('model' in address)) return no('it is applied to a part of a model');
  const model = findModel(models, address.model);
  if (!model) return no(`there is no model ${address.model} in this project`);
  const layer = 'layer' in address ? (layerMeant(model, address.layer) ?? null) : null;
  for (const need of tool.needs) {
    const why = missing(need, model, layer, models, bindings);
    if (why !== null) return no(why);
  }
  if (tool.level === 'model') return { fits: true };
  if (address.kind === 'model') return no(tool.level === 'unit' ? 'choose a unit' : 'choose a layer');
  if (!layer) return no(`there is no layer ${address.layer} in ${address.model}`);
  if (tool.level === 'unit' && address.kind !== 'unit') return no('choose a unit');
  if (layer.units === null) return no('this layer has no units');
  if (tool.id === 'units' && layer.units < 3) return no('a neuron space needs at least three units');
  return { fits: true };
}

const isFunction = (id: ToolId): id is FunctionName => Object.hasOwn(FUNCTIONS, id);

/** The query that a tool makes of a place, as canonical text. Call only where it fits. */
export function toolQuery(tool: Tool, place: string, bindings: Names, models: readonly Model[]): string {
  const address = readAddress(place);
  if (!address || !('model' in address)) throw new RangeError(`${tool.id} does not fit ${place}`);
  const model = findModel(models, address.model);
  const context: ToolContext = {
    address,
    whole: tool.level === 'model' || !('layer' in address) ? null : address.layer,
    unit: tool.level !== 'layer' && address.kind === 'unit' ? address.unit : null,
    bound: bindings.f === null ? null : modelOf(bindings.f),
    model,
    other: model === null ? null : otherModel(model, models),
  };
  return isFunction(tool.id) ? functionQuery(tool.id, context) : WRITE[tool.id](context);
}

/** What the algebra has against the query that a tool would write; null where it fits. */
export function toolProblem(
  tool: Tool,
  place: string,
  bindings: Names,
  catalog: { readonly models: readonly Model[]; readonly datasets: readonly Dataset[] },
): string | null {
  const fits = toolFits(tool, place, catalog.models, bindings);
  if (!fits.fits) return fits.why;
  return problems(toolQuery(tool, place, bindings, catalog.models), bindings, catalog)[0]?.message ?? null;
}

/** Where a tool is applied when a place inside the right level was chosen. */
export function placeFor(tool: Tool, place: string): string {
  const address = readAddress(place);
  if (!address || !('model' in address)) return place;
  const step = address.step === undefined ? {} : { step: address.step };
  if (tool.level === 'model') return printAddress({ kind: 'model', model: address.model, ...step });
  if (tool.level === 'layer' && 'layer' in address)
    return printAddress({ kind: 'layer', model: address.model, layer: address.layer, ...step });
  return place;
}
