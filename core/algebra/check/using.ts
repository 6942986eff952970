/** Checks `using`: that the method fits what is asked, its parameters, and what each method needs. */
import { printExample } from '../../address/index.ts';
import { copyPlaces } from '../../address/places.ts';
import { shapeText } from '../../preprocessing/index.ts';
import { exampleOf } from '../dictionary/baseline.ts';
import { methodsOf } from '../dictionary/functions.ts';
import {
  ATTRIBUTION_METHODS,
  expectedValue,
  METHODS,
  type MethodName,
  POINT_METHODS,
} from '../dictionary/methods.ts';
import { suggestion } from '../dictionary/nearest.ts';
import { either } from '../dictionary/values.ts';
import { unbound } from '../meaning/bind.ts';
import { findData, type Scope } from '../meaning/scope.ts';
import { camLayer } from '../project/cam-layer.ts';
import type { CatalogModel } from '../project/catalog.ts';
import { featuresOf, isPicture, pictureOf } from '../project/features.ts';
import type { Using } from '../syntax/tree.ts';

export function checkUsing(scope: Scope): void {
  const { query, problems } = scope;
  const { using, what } = query;
  const name = what.kind === 'call' ? what.name : null;
  const allowed = methodsOf(name);
  if (using === undefined) {
    const [method] = allowed;
    if (name === null && method !== undefined) checkNeeds({ method, params: {} }, query.what, scope);
    return;
  }
  const asked = name === null ? 'attribution' : `${name}()`;
  if (allowed.length === 0) {
    problems.add(`${asked} has no methods to choose from; remove using ${using.method}`, using);
    return;
  }
  const computed = allowed.filter((m) => METHODS[m].computed);
  if (!allowed.includes(using.method)) {
    problems.add(`${using.method} is no method for ${asked}; it has ${computed.join(', ')}`, using, 'method');
    return;
  }
  if (!METHODS[using.method].computed) {
    problems.add(
      `${using.method} is not computed by this version; use ${computed.join(', ')} instead`,
      using,
      'method',
    );
    return;
  }
  if (!checkParameters(using, scope)) return;
  if (name === null) checkNeeds(using, using, scope);
  else checkPoints(using, scope);
}

function checkPoints(using: Using, { query, model, data, problems }: Scope): void {
  const { what, limit } = query;
  const { fewestPoints } = METHODS[using.method];
  if (fewestPoints === undefined || what.kind !== 'call') return;
  const [argument] = what.args;
  const layer =
    argument?.kind === 'layer' ? model?.model.graph.layers.find((l) => l.name === argument.layer) : undefined;
  const points =
    what.name === 'units' ? layer?.units : Math.min(limit ?? Infinity, data?.split?.size ?? Infinity);
  const others = POINT_METHODS.filter((name) => METHODS[name].fewestPoints === undefined);
  if (points != null && points < fewestPoints)
    problems.add(
      `${using.method} needs at least ${fewestPoints} points, found ${points}; use ${either(others)}`,
      using,
      'method',
    );
}

/** False where a parameter is wrong. */
function checkParameters(using: Using, { problems }: Scope): boolean {
  const { params } = METHODS[using.method];
  let right = true;
  for (const [key, value] of Object.entries(using.params)) {
    const parameter = params.find((p) => p.name === key);
    const part = `params.${key}`;
    if (parameter === undefined) {
      const names = params.map((p) => p.name);
      const hint = names.length === 0 ? '; it has none' : suggestion(key, names, 'it has');
      problems.add(`no parameter ${key} of ${using.method}${hint}`, using, part);
      right = false;
      continue;
    }
    const expected = expectedValue(parameter, value);
    if (expected === null) continue;
    problems.add(`found ${key}=${value}, expected ${expected}`, using, part);
    right = false;
  }
  return right;
}

/** What an attribution method needs of the model, the features and the data. */
function checkNeeds(using: Using, node: object, scope: Scope): void {
  const { query, model, data, problems } = scope;
  const { method, params } = using;
  const { needs, mostPlayers, maps, params: parameters } = METHODS[method];
  if (needs === 'gradient' && model?.model.gradients === false)
    problems.add(
      `${method} needs a gradient, and ${model.model.name} is of a format without one; use ${either(WITHOUT_GRADIENT)}`,
      node,
      'method',
    );
  checkBaseline(using, scope);
  if (model === null || data === null || query.what.kind === 'call') return;
  const features = featuresOf(query, model.model, data.dataset);
  if (features === null) return;
  if (mostPlayers !== undefined && features.players > mostPlayers)
    problems.add(
      `${method} asks every subset of ${features.players} features; it takes at most ${mostPlayers}: use shapley${features.place === 'input' ? ', or where [x1, y1, x2, y2] for a smaller window' : ''}`,
      node,
      'method',
    );
  if (maps) checkMaps(method, node, scope, model.model);
  const picture = pictureOf(data.dataset.shape);
  if (features.place !== 'input' || picture === null) return;
  for (const { name, type, ...parameter } of parameters) {
    const value = params[name];
    const within = type === 'integer' && 'withinPicture' in parameter;
    const [height, width] = features.shape;
    const most = Math.max(height ?? 0, width ?? 0);
    if (within && typeof value === 'number' && value > most)
      problems.add(
        `found ${name}=${value}, expected at most ${most}: what is looked at is ${height}×${width}`,
        using,
        `params.${name}`,
      );
  }
}

const WITHOUT_GRADIENT = ATTRIBUTION_METHODS.filter(
  (name) => METHODS[name].computed && METHODS[name].needs === 'forward',
);
/** The layer asked for, or the last convolutional one before the target. */
function checkMaps(method: MethodName, node: object, { query, problems }: Scope, model: CatalogModel): void {
  const { what, target } = query;
  const { layers, inputs } = model.graph;
  const maps = layers.filter((l) => l.outputShape.length === 4 && !inputs.includes(l.name));
  const asked = what.kind === 'layer' ? layers.find((l) => l.name === what.layer) : undefined;
  const fits = what.kind === 'layer' ? asked?.outputShape.length === 4 : camLayer(model, target) !== null;
  if (fits) return;
  const found =
    asked !== undefined
      ? `${asked.name} puts out no feature maps`
      : maps.length > 0 && target?.kind === 'unit'
        ? `${model.name} has none before ${target.layer}`
        : `${model.name} has none`;
  const names = maps.map((l) => l.name).join(', ');
  problems.add(
    `${method} needs a convolutional layer, ${found}${names === '' ? '' : `; feature maps come out of ${names}`}`,
    node,
    'method',
  );
}

function checkBaseline(using: Using, { catalog, data, problems }: Scope): void {
  const { baseline } = using.params;
  if (typeof baseline !== 'string') return;
  const part = 'params.baseline';
  if (data === null) return;
  if (baseline === 'blurred' && !isPicture(data.dataset.shape))
    problems.add(
      `blurred needs pictures, the examples of ${data.dataset.name} are ${shapeText(data.dataset.shape)}; use zero or mean`,
      using,
      part,
    );
  const example = exampleOf(baseline);
  if (example === null) return;
  if (example.kind === 'name') {
    problems.add(unbound(example.name), using, part);
    return;
  }
  const found = findData(copyPlaces({ ...example }, using), catalog, problems, null);
  if (found !== null && found.dataset.name !== data.dataset.name)
    problems.add(
      `${printExample(example)} is no example of ${data.dataset.name}: a baseline is of the same data set`,
      using,
      part,
    );
}
