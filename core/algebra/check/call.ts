/** Checks a function: its arguments, its input, and what model and data must be for it. */

import { shapeText } from '../../preprocessing/index.ts';
import type { ResultType } from '../../result/types.ts';
import {
  type ArgumentSpec,
  FUNCTIONS,
  type FunctionSpec,
  type Shapes,
  signature,
} from '../dictionary/functions.ts';
import { checkUnit, findLayer, type Scope } from '../meaning/scope.ts';
import type { CatalogLayer } from '../project/catalog.ts';
import { missingClasses, missingNumbers, missingProbabilities } from '../project/classifier.ts';
import { isPicture } from '../project/features.ts';
import { printModel } from '../syntax/print.ts';
import type { Argument, What } from '../syntax/tree.ts';

type Call = Extract<What, { kind: 'call' }>;

/** The result's type; null where it cannot be told. */
export function checkCall(what: Call, scope: Scope): ResultType | null {
  const { query, problems } = scope;
  const spec = FUNCTIONS[what.name];
  const layers = checkArguments(what, spec, scope);
  const input = checkInput(spec, scope);
  for (const clause of ['target', 'where'] as const) {
    const node = query[clause];
    if (node !== undefined)
      problems.add(
        `${clause === 'target' ? 'for' : 'where'} belongs to attributions (select * or select layer); remove it`,
        node,
      );
  }
  if (input !== 'none') checkNeeds(spec, scope);
  const [layer] = layers;
  if (spec.layerNeeds === 'weights' && layer != null && layer.weights.length === 0)
    problems.add(`${layer.name} (${layer.type}) has no weights${withWeights(scope)}`, what.args[0] ?? what);
  const [first] = spec.args;
  if (first !== undefined && first.kind !== 'number' && !first.optional && layer == null) return null;
  const type = spec.result({ rank: layer?.outputShape.length ?? null, input });
  if (type === null && layer != null)
    problems.add(
      `${layer.name} puts out ${shapeText(layer.outputShape.slice(1))}: ${spec.name}() takes layers with one to three axes`,
      what,
    );
  return type;
}

function withWeights({ model }: Scope): string {
  const names = (model?.model.graph.layers ?? []).filter((l) => l.weights.length > 0).map((l) => l.name);
  return names.length === 0 ? '' : `; layers with weights are ${names.join(', ')}`;
}

const KINDS = {
  layer: 'a layer, such as conv2d_1',
  unit: 'a unit, such as conv2d_1#7',
  'layer or unit': 'a layer or a unit, such as conv2d_1 or conv2d_1#7',
  number: 'a whole number above 0',
} as const satisfies Record<ArgumentSpec['kind'], string>;

/** The layers of the arguments, in order; null for one that does not exist. */
function checkArguments(what: Call, spec: FunctionSpec, { model, problems }: Scope): (CatalogLayer | null)[] {
  const required = spec.args.filter((arg) => arg.default === undefined && !arg.optional).length;
  const { args } = what;
  if (args.length < required || args.length > spec.args.length) {
    const count =
      required === spec.args.length
        ? `${required}`
        : `${required}${spec.args.length - required > 1 ? ' to ' : ' or '}${spec.args.length}`;
    problems.add(
      `${signature(spec)} takes ${count === '0' ? 'no arguments' : `${count} argument${count === '1' ? '' : 's'}`}, found ${args.length}`,
      what,
    );
  }
  const layers: (CatalogLayer | null)[] = [];
  for (const [i, argument] of args.entries()) {
    const wanted = spec.args[i];
    if (wanted === undefined) break;
    if (!fitsKind(argument, wanted)) {
      const most = wanted.max === undefined ? '' : `, at most ${wanted.max}`;
      problems.add(`found ${shown(argument)}, expected ${KINDS[wanted.kind]}${most}`, argument);
      if (argument.kind === 'layer') layers.push(null);
      continue;
    }
    if (argument.kind === 'number' || model === null) continue;
    const layer = findLayer(argument.layer, model.model, problems, argument);
    if (layer !== null && argument.unit !== undefined) checkUnit(layer, argument.unit, problems, argument);
    layers.push(layer);
  }
  return layers;
}

function fitsKind(argument: Argument, { kind, max }: ArgumentSpec): boolean {
  if (argument.kind === 'number')
    return (
      kind === 'number' &&
      Number.isInteger(argument.value) &&
      argument.value > 0 &&
      argument.value <= (max ?? Infinity)
    );
  if (kind === 'number') return false;
  return kind === 'layer or unit' || (argument.unit === undefined) === (kind === 'layer');
}

const shown = (argument: Argument): string =>
  argument.kind === 'number'
    ? String(argument.value)
    : argument.layer + (argument.unit === undefined ? '' : `#${argument.unit}`);

function checkInput(spec: FunctionSpec, { query, problems }: Scope): Shapes['input'] {
  const { input } = query;
  if (input === undefined) {
    if (spec.input !== 'none')
      problems.add(
        spec.input === 'example'
          ? `${spec.name}() needs an example: from f(x), or f(digits.test[42])`
          : `${spec.name}() needs data: from f(data), or f(digits.test)`,
        query.model,
      );
    return 'none';
  }
  const kind =
    input.kind === 'example' || (input.kind === 'name' && input.name !== 'data') ? 'example' : 'data';
  if (spec.input === 'none')
    problems.add(`${spec.name}() takes no input; write from ${printModel(query.model)}`, input);
  else if (spec.input === 'example' && kind === 'data')
    problems.add(
      `${spec.name}() needs one example, found a ${input.kind === 'slice' ? 'slice' : 'split'}; write x, or one such as digits.test[42]`,
      input,
    );
  else if (spec.input === 'data' && kind === 'example')
    problems.add(
      `${spec.name}() needs a split or a slice, found one example; write data, or one such as digits.test`,
      input,
    );
  return kind;
}

function checkNeeds(spec: FunctionSpec, { query, model, data, problems }: Scope): void {
  const node = query.input;
  if (node === undefined || data === null) return;
  const { dataset } = data;
  for (const need of spec.needs) {
    if (need === 'labels' && dataset.classes.length === 0)
      problems.add(`${spec.name}() needs labels, ${dataset.name} has none`, node);
    if (need === 'pictures' && !isPicture(dataset.shape))
      problems.add(
        `${spec.name}() needs pictures, the examples of ${dataset.name} are ${shapeText(dataset.shape)}`,
        node,
      );
    const missingFor = {
      classes: missingClasses,
      probabilities: missingProbabilities,
      numbers: missingNumbers,
    };
    const asks = need === 'classes' || need === 'probabilities' || need === 'numbers';
    const missing = asks && model !== null ? missingFor[need](model.model, dataset) : null;
    if (missing !== null) problems.add(`${spec.name}() ${missing}`, query.model);
  }
}
