/** Generators of queries, for the property tests. */
import fc from 'fast-check';
import {
  anyDatasetAddress,
  anyExampleAddress,
  anyExampleReference,
  anyIndex,
  anyModelAddress,
  anyName,
  anyNumber,
  anyPredicate,
  anySliceAddress,
} from '../../address/arbitrary.ts';
import { printExample } from '../../address/index.ts';
import {
  type Argument,
  type Change,
  FUNCTION_NAMES,
  type InputReference,
  METHOD_NAMES,
  type ModelReference,
  type ParameterValue,
  type Query,
  type Region,
  type Target,
  type Using,
  type What,
} from '../syntax/tree.ts';

const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 2 });
/** x' is a bound name and never a layer's bare name; as a layer it stands in quotes like any other. */
const layer: fc.Arbitrary<Argument & { kind: 'layer' }> = fc
  .tuple(anyName, maybe(anyIndex))
  .map(([name, unit]) => ({ kind: 'layer', layer: name, ...(unit === undefined ? {} : { unit }) }));
const argument: fc.Arbitrary<Argument> = fc.oneof(
  layer,
  anyNumber.map((value): Argument => ({ kind: 'number', value })),
);
const what: fc.Arbitrary<What> = fc.oneof(
  fc.constant<What>({ kind: 'identity' }),
  layer,
  fc
    .tuple(fc.constantFrom(...FUNCTION_NAMES), fc.array(argument, { maxLength: 3 }))
    .map(([name, args]): What => ({ kind: 'call', name, args })),
);
const model: fc.Arbitrary<ModelReference> = fc.oneof(
  fc.constant<ModelReference>({ kind: 'name', name: 'f' }),
  anyModelAddress,
);
const input: fc.Arbitrary<InputReference> = fc.oneof(
  anyDatasetAddress,
  anyExampleAddress,
  anySliceAddress,
  fc.constantFrom<'x' | "x'">('x', "x'").map((name): InputReference => ({ kind: 'name', name })),
  maybe(anyPredicate).map(
    (where): InputReference => ({ kind: 'name', name: 'data', ...(where === undefined ? {} : { where }) }),
  ),
);
const target: fc.Arbitrary<Target> = fc.oneof(
  fc
    .tuple(fc.constantFrom<'class' | 'logit'>('class', 'logit'), anyIndex)
    .map(([kind, index]): Target => ({ kind, index })),
  fc.constant<Target>({ kind: 'loss' }),
  fc.tuple(anyName, anyIndex).map(([name, unit]): Target => ({ kind: 'unit', layer: name, unit })),
);
const value: fc.Arbitrary<ParameterValue> = fc.oneof(
  anyNumber,
  fc.boolean(),
  fc.string({ maxLength: 8 }),
  anyName,
  anyExampleReference.map(printExample),
  fc.constantFrom("'a.b[3]'", 'a . b[3]', "x'", 'x.y[1] ', 'digits.*', 'a.b[c = 1]'),
);
const using: fc.Arbitrary<Using> = fc
  .tuple(
    fc.constantFrom(...METHOD_NAMES),
    fc.uniqueArray(fc.tuple(anyName, value), { maxLength: 3, selector: ([n]) => n }),
  )
  .map(([method, params]) => ({ method, params: Object.fromEntries(params) }));
const coordinate = fc.oneof(anyNumber, anyName);
const region: fc.Arbitrary<Region> = fc.tuple(coordinate, coordinate, coordinate, coordinate);
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.tuple(anyName, anyIndex).map(([name, unit]): Change => ({ kind: 'ablate', layer: name, unit })),
  fc
    .tuple(fc.constantFrom<'clamp' | 'scale'>('clamp', 'scale'), anyName, anyIndex, anyNumber)
    .map(([kind, name, unit, number]): Change => ({ kind, layer: name, unit, value: number })),
  fc
    .tuple(anyName, anyName, fc.array(anyIndex, { minLength: 1, maxLength: 4 }), anyNumber)
    .map(
      ([name, tensor, index, number]): Change => ({ kind: 'set', layer: name, tensor, index, value: number }),
    ),
  fc.tuple(anyNumber, anyIndex).map(([sd, seed]): Change => ({ kind: 'noise', sd, seed })),
  anyNumber.map((epsilon): Change => ({ kind: 'fgsm', epsilon })),
  fc.tuple(anyNumber, anyIndex).map(([epsilon, steps]): Change => ({ kind: 'pgd', epsilon, steps })),
  fc.tuple(region, anyNumber).map(([at, number]): Change => ({ kind: 'patch', region: at, value: number })),
);

export const anyQuery: fc.Arbitrary<Query> = fc.letrec<{ query: Query }>((tie) => ({
  query: fc
    .record({
      what,
      model,
      input: maybe(input),
      target: maybe(target),
      using: maybe(using),
      where: maybe(region),
      changes: maybe(fc.array(change, { minLength: 1, maxLength: 3 })),
      join: fc.option(
        fc.record({ kind: fc.constantFrom<'join' | 'left join'>('join', 'left join'), query: tie('query') }),
        { nil: undefined, maxDepth: 2 },
      ),
      orderBy: maybe(
        fc.record({
          key: fc.oneof(
            anyName,
            fc.constantFrom(
              'conv#7',
              'tf.nn#0',
              'a#07',
              '#3',
              'a##1',
              'column.index',
              'column.a#1',
              'column.column.b',
            ),
          ),
          desc: fc.boolean(),
        }),
      ),
      limit: maybe(fc.integer({ min: 1, max: 100_000 })),
    })
    .map(withoutAbsent),
})).query;

/** Absent clauses are absent keys, as the parser leaves them. */
function withoutAbsent(query: { [K in keyof Omit<Query, 'kind'>]: Query[K] | undefined }): Query {
  const entries = Object.entries(query).filter(([, part]) => part !== undefined);
  return { kind: 'select', what: query.what, model: query.model, ...Object.fromEntries(entries) } as Query;
}
