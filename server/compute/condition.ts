/** Conditions on examples: what they ask of the model, and whether they hold. */
import { operandsOf, printOperand } from '../../core/address/index.ts';
import type { Operand, Predicate } from '../../core/address/types.ts';
import type { Query } from '../../core/algebra/index.ts';
import { UserError } from '../../core/errors/index.ts';

/** What a predicate may speak of, per example of the split. */
export interface Facts {
  readonly label: ArrayLike<number>;
  /** NaN where there is no prediction. */
  readonly predicted: ArrayLike<number>;
  readonly confidence: ArrayLike<number>;
  /** Cross-entropy of the true label; NaN without one. */
  readonly loss: ArrayLike<number>;
  /** Activations, distances and agreements, by their operand's text: `conv2d_1#7`, `agreement(dense_1, 10)`. */
  readonly computed: Readonly<Record<string, ArrayLike<number>>>;
  readonly columns: Readonly<Record<string, ArrayLike<number>>>;
  readonly classes: readonly string[];
}

/** Columns that every data set has, in the order in which errors name them. */
const OWN_COLUMNS = ['label', 'predicted', 'confidence', 'loss', 'index'] as const;

/** The column is the model's answer, not the data's. */
export function asksPredictions(operand: Operand): boolean {
  return (
    operand.kind === 'column' &&
    (operand.name === 'predicted' || operand.name === 'confidence' || operand.name === 'loss')
  );
}

/** Whether the slice's condition can only be decided by running the model. */
export function conditionAsksModel({ input }: Query): boolean {
  if (input?.kind !== 'slice') return false;
  return [...operandsOf(input.where)].some(
    (o) => asksPredictions(o) || o.kind === 'activation' || o.kind === 'distance' || o.kind === 'agreement',
  );
}

/** A predicate as a function of the index within the split. Comparisons with NaN are false, except !=. */
export function compile(predicate: Predicate, facts: Facts): (index: number) => boolean {
  switch (predicate.op) {
    case 'and': {
      const [a, b] = [compile(predicate.left, facts), compile(predicate.right, facts)];
      return (i) => a(i) && b(i);
    }
    case 'or': {
      const [a, b] = [compile(predicate.left, facts), compile(predicate.right, facts)];
      return (i) => a(i) || b(i);
    }
    case 'not': {
      const of = compile(predicate.of, facts);
      return (i) => !of(i);
    }
    case 'in': {
      const { left, values } = predicate;
      const value = numbersOf(left, facts);
      const wanted = new Set(
        values
          .map((v) => (typeof v === 'number' ? v : classIndex(v, left, facts)))
          .filter((v) => !Number.isNaN(v)),
      );
      return (i) => wanted.has(value(i));
    }
    default: {
      const a = sideOf(predicate.left, predicate.right, facts);
      const b = sideOf(predicate.right, predicate.left, facts);
      const holds = COMPARE[predicate.op];
      return (i) => holds(a(i), b(i));
    }
  }
}

const COMPARE = {
  '=': (a: number, b: number) => a === b,
  '!=': (a: number, b: number) => a !== b,
  '<': (a: number, b: number) => a < b,
  '<=': (a: number, b: number) => a <= b,
  '>': (a: number, b: number) => a > b,
  '>=': (a: number, b: number) => a >= b,
} as const;

function sideOf(operand: Operand, other: Operand, facts: Facts): (index: number) => number {
  if (operand.kind !== 'string') return numbersOf(operand, facts);
  const index = classIndex(operand.value, other, facts);
  return () => index;
}

/** A text is the name of a class, and only where the other side is a class. */
function classIndex(text: string, other: Operand, facts: Facts): number {
  if (other.kind !== 'column' || (other.name !== 'label' && other.name !== 'predicted'))
    throw new UserError('invalid', `'${text}' is compared with something that is no class; write a number`);
  const index = facts.classes.indexOf(text);
  if (index < 0)
    throw new UserError('invalid', `no class '${text}'; the classes are ${facts.classes.join(', ')}`);
  return index;
}

/** An operand's value by the index within the split. Throws UserError('invalid') for a column that is not there. */
export function numbersOf(operand: Operand, facts: Facts): (index: number) => number {
  switch (operand.kind) {
    case 'number':
      return () => operand.value;
    case 'string':
      throw new UserError('invalid', `'${operand.value}' is no number`);
    case 'activation':
    case 'distance':
    case 'agreement':
      return at(facts.computed[printOperand(operand)]);
    case 'column': {
      const { name } = operand;
      switch (name) {
        case 'index':
          return (i) => i;
        case 'label':
        case 'predicted':
        case 'confidence':
        case 'loss':
          return at(facts[name]);
        default: {
          const values = facts.columns[name];
          if (!values)
            throw new UserError(
              'invalid',
              `no column ${name}; there are ${[...OWN_COLUMNS, ...Object.keys(facts.columns)].join(', ')}`,
            );
          return at(values);
        }
      }
    }
  }
}

function at(values: ArrayLike<number> | undefined): (index: number) => number {
  return (i) => values?.[i] ?? Number.NaN;
}
