/** Conditions of a text that is being written (the grammar of address/predicate.ts). */
import { columnOperand } from '../../address/index.ts';
import type { Operand } from '../../address/types.ts';
import type { Cursor } from './cursor.ts';
import type { Open } from './slots.ts';

const COMPARISONS = ['=', '!=', '<', '<=', '>', '>='];

/** Up to what cannot follow in a condition. `first` may also stand at its beginning. */
export function readCondition(cursor: Cursor, ...first: readonly Open[]): void {
  readTerm(cursor, first);
  for (;;) {
    cursor.offer({ kind: 'words', words: ['and', 'or'] });
    if (!cursor.takeWord('and') && !cursor.takeWord('or')) return;
    readTerm(cursor, []);
  }
}

function readTerm(cursor: Cursor, first: readonly Open[]): void {
  cursor.offer(...first, { kind: 'words', words: ['not'] });
  if (cursor.takeWord('not')) {
    cursor.nested(() => readTerm(cursor, []));
    return;
  }
  if (cursor.takeMark('(')) {
    cursor.nested(() => readCondition(cursor));
    cursor.needMark(')');
    return;
  }
  const left = readOperand(cursor, { kind: 'operand' });
  cursor.offer({ kind: 'words', words: [...COMPARISONS, 'in'] });
  if (cursor.takeWord('in', { kind: 'operand', name: 'in' })) {
    cursor.needMark('[');
    do {
      cursor.offer({ kind: 'value', left });
      if (cursor.takeNumber() === null && cursor.peek()?.kind !== 'string') cursor.wrong();
      if (cursor.peek()?.kind === 'string') cursor.take('text');
    } while (cursor.takeMark(','));
    cursor.needMark(']');
    return;
  }
  const mark = COMPARISONS.find((known) => cursor.isMark(known));
  if (mark === undefined) cursor.wrong();
  cursor.take('mark');
  readOperand(cursor, { kind: 'value', left });
}

/** Null for what can be compared with nothing in particular. */
function readOperand(cursor: Cursor, slot: Open): Operand | null {
  cursor.offer(slot);
  if (slot.kind === 'value') cursor.offer({ kind: 'operand' });
  const value = cursor.takeNumber();
  if (value !== null) return { kind: 'number', value };
  const token = cursor.peek();
  if (token?.kind === 'string') {
    cursor.take('text');
    return { kind: 'string', value: token.text };
  }
  const called = (['distance', 'agreement'] as const).find(
    (name) => cursor.isWord(name) && cursor.isMark('(', 1),
  );
  if (called !== undefined) return readCalled(cursor, called);
  if (takeColumnWord(cursor)) {
    cursor.offer({ kind: 'column' });
    const own = cursor.peekName(true) ?? cursor.wrong();
    cursor.take('data', columnOperand(own.text, true));
    return columnOperand(own.text, true);
  }
  const name = cursor.peekName();
  if (name === null) return cursor.wrong();
  if (!cursor.isMark('#', 1)) {
    cursor.take('data', { kind: 'column', name: name.text });
    // What has been written may be a layer, of which a unit can be compared.
    cursor.takeMark('#');
    return { kind: 'column', name: name.text };
  }
  cursor.take('layer', { kind: 'layer', name: name.text });
  return { kind: 'activation', layer: name.text, unit: readUnit(cursor, name.text) ?? cursor.wrong() };
}

/** `column.`, before a column of the data set by a name that every data set has. */
export function takeColumnWord(cursor: Cursor): boolean {
  if (!cursor.isWord('column') || !cursor.isMark('.', 1)) return false;
  cursor.take('keyword');
  cursor.take('mark');
  return true;
}

/** `#3`; null where none is written. */
export function readUnit(cursor: Cursor, layer: string): number | null {
  if (!cursor.takeMark('#')) return null;
  cursor.offer({ kind: 'unit', layer });
  const token = cursor.peek();
  if (token?.kind !== 'number') return cursor.wrong();
  cursor.take('unit', { kind: 'unit', layer, unit: token.value });
  return token.value;
}

function readCalled(cursor: Cursor, name: 'distance' | 'agreement'): null {
  cursor.take('function', { kind: 'operand', name });
  cursor.take('mark');
  cursor.offer({ kind: 'layer' });
  readLayer(cursor);
  cursor.needMark(',');
  if (name === 'agreement')
    cursor.needNumber({ kind: 'number', hint: 'neighbours of each example', values: [5, 10, 20] });
  else readExample(cursor);
  cursor.needMark(')');
  return null;
}

export function readLayer(cursor: Cursor): string {
  const name = cursor.peekName();
  if (name === null) return cursor.wrong();
  cursor.take('layer', { kind: 'layer', name: name.text });
  return name.text;
}

/** `x`, `x'`, `digits.test[42]` */
export function readExample(cursor: Cursor): void {
  cursor.offer({ kind: 'example' });
  if ((cursor.isWord('x') || cursor.isWord("x'")) && !cursor.isMark('.', 1)) {
    cursor.take('data', { kind: 'data', name: cursor.peek()?.text ?? '', quoted: false });
    return;
  }
  const name = cursor.peekName(true);
  if (name === null) cursor.wrong();
  cursor.take('data', { kind: 'data', name: name?.text ?? '', quoted: name?.quoted === true });
  cursor.needMark('.');
  cursor.offer({ kind: 'split', dataset: name?.text ?? '', one: true });
  const split = cursor.peekName(true);
  if (split === null) cursor.wrong();
  cursor.take('data', { kind: 'split', name: split?.text ?? '' });
  cursor.needMark('[');
  cursor.needNumber({ kind: 'index' });
  cursor.needMark(']');
}
