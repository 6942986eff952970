/** Generators of addresses and predicates, for the property tests here and of the algebra. */
import fc from 'fast-check';
import { OWN_COLUMNS } from './columns.ts';
import type { Address, BoundExample, Comparison, ExampleAddress, Operand, Predicate, Step } from './types.ts';

/** Plain names, keywords, bound names and names that only quotes can hold. */
export const anyName: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom('conv2d_1', 'dense-2', 'digits', 'label', 'a', '_hidden', 'Test'),
  fc.constantFrom('select', 'NOT', 'order', 'f', 'x', "x'", 'data', 'loss', 'activation', 'best'),
  fc.constantFrom('tf.nn.relu', 'block/1', 'two words', '7th', 'say "a"', "it's", '*', 'größe', ' ', '#'),
  fc.string({ minLength: 1, maxLength: 8, unit: 'binary' }),
);
export const anyIndex = fc.nat({ max: 100_000 });
/** Every finite number that a text can hold; -0 is read as 0. */
export const anyNumber = fc
  .oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }))
  .map((value) => value + 0);

const anyOperand: fc.Arbitrary<Operand> = fc.oneof(
  anyName.map((name): Operand => ({ kind: 'column', name })),
  fc.constantFrom(...OWN_COLUMNS).map((name): Operand => ({ kind: 'column', name, stored: true })),
  anyNumber.map((value): Operand => ({ kind: 'number', value })),
  fc.string({ maxLength: 8, unit: 'binary' }).map((value): Operand => ({ kind: 'string', value })),
  fc.tuple(anyName, anyIndex).map(([layer, unit]): Operand => ({ kind: 'activation', layer, unit })),
);
const anyExample: fc.Arbitrary<ExampleAddress> = fc
  .tuple(anyName, anyName, anyIndex)
  .map(([dataset, split, index]) => ({ kind: 'example', dataset, split, index }));
/** An example, or a name that a board binds. */
export const anyExampleReference: fc.Arbitrary<ExampleAddress | BoundExample> = fc.oneof(
  anyExample,
  fc.constantFrom<'x' | "x'">('x', "x'").map((name): BoundExample => ({ kind: 'name', name })),
);
const anyCalled: fc.Arbitrary<Operand> = fc.oneof(
  fc.tuple(anyName, anyExampleReference).map(([layer, to]): Operand => ({ kind: 'distance', layer, to })),
  fc.tuple(anyName, anyIndex).map(([layer, k]): Operand => ({ kind: 'agreement', layer, k })),
);
const anyListed = fc.oneof(anyNumber, fc.string({ maxLength: 8, unit: 'binary' }));
const comparison = fc.constantFrom<Comparison>('=', '!=', '<', '<=', '>', '>=');

export const anyPredicate: fc.Arbitrary<Predicate> = fc.letrec<{ predicate: Predicate }>((tie) => ({
  predicate: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.tuple(comparison, anyOperand, anyOperand).map(([op, left, right]): Predicate => ({ op, left, right })),
    fc.tuple(comparison, anyCalled, anyOperand).map(([op, left, right]): Predicate => ({ op, left, right })),
    fc
      .tuple(fc.oneof(anyOperand, anyCalled), fc.array(anyListed, { minLength: 1, maxLength: 4 }))
      .map(([left, values]): Predicate => ({ op: 'in', left, values })),
    fc
      .tuple(fc.constantFrom<'and' | 'or'>('and', 'or'), tie('predicate'), tie('predicate'))
      .map(([op, left, right]): Predicate => ({ op, left, right })),
    tie('predicate').map((of): Predicate => ({ op: 'not', of })),
  ),
})).predicate;

const step: fc.Arbitrary<{ step?: Step }> = fc
  .option(fc.oneof(anyIndex, fc.constantFrom<Step>('best', 'last')), { nil: undefined })
  .map((value) => (value === undefined ? {} : { step: value }));
export const anyModelAddress = fc
  .tuple(anyName, step)
  .map(([model, at]) => ({ kind: 'model' as const, model, ...at }));
export const anyDatasetAddress = fc
  .tuple(anyName, fc.option(anyName, { nil: undefined }))
  .map(([dataset, split]) => ({
    kind: 'dataset' as const,
    dataset,
    ...(split === undefined ? {} : { split }),
  }));
export const anyExampleAddress = anyExample;
export const anySliceAddress = fc
  .tuple(anyName, anyName, anyPredicate)
  .map(([dataset, split, where]) => ({ kind: 'slice' as const, dataset, split, where }));

export const anyAddress: fc.Arbitrary<Address> = fc.oneof(
  anyModelAddress,
  fc
    .tuple(anyName, step, anyName)
    .map(([model, at, layer]): Address => ({ kind: 'layer', model, ...at, layer })),
  fc
    .tuple(anyName, step, anyName, anyIndex)
    .map(([model, at, layer, unit]): Address => ({ kind: 'unit', model, ...at, layer, unit })),
  fc
    .tuple(
      anyName,
      step,
      anyName,
      anyName,
      fc.option(fc.array(anyIndex, { minLength: 1, maxLength: 4 }), { nil: undefined }),
    )
    .map(
      ([model, at, layer, tensor, index]): Address => ({
        kind: 'weight',
        model,
        ...at,
        layer,
        tensor,
        ...(index === undefined ? {} : { index }),
      }),
    ),
  anyDatasetAddress,
  anyExampleAddress,
  anySliceAddress,
);
