/** One side of a question in Python: its model, its examples, its changes, its attribution or function. */

import type { Predicate } from '../../../address/types.ts';
import { labelledOutput } from '../../../preprocessing/index.ts';
import { exampleOf } from '../../dictionary/baseline.ts';
import { type Change, changeRow } from '../../dictionary/changes.ts';
import { FUNCTIONS } from '../../dictionary/functions.ts';
import { METHODS } from '../../dictionary/methods.ts';
import { seenBy } from '../../meaning/scope.ts';
import { camLayer } from '../../project/cam-layer.ts';
import type { Catalog, CatalogDataset, CatalogModel } from '../../project/catalog.ts';
import type { Query, Target } from '../../syntax/tree.ts';
import { changeCode } from './changes.ts';
import { condition, keyOf } from './condition.ts';
import { functionCode, type Piece } from './functions.ts';
import { METHOD_CODE } from './game.ts';
import { headCode } from './head.ts';
import { indented, number, text, tuple } from './words.ts';

export interface SideCode {
  readonly lines: readonly string[];
  /** Why this cannot be written; the lines are empty then. */
  readonly reason: string | null;
}
export interface Parts {
  readonly pieces: Set<Piece | 'attack' | 'game'>;
  readonly methods: Map<string, string>;
}

const failed = (reason: string): SideCode => ({ lines: [], reason });
/** Models within models: an importer dissolves them. */
const NESTED = new Set(['Functional', 'Model', 'Sequential']);

export function sideCode(name: string, query: Query, catalog: Catalog, parts: Parts): SideCode {
  const { what, model: reference, input } = query;
  if (reference.kind === 'name' || input?.kind === 'name') return failed('a name is not bound');
  const model = catalog.models.find((m) => m.name === reference.model);
  const stored = input === undefined ? null : catalog.datasets.find((d) => d.name === input.dataset);
  if (model === undefined || stored === undefined) return failed('a name means nothing in this project');
  if (model.graph.vocabulary)
    return failed(
      `${model.name} is a graph of operators, which the script does not compute; use onnxruntime on its file`,
    );
  const nested = model.graph.layers.find(({ type }) => NESTED.has(type));
  if (nested !== undefined)
    return failed(`${nested.name} (${nested.type}) holds further layers, which the script does not follow`);
  if (input === undefined || stored === null)
    return failed('this is written in the files, not computed from data');
  const several = model.inputs.length > 1 ? model.name : stored.arrays ? stored.name : null;
  if (several !== null)
    return failed(
      `${several} has several ${several === model.name ? 'inputs' : 'arrays'}, and the script gives a model one; ask over HTTP, whose answers are of all of them`,
    );
  const labelled = labelledOutput(model, stored.classes, model.preprocessing?.[stored.name]?.output);
  if (!labelled.fits || labelled.output !== undefined)
    return failed(
      `the labels belong to another output of ${model.name} than the first, which the script is of; ask over HTTP`,
    );
  const { dataset } = seenBy(model, stored);
  const head = headCode(model, dataset);
  if (head === null)
    return failed(
      'a layer is used more than once, so that the script cannot tell what the output is made of',
    );
  for (const { kind } of query.changes ?? []) {
    const { python } = changeRow(kind);
    if (python !== 'script') return failed(`${kind} ${python.none}`);
  }
  const body =
    what.kind === 'call'
      ? calledLines(query, model, dataset, parts)
      : attributed(query, model, dataset, parts);
  if (body.reason !== null) return body;
  const lines = [
    `model = Model(${text(model.name)}, ${text(String(reference.step ?? 'last'))}, ${head})`,
    ...exampleLines(query, parts),
    ...changeLines(query.changes ?? [], parts),
    ...body.lines,
    'return result',
  ];
  return { lines: [`def ${name}(changed=True):`, ...indented(lines)], reason: null };
}

function calledLines(query: Query, model: CatalogModel, dataset: CatalogDataset, parts: Parts): SideCode {
  const { what } = query;
  if (what.kind !== 'call') return failed('no function');
  if (what.name === 'similarity' && what.args.length === 1)
    return failed('every checkpoint would be fetched; ask for the similarity of two layers');
  const { python } = FUNCTIONS[what.name];
  if (python !== 'script') return failed(`${what.name}() ${python.none}`);
  const by = query.using === undefined ? 'script' : METHODS[query.using.method].python;
  if (by !== 'script') return failed(`${query.using?.method} ${by.none}`);
  const code = functionCode(
    what,
    query,
    model.graph.layers.map((l) => l.name),
    dataset.classes.length,
  );
  if (code === null) return failed(`${what.name}() of these arguments is not written in Python`);
  for (const piece of code.pieces) parts.pieces.add(piece);
  return { lines: code.lines, reason: null };
}

function exampleLines({ what, model: of, input, orderBy, limit }: Query, { pieces }: Parts): string[] {
  if (input === undefined || input.kind === 'name' || of.kind === 'name') return [];
  const { model } = of;
  const needs = (piece: 'losses' | 'agreement' | 'distances'): void => {
    pieces.add(piece);
    if (piece === 'losses') pieces.add('loss');
  };
  const where: Predicate | null = input.kind === 'slice' ? input.where : null;
  return [
    `split = Split(${text(model)}, ${text(input.dataset)}, ${text(input.split ?? 'test')})`,
    input.kind === 'example' ? `rows = np.array([${input.index}])` : 'rows = np.arange(len(split.x))',
    ...(where === null ? [] : [`rows = rows[${condition(where, needs)}]`]),
    ...(where === null || (what.kind === 'call' && what.name === 'count')
      ? []
      : [
          'if len(rows) == 0:',
          ...indented([
            `raise SystemExit(f${text(`no example satisfies the condition (of {len(split.x)})`)})`,
          ]),
        ]),
    ...(orderBy === undefined
      ? []
      : [
          `rows = rows[np.argsort(${orderBy.desc ? '-' : ''}(${keyOf(orderBy.key, needs)})[rows], kind="stable")]`,
        ]),
    ...(limit === undefined ? [] : [`rows = rows[:${limit}]`]),
    'x, label = split.x[rows], split.y[rows]',
  ];
}

