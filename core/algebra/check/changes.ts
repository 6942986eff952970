/** Checks what-if changes: the units and weights that they name, their numbers, and whether they would change anything. */

import {
  CHANGE_NAMES,
  type Change,
  type ChangeArgument,
  changeRow,
  numberOf,
} from '../dictionary/changes.ts';
import { FUNCTIONS } from '../dictionary/functions.ts';
import { suggestion } from '../dictionary/nearest.ts';
import { either } from '../dictionary/values.ts';
import { checkUnit, findLayer, type Scope } from '../meaning/scope.ts';
import { missingProbabilities } from '../project/classifier.ts';
import { checkRegion } from './region.ts';

export function checkChanges(scope: Scope): void {
  const { query, problems } = scope;
  const [first] = query.changes ?? [];
  if (first === undefined) return;
  const { what } = query;
  const open = what.kind === 'call' ? FUNCTIONS[what.name].changes : 'any';
  if (what.kind === 'call' && (open === 'none' || (open === 'input' && !query.changes?.some(changesInput))))
    problems.add(
      `${what.name}() is the same with and without changes (with ...); remove ${first.kind}()`,
      first,
    );
  else if (query.input === undefined)
    problems.add('a change needs an input that it acts on: from f(x)', first);
  for (const change of query.changes ?? []) checkChange(change, scope);
}

const changesInput = ({ kind }: Change): boolean => changeRow(kind).acts === 'input';

function checkChange(change: Change, scope: Scope): void {
  const { args, climbs } = changeRow(change.kind);
  for (const argument of args) {
    if (argument.kind === 'unit' && 'unit' in change) checkUnitChange(change, scope);
    else if (argument.kind === 'layer' && 'layer' in change) checkWeights(change, scope);
    else if (argument.kind === 'weight' && 'tensor' in change) checkWeight(change, scope);
    else if (argument.kind === 'region' && 'region' in change)
      checkRegion(change.region, change.kind, change, scope);
    else if ('field' in argument) checkNumber(numberOf(change, argument.field), argument, change, scope);
  }
  if (climbs) checkAttack(change, scope);
}

function checkNumber(
  value: number,
  { field, one, min, max }: Extract<ChangeArgument, { readonly field: string }>,
  change: Change,
  { problems }: Scope,
): void {
  if (max !== undefined && (value > max || value < (min ?? -Infinity)))
    problems.add(`found ${value} ${field}, expected ${min} to ${max}`, change);
  else if (min !== undefined && value < min)
    problems.add(`found ${value}, expected ${one ?? field} of at least ${min}`, change);
}

function checkUnitChange(
  change: Extract<Change, { readonly unit: number }>,
  { model, problems }: Scope,
): void {
  const layer = model && findLayer(change.layer, model.model, problems, change);
  if (!layer) return;
  if (model.model.graph.inputs.includes(layer.name))
    problems.add(
      `${layer.name} is the input, ${change.kind} acts on units of later layers; change the input by ${INPUT_CHANGES}`,
      change,
    );
  else checkUnit(layer, change.unit, problems, change);
}

const INPUT_CHANGES = either(CHANGE_NAMES.filter((name) => changeRow(name).acts === 'input'));

/** What climbs the loss of a class needs a gradient, and that loss. */
function checkAttack(change: Change, { model, data, problems }: Scope): void {
  if (model === null) return;
  const { name, gradients } = model.model;
  if (gradients === false)
    problems.add(
      `${change.kind} needs a gradient, and ${name} is of a format without one; use noise`,
      change,
    );
  const missing = data === null ? null : missingProbabilities(model.model, data.dataset);
  if (missing !== null) problems.add(`${change.kind} ${missing}; use noise or patch`, change);
}

/** A layer is named for its weights: units are changed one by one. */
function checkWeights(change: Extract<Change, { readonly layer: string }>, { model, problems }: Scope): void {
  const layer = model && findLayer(change.layer, model.model, problems, change);
  if (layer?.weights.length === 0)
    problems.add(`${layer.name} has no weights, which ${change.kind} acts on`, change);
}

function checkWeight(change: Extract<Change, { readonly tensor: string }>, { model, problems }: Scope): void {
  const layer = model && findLayer(change.layer, model.model, problems, change);
  if (!layer) return;
  // Some formats write the layer before the weight's name.
  const names = layer.weights.map((w) => w.name.slice(w.name.lastIndexOf('/') + 1));
  const shape = layer.weights[names.indexOf(change.tensor)]?.shape;
  if (shape === undefined) {
    const hint = names.length === 0 ? '; it has none' : suggestion(change.tensor, names, 'it has');
    problems.add(`no weight ${change.tensor} in ${layer.name}${hint}`, change);
  } else if (change.index.length !== shape.length || change.index.some((at, i) => at >= (shape[i] ?? 0)))
    problems.add(
      `found [${change.index.join(',')}], expected ${shape.length} indices below [${shape.join(',')}] in ${layer.name}.${change.tensor}`,
      change,
    );
}
