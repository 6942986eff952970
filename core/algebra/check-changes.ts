/** Checks what-if changes: the units and weights that they name, and their numbers. */
import { suggestion } from './nearest.ts';
import { checkUnit, findLayer, type Scope } from './scope.ts';
import type { Change } from './types.ts';

export function checkChanges(scope: Scope): void {
  const { query, problems } = scope;
  for (const change of query.changes ?? []) {
    if (query.input === undefined) problems.add('a change needs an input that it acts on: from f(x)', change);
    checkChange(change, scope);
  }
}

function checkChange(change: Change, scope: Scope): void {
  const { model, problems } = scope;
  const atLeast = (value: number, least: number, name: string): void => {
    if (value < least) problems.add(`found ${value}, expected ${name} of at least ${least}`, change);
  };
  switch (change.kind) {
    case 'ablate':
    case 'clamp':
    case 'scale': {
      const layer = model && findLayer(change.layer, model.model, problems, change);
      if (layer) checkUnit(layer, change.unit, problems, change);
      return;
    }
    case 'set':
      checkWeight(change, scope);
      return;
    case 'noise':
      atLeast(change.sd, 0, 'a standard deviation');
      return;
    case 'fgsm':
      atLeast(change.epsilon, 0, 'an epsilon');
      return;
    case 'pgd':
      atLeast(change.epsilon, 0, 'an epsilon');
      atLeast(change.steps, 1, 'a number of steps');
      return;
    case 'patch':
      if (change.region.some((value) => typeof value === 'string'))
        problems.add(`found [${change.region.join(', ')}], expected four numbers of pixels`, change);
      return;
  }
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