function changeLines(changes: readonly Change[], parts: Parts): string[] {
  const lines = changes.flatMap((change) => {
    const { lines: own, pieces } = changeCode(change);
    for (const piece of pieces) parts.pieces.add(piece);
    return own;
  });
  return lines.length === 0 ? [] : ['if changed:', ...indented(lines)];
}

function attributed(query: Query, model: CatalogModel, dataset: CatalogDataset, parts: Parts): SideCode {
  const { what, using, where, target, input } = query;
  if (what.kind === 'call' || using === undefined) return failed('no attribution');
  const { python } = METHODS[using.method];
  const code = Object.entries(METHOD_CODE).find(([name]) => name === using.method)?.[1];
  if (python !== 'script') return failed(`${using.method} ${python.none}`);
  if (code === undefined) return failed(`${using.method} is not written in Python`);
  parts.pieces.add('game').add('loss');
  const explain = `explain_${using.method}`;
  parts.methods.set(explain, code.replace('def explain(', `def ${explain}(`));
  const baseline = baselineLine(using.params.baseline ?? 0);
  if (baseline === null)
    return failed('the blurred baseline is the server’s own; use zero, mean or an example');
  const settings = METHODS[using.method].params
    .filter(({ name }) => name !== 'baseline')
    .map(({ name, default: initial }) => {
      const value = using.params[name] ?? initial;
      return `${name}=${typeof value === 'number' ? number(value) : text(String(value))}`;
    });
  const cam = using.method === 'gradcam' && what.kind === 'identity' ? camLayer(model, target) : null;
  const layer = what.kind === 'layer' ? what.layer : cam;
  const options = [
    `baseline[i : i + 1]`,
    ...(layer === null ? [] : [`layer=${text(layer)}`]),
    ...(target === undefined ? [] : [`target=${targetCode(target)}`]),
    ...(where === undefined ? [] : [`window=${tuple(where.map(Number))}`]),
  ];
  const one = input?.kind === 'example';
  return {
    lines: [
      `baseline = ${baseline}`,
      'maps = []',
      'for i in range(len(x)):',
      `    game = Game(model, x[i : i + 1], int(label[i]), ${options.join(', ')})`,
      `    values = ${explain}(${['game', ...settings].join(', ')})`,
      ...indented(arranged(query, dataset, cam !== null, one)),
      ...(one || what.kind !== 'layer'
        ? []
        : ['maps = [values for values in maps if np.isfinite(values).all()] or maps']),
      `result = {"values": ${one ? 'maps[0]' : what.kind === 'layer' ? 'np.mean(maps, 0)' : 'np.stack(maps)'}}`,
      ...(one || what.kind !== 'layer' ? [] : ['result["sd"] = np.std(maps, 0)']),
    ],
    reason: null,
  };
}

/** From a map as the layer has it to one as the result has it. */
function arranged({ what, where }: Query, dataset: CatalogDataset, cam: boolean, one: boolean): string[] {
  if (what.kind === 'layer') {
    const unit = what.unit === undefined ? '' : `[..., [${what.unit}]]`;
    if (!one) return [`maps.append(values.reshape(-1, values.shape[-1]).sum(0)${unit.replace('..., ', '')})`];
    return what.unit === undefined
      ? [
          'maps.append(values if values.ndim == 1 else np.moveaxis(values if values.ndim == 3 else values[None], -1, 0))',
        ]
      : [`values = values${unit}`, 'maps.append(values if values.ndim != 2 else values[None])'];
  }
  if (dataset.shape.length === 1) return ['maps.append(values)'];
  const [height = 1, width = 1, channels = 1] = dataset.shape;
  const crop = where === undefined ? '' : `[${where[1]}:${where[3]}, ${where[0]}:${where[2]}]`;
  return cam
    ? [
        'cam = np.maximum(values.sum(-1, keepdims=True), 0)',
        `maps.append(tf.image.resize(cam, [${height}, ${width}]).numpy()${crop})`,
      ]
    : [`maps.append(values.reshape(${height}, ${width}, ${channels})${crop})`];
}

function targetCode(target: Target): string {
  switch (target.kind) {
    case 'loss':
      return '("loss", None)';
    case 'unit':
      return `("unit", (${text(target.layer)}, ${target.unit}))`;
    default:
      return `(${text(target.kind)}, ${target.index})`;
  }
}

function baselineLine(baseline: number | string | boolean): string | null {
  if (typeof baseline === 'number') return `np.full_like(x, ${number(baseline)})`;
  if (baseline === 'mean')
    return 'np.broadcast_to(split.x.mean(0, dtype="float64").astype("float32"), x.shape)';
  const example = typeof baseline === 'string' ? exampleOf(baseline) : null;
  if (example?.kind !== 'example') return null;
  return `np.broadcast_to(Split(split.model, ${text(example.dataset)}, ${text(example.split)}).x[${example.index}], x.shape)`;
}
