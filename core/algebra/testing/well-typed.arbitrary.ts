/** Generator of questions that can be asked of a project: for the laws here, and for the engine's own fuzz test. */
import fc from 'fast-check';
import type { ExampleAddress, Predicate } from '../../address/types.ts';
import { check } from '../check/check.ts';
import { CHANGE_NAMES, type Change, type ChangeArgument, changeRow } from '../dictionary/changes.ts';
import { FUNCTION_NAMES, FUNCTIONS, methodsOf } from '../dictionary/functions.ts';
import { METHODS, type Parameter } from '../dictionary/methods.ts';
import type { ParameterValue, Region } from '../dictionary/values.ts';
import type { Catalog, CatalogDataset, CatalogModel } from '../project/catalog.ts';
import { count, pictureOf } from '../project/features.ts';
import type { Argument, InputReference, Query, Target, Using, What } from '../syntax/tree.ts';

interface Ground {
  readonly model: CatalogModel;
  readonly dataset: CatalogDataset;
}
type Layer = CatalogModel['graph']['layers'][number];

/** Small numbers of steps and samples, so that every question is answered soon. */
export interface Bounds {
  /** Largest number that a parameter is given. */
  readonly most: number;
  /** Largest limit of a slice. */
  readonly examples: number;
}
const SMALL: Bounds = { most: 12, examples: 20 };

const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

/** Bound queries over the catalog that check() lets pass. Throws where no model of it takes any of its data. */
export function anyWellTypedQuery(catalog: Catalog, bounds: Bounds = SMALL): fc.Arbitrary<Query> {
  const grounds = catalog.models
    .filter((m) => m.checkpoints.length > 0 && m.inputs.length === 1)
    .flatMap((model) =>
      catalog.datasets
        .filter(({ shape }) => count(shape) === count(model.inputs[0]?.shape.slice(1) ?? []))
        .map((dataset): Ground => ({ model, dataset })),
    );
  if (grounds.length === 0) throw new Error('no model of the catalog takes any of its data');
  return fc
    .constantFrom(...grounds)
    .chain((ground) =>
      fc.oneof(anyCall(ground, bounds), anyAttribution(ground, bounds), anyJoined(ground, bounds)),
    )
    .filter((query) => check(query, catalog).problems.length === 0);
}

const anyLayer = ({ model }: Ground): fc.Arbitrary<Layer> => fc.constantFrom(...model.graph.layers);
const anyUnit = (layer: Layer): fc.Arbitrary<number> => fc.nat({ max: Math.max(0, (layer.units ?? 1) - 1) });
const anyModel = ({ model }: Ground): fc.Arbitrary<Query['model']> =>
  fc.constantFrom(...model.checkpoints).map(({ step }) => ({ kind: 'model', model: model.name, step }));

function anyExample({ dataset }: Ground): fc.Arbitrary<ExampleAddress> {
  return fc
    .constantFrom(...dataset.splits)
    .chain(({ name, size }) =>
      fc
        .nat({ max: size - 1 })
        .map((index): ExampleAddress => ({ kind: 'example', dataset: dataset.name, split: name, index })),
    );
}

function anyCondition(ground: Ground): fc.Arbitrary<Predicate> {
  const { dataset } = ground;
  const compare = fc.constantFrom<'<' | '<=' | '>' | '>='>('<', '<=', '>', '>=');
  const below = (name: string, most: number): fc.Arbitrary<Predicate> =>
    fc.tuple(compare, fc.double({ min: 0, max: most, noNaN: true })).map(([op, value]) => ({
      op,
      left: { kind: 'column', name },
      right: { kind: 'number', value: value + 0 },
    }));
  const simple: fc.Arbitrary<Predicate>[] = [below('index', 300), ...dataset.columns.map((c) => below(c, 1))];
  simple.push(
    anyLayer(ground).chain((layer) =>
      fc.tuple(anyUnit(layer), fc.double({ min: -1, max: 1, noNaN: true })).map(([unit, value]) => ({
        op: '>',
        left: { kind: 'activation', layer: layer.name, unit },
        right: { kind: 'number', value: value + 0 },
      })),
    ),
    fc.tuple(anyLayer(ground), anyExample(ground)).map(([layer, to]) => ({
      op: '<',
      left: { kind: 'distance', layer: layer.name, to },
      right: { kind: 'number', value: 100 },
    })),
  );
  const classes = dataset.classes.length;
  if (classes > 0)
    simple.push(
      below('loss', 3),
      below('confidence', 1),
      fc.uniqueArray(fc.nat({ max: classes - 1 }), { minLength: 1, maxLength: 4 }).map((values) => ({
        op: 'in',
        left: { kind: 'column', name: 'label' },
        values,
      })),
      fc.tuple(anyLayer(ground), fc.integer({ min: 1, max: 5 })).map(([layer, k]) => ({
        op: '>=',
        left: { kind: 'agreement', layer: layer.name, k },
        right: { kind: 'number', value: 0.5 },
      })),
    );
  return fc.letrec<{ condition: Predicate }>((tie) => ({
    condition: fc.oneof(
      { maxDepth: 2 },
      ...simple,
      fc
        .tuple(fc.constantFrom<'and' | 'or'>('and', 'or'), tie('condition'), tie('condition'))
        .map(([op, left, right]): Predicate => ({ op, left, right })),
      tie('condition').map((of): Predicate => ({ op: 'not', of })),
    ),
  })).condition;
}

