/** Checks `select *` and `select layer`: layer, target, region and what-if changes. */
import type { ResultType } from '../result/types.ts';
import { checkUnit, findLayer, type Scope } from './scope.ts';
import type { Region, What } from './types.ts';

/** No type of result holds an attribution yet, so that the answer is null. */
export function checkAttribution(what: Exclude<What, { kind: 'call' }>, scope: Scope): ResultType | null {
  const { query, model, data, problems } = scope;
  if (what.kind === 'layer') checkPlace(what.layer, what.unit, what, scope);
  const { input, target } = query;
  if (input === undefined)
    problems.add('attribution needs an example: from f(x), or f(digits.test[42])', query.model);
  else if (input.kind === 'dataset' || input.kind === 'slice')
    problems.add('attribution needs one example; write x, or one such as digits.test[42]', input);
  if (target?.kind === 'unit') checkPlace(target.layer, target.unit, target, scope);
  if (target?.kind === 'class' || target?.kind === 'logit') {
    const graph = model?.model.graph;
    const count = graph?.layers.find((l) => l.name === graph.outputs[0])?.units ?? null;
    if (count !== null && target.index >= count)
      problems.add(
        `no ${target.kind} ${target.index} of ${model?.model.name}; it has ${count}: 0 to ${count - 1}`,
        target,
      );
  }
  if (target?.kind === 'loss' && data !== null && data.dataset.classes.length === 0)
    problems.add(`the loss needs labels, ${data.dataset.name} has none`, target);
  if (query.where !== undefined) checkRegion(query.where, scope);
  return null;
}

/** A layer, or a unit of it, of the query's model. */
function checkPlace(layer: string, unit: number | undefined, node: object, { model, problems }: Scope): void {
  if (model === null) return;
  const found = findLayer(layer, model.model, problems, node);
  if (found !== null && unit !== undefined) checkUnit(found, unit, problems, node);
}

function checkRegion(region: Region, { model, problems }: Scope): void {
  const numbers = region.filter((value) => typeof value === 'number');
  const name = region.find((value) => typeof value === 'string');
  if (name !== undefined) {
    problems.add(`${name} is not bound; write a number of pixels`, region);
    return;
  }
  const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = numbers;
  if (x1 >= x2 || y1 >= y2)
    problems.add(
      `found [${region.join(', ')}], expected [x1, y1, x2, y2] with x1 below x2 and y1 below y2`,
      region,
    );
  const shape = model?.model.inputs[0]?.shape ?? [];
  const [, height, width] = shape;
  if (shape.length !== 4) return;
  if (Math.min(x1, y1) < 0 || (width != null && x2 > width) || (height != null && y2 > height))
    problems.add(
      `found [${region.join(', ')}], expected a region within [0, 0, ${width ?? '?'}, ${height ?? '?'}]`,
      region,
    );
}
