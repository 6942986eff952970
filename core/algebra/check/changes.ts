/** Checks what-if changes: the units and weights that they name, their numbers, and whether they would change anything. */

import { FUNCTIONS } from '../dictionary/functions.ts';
import { suggestion } from '../dictionary/nearest.ts';
import { checkUnit, findLayer, type Scope } from '../meaning/scope.ts';
import { missingProbabilities } from '../project/classifier.ts';
import type { Change } from '../syntax/tree.ts';
import { checkRegion } from './region.ts';

/** Steps of pgd at most: more of them change nothing that can be seen. */
const MOST_STEPS = 1000;

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

const changesInput = ({ kind }: Change): boolean =>
  kind === 'noise' || kind === 'fgsm' || kind === 'pgd' || kind === 'patch';

function checkChange(change: Change, scope: Scope): void {
  const { problems } = scope;
  const atLeast = (value: number, least: number, name: string): void => {
    if (value < least) problems.add(`found ${value}, expected ${name} of at least ${least}`, change);
  };
  switch (change.kind) {
    case 'ablate':
    case 'clamp':
    case 'scale':
      checkUnitChange(change, scope);
      return;
    case 'set':
      checkWeight(change, scope);
      return;
    case 'noise':
      atLeast(change.sd, 0, 'a standard deviation');
      return;
    case 'fgsm':
      atLeast(change.epsilon, 0, 'an epsilon');
      checkAttack(change, scope);
      return;
    case 'pgd':
      atLeast(change.epsilon, 0, 'an epsilon');
      if (change.steps < 1 || change.steps > MOST_STEPS)
        problems.add(`found ${change.steps} steps, expected 1 to ${MOST_STEPS}`, change);
      checkAttack(change, scope);
      return;
    case 'patch':
      checkRegion(change.region, 'patch', change, scope);
      return;
  }
}

function checkUnitChange(
  change: Extract<Change, { kind: 'ablate' | 'clamp' | 'scale' }>,
  { model, problems }: Scope,
): void {
  const layer = model && findLayer(change.layer, model.model, problems, change);
  if (!layer) return;
  if (model.model.graph.inputs.includes(layer.name))
    problems.add(
      `${layer.name} is the input, ${change.kind} acts on units of later layers; change the input by patch, noise, fgsm or pgd`,
      change,
    );
  else checkUnit(layer, change.unit, problems, change);
}

/** fgsm and pgd climb the loss of a class. */
function checkAttack(
  change: Extract<Change, { kind: 'fgsm' | 'pgd' }>,
  { model, data, problems }: Scope,
): void {
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

function checkWeight(change: Extract<Change, { kind: 'set' }>, { model, problems }: Scope): void {
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