function anySlice(ground: Ground): fc.Arbitrary<InputReference> {
  const { dataset } = ground;
  return fc
    .tuple(fc.constantFrom(...dataset.splits), maybe(anyCondition(ground)))
    .map(([{ name: split }, where]) =>
      where === undefined
        ? { kind: 'dataset', dataset: dataset.name, split }
        : { kind: 'slice', dataset: dataset.name, split, where },
    );
}

function anyValue(parameter: Parameter, ground: Ground, { most }: Bounds): fc.Arbitrary<ParameterValue> {
  if (parameter.type === 'choice') return fc.constantFrom(...parameter.choices);
  if (parameter.type === 'baseline') {
    const { name, splits } = ground.dataset;
    const words = pictureOf(ground.dataset.shape) === null ? ['zero', 'mean'] : ['zero', 'mean', 'blurred'];
    return fc.oneof(
      fc.constantFrom(...words),
      fc.constantFrom(0, 0.5),
      fc.constantFrom(...splits.map((split) => `${name}.${split.name}[0]`)),
    );
  }
  const max = Math.min(parameter.max, Math.max(parameter.min, most));
  return parameter.type === 'integer'
    ? fc.integer({ min: parameter.min, max })
    : fc.double({ min: parameter.min, max, noNaN: true }).map((value) => value + 0);
}

function anyUsing(
  name: Parameters<typeof methodsOf>[0],
  ground: Ground,
  bounds: Bounds,
): fc.Arbitrary<Using | undefined> {
  const methods = methodsOf(name).filter((m) => METHODS[m].computed);
  if (methods.length === 0) return fc.constant(undefined);
  return fc
    .constantFrom(...methods)
    .chain((method) =>
      fc
        .tuple(
          ...METHODS[method].params.map((p) => fc.tuple(fc.constant(p.name), anyValue(p, ground, bounds))),
        )
        .map((params): Using => ({ method, params: Object.fromEntries(params) })),
    );
}

function anyCall(ground: Ground, bounds: Bounds): fc.Arbitrary<Query> {
  return fc.constantFrom(...FUNCTION_NAMES).chain((name) => {
    const spec = FUNCTIONS[name];
    const args = spec.args.map((arg): fc.Arbitrary<Argument | undefined> => {
      if (arg.kind === 'number')
        return maybe(fc.integer({ min: 1, max: bounds.most }).map((value) => ({ kind: 'number', value })));
      const argument = anyLayer(ground).chain((layer) =>
        (arg.kind === 'layer'
          ? fc.constant(undefined)
          : arg.kind === 'unit'
            ? anyUnit(layer)
            : maybe(anyUnit(layer))
        ).map(
          (unit): Argument => ({ kind: 'layer', layer: layer.name, ...(unit === undefined ? {} : { unit }) }),
        ),
      );
      return arg.optional ? maybe(argument) : argument;
    });
    const input =
      spec.input === 'none'
        ? fc.constant(undefined)
        : spec.input === 'example'
          ? anyExample(ground)
          : spec.input === 'data'
            ? anySlice(ground)
            : fc.oneof(anyExample(ground), anySlice(ground));
    return fc
      .record({
        model: anyModel(ground),
        args: fc.tuple(...args),
        input,
        using: anyUsing(name, ground, bounds),
        changes: spec.changes === 'any' ? anyChanges(ground) : fc.constant(undefined),
        limit: fc.integer({ min: 1, max: bounds.examples }),
      })
      .map(({ args: given, ...rest }) => {
        const gap = given.indexOf(undefined);
        const kept = (gap < 0 ? given : given.slice(0, gap)).filter((a) => a !== undefined);
        return query({ what: { kind: 'call', name, args: kept }, ...rest });
      });
  });
}

function anyChanges(ground: Ground): fc.Arbitrary<Change[] | undefined> {
  const changes = CHANGE_NAMES.flatMap((kind) => {
    const fields = changeRow(kind).args.flatMap((argument) => changeArgument(argument, ground) ?? []);
    // The row says which fields these are, and Change is made of the same rows.
    const made = fc.tuple(...fields).map((each) => Object.assign({ kind }, ...each) as Change);
    return fields.length < changeRow(kind).args.length ? [] : [made];
  });
  return fc.option(fc.array(fc.oneof(...changes), { minLength: 1, maxLength: 3 }), {
    nil: undefined,
    freq: 2,
  });
}

