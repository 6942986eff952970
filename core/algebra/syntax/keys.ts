/** What `order by` sorts by, kept as one text: a column, a unit `layer#7`, or `column.NAME` where the name alone says else. */
import { columnOperand, isOwnColumn, printName } from '../../address/index.ts';
import type { Operand } from '../../address/types.ts';

export type KeyOperand = Extract<Operand, { readonly kind: 'column' | 'activation' }>;

const UNIT = /^(.+)#(0|[1-9]\d{0,14})$/s;
const EXPLICIT = 'column.';

export function keyOperand(key: string): KeyOperand {
  if (key.startsWith(EXPLICIT)) return columnOperand(key.slice(EXPLICIT.length), true);
  const [, layer, unit] = UNIT.exec(key) ?? [];
  return layer === undefined
    ? { kind: 'column', name: key }
    : { kind: 'activation', layer, unit: Number(unit) };
}

/** The key of a column; `explicit` where `column.` stood before its name. */
export function columnKey(name: string, explicit: boolean): string {
  return misread(name) || (explicit && isOwnColumn(name)) ? EXPLICIT + name : name;
}

/** A column that would be taken for a unit, or whose name holds the word itself. */
const misread = (name: string): boolean => name.startsWith(EXPLICIT) || UNIT.test(name);

export function printKey(key: string): string {
  const operand = keyOperand(key);
  if (operand.kind === 'activation') return `${printName(operand.layer)}#${operand.unit}`;
  const { name, stored } = operand;
  return stored || misread(name) ? EXPLICIT + printName(name) : printName(name);
}
