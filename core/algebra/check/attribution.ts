/** Checks `select *` and `select layer`: layer, input, target and window. */

import { shapeText } from '../../preprocessing/index.ts';
import type { ResultType } from '../../result/types.ts';
import { checkUnit, findLayer, type Scope } from '../meaning/scope.ts';
import type { CatalogLayer } from '../project/catalog.ts';
import { missingProbabilities, scoredClasses } from '../project/classifier.ts';
import { pictureOf } from '../project/features.ts';
import { hasScores, headOfGraph } from '../project/head.ts';
import { reaches } from '../project/reaches.ts';
import type { Target, What } from '../syntax/tree.ts';
import { checkRegion } from './region.ts';

type Asked = Exclude<What, { kind: 'call' }>;

/** The result's type; null where it cannot be told. */
export function checkAttribution(what: Asked, scope: Scope): ResultType | null {
  const { query, problems } = scope;
  const layer = what.kind === 'layer' ? checkPlace(what.layer, what.unit, what, scope) : null;
  if (query.input === undefined)
    problems.add('attribution needs an example or a slice: from f(x), or f(digits.test[42])', query.model);
  if (query.target !== undefined) checkTarget(query.target, what, scope);
  checkScores(scope);
  if (query.where !== undefined) checkRegion(query.where, 'where', query.where, scope);
  return what.kind === 'identity' ? typeOfInput(what, scope) : layer && typeOfLayer(what, layer, scope);
}

function typeOfInput(what: Asked, { query, data, problems }: Scope): ResultType | null {
  if (data === null) return null;
  const { name, shape } = data.dataset;
  const picture = pictureOf(shape) !== null;
  if (query.input?.kind === 'example' || query.input?.kind === 'name') {
    if (picture) return 'attribution[y,x]';
    if (shape.length <= 1) return 'attribution[feature]';
    problems.add(
      `the examples of ${name} are ${shapeText(shape)}: attribution takes pictures and rows of numbers`,
      what,
    );
    return null;
  }
  if (picture) return 'attribution[example,y,x]';
  problems.add(
    `attribution over a slice needs pictures, the examples of ${name} are ${shapeText(shape)}; write one example, or a layer instead of *`,
    what,
  );
  return null;
}

function typeOfLayer(what: Asked, layer: CatalogLayer, { query, problems }: Scope): ResultType | null {
  const rank = layer.outputShape.length;
  if (rank > 4) {
    problems.add(
      `${layer.name} puts out ${shapeText(layer.outputShape.slice(1))}: attribution takes layers with one to three axes`,
      what,
    );
    return null;
  }
  if (rank <= 2 || query.input?.kind === 'dataset' || query.input?.kind === 'slice')
    return 'attribution[unit]';
  return what.kind === 'layer' && what.unit !== undefined ? 'attribution[y,x]' : 'attribution[unit,y,x]';
}

/** What a logit of such an output would be is not defined. */
const NO_LOGITS =
  'the output has no logits: it is a mean of probabilities, or its layer feeds on them; ask for the class, or for a unit of a layer before';

/** A unit's output is changed behind its activation: what stands before the last one is then not defined. */
function checkScores({ query, model, data, problems }: Scope): void {
  const { target, changes } = query;
  if (target?.kind !== 'logit' || model === null || data === null) return;
  const head = headOfGraph(model.model.graph);
  if (head === null || head.kind === 'other' || !scoredClasses(model.model, data.dataset)) return;
  if (!hasScores(head)) problems.add(NO_LOGITS, target);
  for (const change of changes ?? [])
    if ('unit' in change && head.path.includes(change.layer))
      problems.add(
        `${change.kind} acts on the last layer, whose score before the activation it does not define; write class ${target.index}, or change the layer before`,
        change,
      );
}

/** A layer, or a unit of it, of the query's model. */
function checkPlace(
  layer: string,
  unit: number | undefined,
  node: object,
  { model, problems }: Scope,
): CatalogLayer | null {
  if (model === null) return null;
  const found = findLayer(layer, model.model, problems, node);
  if (found !== null && unit !== undefined) checkUnit(found, unit, problems, node);
  return found;
}

function checkTarget(target: Target, what: Asked, scope: Scope): void {
  const { model, data, problems } = scope;
  if (target.kind === 'loss' && data !== null && data.dataset.classes.length === 0)
    problems.add(`the loss needs labels, ${data.dataset.name} has none`, target);
  if (model === null) return;
  const { name, graph } = model.model;
  if (target.kind === 'unit') {
    const layer = checkPlace(target.layer, target.unit, target, scope);
    if (layer !== null && what.kind === 'layer' && !reaches(model.model, what.layer, layer.name))
      problems.add(
        `${layer.name} comes before ${what.layer} and does not depend on it; take a unit of ${what.layer} or of a later layer`,
        target,
      );
    return;
  }
  const output = graph.layers.find((l) => l.name === graph.outputs[0]);
  if (output === undefined) return;
  const missing =
    target.kind === 'logit' || data === null ? null : missingProbabilities(model.model, data.dataset);
  if (missing !== null) {
    const instead = target.kind === 'class' ? `; for one of its outputs write logit ${target.index}` : '';
    problems.add(`${target.kind === 'loss' ? 'the loss' : 'a class'} ${missing}${instead}`, target);
    return;
  }
  // Of an output with places a logit is the mean over them.
  const outputs = output.units;
  if (target.kind === 'loss' || outputs === null) return;
  // One sigmoid output is the score of two classes.
  const most = target.kind === 'class' && outputs === 1 ? 2 : outputs;
  if (target.index >= most)
    problems.add(
      `no ${target.kind} ${target.index} of ${name}; it has ${most}: ${most === 1 ? 'only 0' : `0 to ${most - 1}`}`,
      target,
    );
}
