/** Conditions on examples: what they ask of the model, and whether they hold. */
import {
  isOwnColumn,
  OWN_COLUMNS,
  operandsOf,
  ownColumn,
  printColumn,
  printOperand,
} from '../../../core/address/index.ts';
import type { Operand, Predicate } from '../../../core/address/types.ts';
import type { Query } from '../../../core/algebra/index.ts';
import { UserError } from '../../../core/errors/index.ts';
import { type HalfType, toBfloat16, toFloat16 } from '../numerics/halves.ts';

/** What a predicate may speak of, per example of the split. */
export interface OperandValues {
  readonly label: ArrayLike<number>;
  /** NaN where there is no prediction. */
  readonly predicted: ArrayLike<number>;
  readonly confidence: ArrayLike<number>;
  /** Cross-entropy of the true label; NaN without one. */
  readonly loss: ArrayLike<number>;
  /** Activations, distances and agreements, by their operand's text: `conv2d_1#7`, `agreement(dense_1, 10)`. */
  readonly computed: Readonly<Record<string, ArrayLike<number>>>;
  readonly columns: Readonly<Record<string, ArrayLike<number>>>;
  /** Columns whose numbers are coarser than the array that holds them. */
  readonly halves?: Readonly<Record<string, HalfType>>;
  readonly classes: readonly string[];
}

/** The column is the model's answer, not the data's. */
export function asksPredictions(operand: Operand): boolean {
  return operand.kind === 'column' && ownColumn(operand)?.asks != null;
}

/** Whether the slice's condition can only be decided by running the model. */
export function conditionAsksModel({ input }: Query): boolean {
  if (input?.kind !== 'slice') return false;
  return [...operandsOf(input.where)].some(
    (o) => asksPredictions(o) || o.kind === 'activation' || o.kind === 'distance' || o.kind === 'agreement',
  );
}

/** A predicate as a function of the index within the split. Comparisons with NaN are false, except !=. */
export function compile(predicate: Predicate, operands: OperandValues): (index: number) => boolean {
  switch (predicate.op) {
    case 'and': {
      const [a, b] = [compile(predicate.left, operands), compile(predicate.right, operands)];
      return (i) => a(i) && b(i);
    }
    case 'or': {
      const [a, b] = [compile(predicate.left, operands), compile(predicate.right, operands)];
      return (i) => a(i) || b(i);
    }
    case 'not': {
      const of = compile(predicate.of, operands);
      return (i) => !of(i);
    }
    case 'in': {
      const { left, values } = predicate;
      const value = numbersOf(left, operands);
      const round = ROUND[precisionOf(left, operands)];
      const wanted = new Set(
        values
          .map((v) => (typeof v === 'number' ? round(v) : classIndex(v, left, operands)))
          .filter((v) => !Number.isNaN(v)),
      );
      return (i) => wanted.has(value(i));
    }
    default: {
      const { left, right } = predicate;
      const a = sideOf(left, right, operands);
      const b = sideOf(right, left, operands);
      const holds = COMPARE[predicate.op];
      const round = ROUND[commonPrecision(left, right, operands)];
      return (i) => holds(round(a(i)), round(b(i)));
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

type Precision = 'exact' | 'float32' | HalfType;

const ROUND: Readonly<Record<Precision, (value: number) => number>> = {
  exact: (value) => value,
  float32: Math.fround,
  float16: toFloat16,
  bfloat16: toBfloat16,
};
const COARSEST: readonly Precision[] = ['bfloat16', 'float16', 'float32'];

/** Number type of a column of the data set; all else is compared as it was computed. */
function precisionOf(operand: Operand, { columns, halves }: OperandValues): Precision {
  if (!isStoredColumn(operand)) return 'exact';
  return halves?.[operand.name] ?? (columns[operand.name] instanceof Float32Array ? 'float32' : 'exact');
}

/**
 * A column's number equals the text that it was read from: `5.1` is rounded as the column was when it was stored, and of
 * two columns the finer to the coarser. What the model computes is compared with a number as it is written.
 */
function commonPrecision(left: Operand, right: Operand, operands: OperandValues): Precision {
  const written = (operand: Operand) => operand.kind === 'number' || isStoredColumn(operand);
  if (!written(left) || !written(right)) return 'exact';
  const found = [precisionOf(left, operands), precisionOf(right, operands)];
  return COARSEST.find((precision) => found.includes(precision)) ?? 'exact';
}

function isStoredColumn(operand: Operand): operand is Extract<Operand, { readonly kind: 'column' }> {
  return operand.kind === 'column' && (operand.stored === true || !isOwnColumn(operand.name));
}

function sideOf(operand: Operand, other: Operand, operands: OperandValues): (index: number) => number {
  if (operand.kind !== 'string') return numbersOf(operand, operands);
  const index = classIndex(operand.value, other, operands);
  return () => index;
}

/** A text is the name of a class, and only where the other side is a class. */
function classIndex(text: string, other: Operand, operands: OperandValues): number {
  if (other.kind !== 'column' || other.stored || (other.name !== 'label' && other.name !== 'predicted'))
    throw new UserError('invalid', `'${text}' is compared with something that is no class; write a number`);
  const index = operands.classes.indexOf(text);
  if (index < 0)
    throw new UserError('invalid', `no class '${text}'; the classes are ${operands.classes.join(', ')}`);
  return index;
}

/** An operand's value by the index within the split. Throws UserError('invalid') for a column that is not there. */
export function numbersOf(operand: Operand, operands: OperandValues): (index: number) => number {
  switch (operand.kind) {
    case 'number':
      return () => operand.value;
    case 'string':
      throw new UserError('invalid', `'${operand.value}' is no number`);
    case 'activation':
    case 'distance':
    case 'agreement':
      return at(operands.computed[printOperand(operand)]);
    case 'column': {
      const { name, stored } = operand;
      if (stored) return storedColumn(name, operands);
      switch (name) {
        case 'index':
          return (i) => i;
        case 'label':
        case 'predicted':
        case 'confidence':
        case 'loss':
          return at(operands[name]);
        default:
          return storedColumn(name, operands);
      }
    }
  }
}

function storedColumn(name: string, { columns }: OperandValues): (index: number) => number {
  const values = columns[name];
  if (!values)
    throw new UserError(
      'invalid',
      `no column ${printColumn(name)}; there are ${[...OWN_COLUMNS, ...Object.keys(columns).map(printColumn)].join(', ')}`,
    );
  return at(values);
}

function at(values: ArrayLike<number> | undefined): (index: number) => number {
  return (i) => values?.[i] ?? Number.NaN;
}
