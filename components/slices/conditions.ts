/**
 * A condition on examples as rows that can be filled in, and as text: the same thing edited either way. A row is three
 * pieces of text of the algebra, so that what is half typed has a place too; what is no row of that kind (a bracket, a
 * number on the left) is a row of plain text. rowsOf and conditionText are inverse to each other.
 */
import {
  type Operand,
  type Predicate,
  parsePredicate,
  printOperand,
  printPredicate,
} from '@/core/address/index.ts';
import { UserError } from '@/core/errors/index.ts';

export const OPERATORS = ['=', '!=', '<', '<=', '>', '>=', 'in', 'not in'] as const;
export type Operator = (typeof OPERATORS)[number];

export type Row =
  /** `label`, `=`, `7`; `conv2d_1#7`, `>`, `2.5`; `index`, `in`, `3, 17`. */
  | { readonly kind: 'parts'; readonly subject: string; readonly operator: Operator; readonly value: string }
  | { readonly kind: 'text'; readonly text: string };
export interface Rows {
  readonly joined: 'and' | 'or';
  readonly rows: readonly Row[];
}
export const NO_ROWS: Rows = { joined: 'and', rows: [] };

export function rowsOf(predicate: Predicate): Rows {
  const joined = predicate.op === 'or' ? 'or' : 'and';
  const terms: Predicate[] = [];
  let rest = predicate;
  // Chains lean to the left: what stands in brackets on the right stays one row.
  while (rest.op === joined) {
    terms.unshift(rest.right);
    rest = rest.left;
  }
  return { joined, rows: [rest, ...terms].map(rowOf) };
}

function rowOf(term: Predicate): Row {
  const plain: Row = { kind: 'text', text: printPredicate(term) };
  switch (term.op) {
    case 'and':
    case 'or':
      return plain;
    case 'in':
      return listRow(term, 'in') ?? plain;
    case 'not':
      return (term.of.op === 'in' ? listRow(term.of, 'not in') : null) ?? plain;
    default:
      if (isLiteral(term.left)) return plain;
      return {
        kind: 'parts',
        subject: printOperand(term.left),
        operator: term.op,
        value: printOperand(term.right),
      };
  }
}

const isLiteral = ({ kind }: Operand): boolean => kind === 'number' || kind === 'string';

function listRow(term: Extract<Predicate, { op: 'in' }>, operator: 'in' | 'not in'): Row | null {
  if (isLiteral(term.left)) return null;
  const subject = printOperand(term.left);
  return {
    kind: 'parts',
    subject,
    operator,
    value: printPredicate(term).slice(`${subject} in [`.length, -1),
  };
}

/** The text of one row, as it stands; it may not parse while it is being typed. */
export function rowText(row: Row): string {
  if (row.kind === 'text') return row.text;
  const { subject, operator, value } = row;
  if (operator === 'in') return `${subject} in [${value}]`;
  if (operator === 'not in') return `not ${subject} in [${value}]`;
  return `${subject} ${operator} ${value}`;
}

/** The whole condition; empty without rows. */
export function conditionText({ joined, rows }: Rows): string {
  const [only] = rows;
  if (rows.length === 1 && only) return rowText(only);
  const text = rows.map((row) => (row.kind === 'text' ? `(${row.text})` : rowText(row))).join(` ${joined} `);
  // Brackets that say nothing are taken away where the text parses.
  const read = readCondition(text);
  return read.ok && read.predicate ? printPredicate(read.predicate) : text;
}

export type ParsedCondition =
  /** Null: no condition at all. */
  | { readonly ok: true; readonly predicate: Predicate | null }
  | { readonly ok: false; readonly message: string; readonly column: number | null };

export function readCondition(text: string): ParsedCondition {
  if (text.trim() === '') return { ok: true, predicate: null };
  try {
    return { ok: true, predicate: parsePredicate(text) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const column = typeof error.at === 'object' ? error.at.column : null;
    return { ok: false, message: error.message, column };
  }
}