/** Null: the model has nothing that could be named. */
function changeArgument(argument: ChangeArgument, ground: Ground): fc.Arbitrary<object> | null {
  const { layers, inputs } = ground.model.graph;
  const inner = layers.filter(({ name }) => !inputs.includes(name));
  const weighted = inner.filter(({ weights }) => weights.length > 0);
  switch (argument.kind) {
    case 'unit':
      return fc
        .constantFrom(...(inner.length > 0 ? inner : layers))
        .chain((l) => anyUnit(l).map((unit) => ({ layer: l.name, unit })));
    case 'layer':
      return weighted.length === 0 ? null : fc.constantFrom(...weighted.map(({ name }) => ({ layer: name })));
    case 'weight': {
      const all = weighted.flatMap(({ name, weights }) =>
        weights.map((weight) => ({
          layer: name,
          tensor: weight.name.slice(weight.name.lastIndexOf('/') + 1),
          index: weight.shape.map(() => 0),
        })),
      );
      return all.length === 0 ? null : fc.constantFrom(...all);
    }
    case 'region':
      return anyRegion(ground).map((region) => ({ region }));
    default:
      return fc.constantFrom(...argument.offers).map((value) => ({ [argument.field]: value }));
  }
}

function anyRegion({ dataset }: Ground): fc.Arbitrary<Region> {
  const { width = 1, height = 1 } = pictureOf(dataset.shape) ?? {};
  const edge = (size: number) =>
    fc
      .nat({ max: size - 1 })
      .chain((from) => fc.tuple(fc.constant(from), fc.integer({ min: from + 1, max: size })));
  return fc.tuple(edge(width), edge(height)).map(([[x1, x2], [y1, y2]]) => [x1, y1, x2, y2]);
}

function anyTarget({ model, dataset }: Ground): fc.Arbitrary<Target> {
  const output = model.graph.layers.find(({ name }) => name === model.graph.outputs[0]);
  const targets: fc.Arbitrary<Target>[] = [
    anyLayer({ model, dataset }).chain((layer) =>
      anyUnit(layer).map((unit): Target => ({ kind: 'unit', layer: layer.name, unit })),
    ),
  ];
  const classes = output?.units ?? 0;
  for (const kind of ['class', 'logit'] as const)
    if (classes > 0) targets.push(fc.nat({ max: classes - 1 }).map((index): Target => ({ kind, index })));
  if (dataset.classes.length > 0) targets.push(fc.constant<Target>({ kind: 'loss' }));
  return fc.oneof(...targets);
}

function anyAttribution(ground: Ground, bounds: Bounds): fc.Arbitrary<Query> {
  const what: fc.Arbitrary<What> = fc.oneof(
    fc.constant<What>({ kind: 'identity' }),
    anyLayer(ground).chain((layer) =>
      maybe(anyUnit(layer)).map(
        (unit): What => ({ kind: 'layer', layer: layer.name, ...(unit === undefined ? {} : { unit }) }),
      ),
    ),
  );
  return fc
    .record({
      what,
      model: anyModel(ground),
      input: fc.oneof(anyExample(ground), anySlice(ground)),
      target: maybe(anyTarget(ground)),
      using: maybe(anyUsing(null, ground, bounds)),
      where: pictureOf(ground.dataset.shape) === null ? fc.constant(undefined) : maybe(anyRegion(ground)),
      changes: anyChanges(ground),
      limit: fc.integer({ min: 1, max: bounds.examples }),
    })
    .map(query);
}

/** Sides of one shape: the same features, of another example or with other changes. */
function anyJoined(ground: Ground, bounds: Bounds): fc.Arbitrary<Query> {
  return fc
    .record({
      left: anyAttribution(ground, bounds),
      kind: fc.constantFrom<'join' | 'left join'>('join', 'left join'),
      target: maybe(anyTarget(ground)),
      model: anyModel(ground),
      input: anyExample(ground),
      changes: anyChanges(ground),
    })
    .map(({ left, kind, target, model, input, changes }) => {
      const many = left.input?.kind !== 'example';
      const right = query({
        what: left.what,
        model,
        input: many ? left.input : input,
        target,
        using: undefined,
        where: left.where,
        changes,
        limit: left.limit,
      });
      return { ...left, join: { kind, query: right } };
    });
}

/** Absent clauses are absent keys; one example has no limit. */
function query(parts: {
  what: What;
  model: Query['model'];
  input: InputReference | undefined;
  target?: Target | undefined;
  using: Using | undefined;
  where?: Region | undefined;
  changes: readonly Change[] | undefined;
  limit: number | undefined;
}): Query {
  const { what, model, input, target, using, where, changes, limit } = parts;
  const many = input !== undefined && input.kind !== 'example' && limit !== undefined;
  return {
    kind: 'select',
    what,
    model,
    ...(input === undefined ? {} : { input }),
    ...(target === undefined ? {} : { target }),
    ...(using === undefined ? {} : { using }),
    ...(where === undefined ? {} : { where }),
    ...(changes === undefined ? {} : { changes }),
    ...(many ? { limit } : {}),
  };
}
