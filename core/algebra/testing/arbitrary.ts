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
import { CHANGE_NAMES, type Change, type ChangeArgument, changeRow } from '../dictionary/changes.ts';
import { FUNCTION_NAMES } from '../dictionary/functions.ts';
import { METHOD_NAMES } from '../dictionary/methods.ts';
import type { ParameterValue, Region } from '../dictionary/values.ts';
import type { Argument, InputReference, ModelReference, Query, Target, Using, What } from '../syntax/tree.ts';

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
function anyArgument(argument: ChangeArgument): fc.Arbitrary<object> {
  switch (argument.kind) {
    case 'unit':
      return fc.record({ layer: anyName, unit: anyIndex });
    case 'layer':
      return fc.record({ layer: anyName });
    case 'weight':
      return fc.record({
        layer: anyName,
        tensor: anyName,
        index: fc.array(anyIndex, { minLength: 1, maxLength: 4 }),
      });
    case 'region':
      return fc.record({ region });
    default:
      return (argument.kind === 'whole' ? anyIndex : anyNumber).map((number) => ({
        [argument.field]: number,
      }));
  }
}
const change: fc.Arbitrary<Change> = fc
  .constantFrom(...CHANGE_NAMES)
  .chain((kind) =>
    fc
      .tuple(...changeRow(kind).args.map(anyArgument))
      .map((fields) => Object.assign({ kind }, ...fields) as Change),
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
