/** Queries of a text that is being written (the grammar of parse.ts): never throws, reads to the end. */

import { FUNCTION_NAMES, FUNCTIONS, type FunctionName } from '../dictionary/functions.ts';
import { readChanges, readOrder, readRegion, readTarget, readUsing } from './clauses.ts';
import { readCondition, readUnit } from './conditions.ts';
import { Cursor, ENDED } from './cursor.ts';
import type { Clause, Side } from './slots.ts';

/** What each stretch of the text is, and what may come at its end. */
export function walk(text: string): Cursor {
  const cursor = new Cursor(text);
  try {
    const { side } = cursor;
    readQuery(cursor, side);
    // What belongs nowhere is stepped over, one word at a time.
    while (cursor.take('error') !== null) readClauses(cursor, side);
  } catch (reason) {
    if (reason !== ENDED) throw reason;
  }
  return cursor;
}

function readQuery(cursor: Cursor, side: Side): void {
  cursor.guarded(() => {
    cursor.offer({ kind: 'words', words: ['select'] });
    if (!cursor.takeWord('select', clause('select'))) cursor.wrong();
    readWhat(cursor, side);
    cursor.offer({ kind: 'words', words: ['from'] });
    if (!cursor.isWord('from')) cursor.wrong();
  });
  if (cursor.takeWord('from', clause('from'))) {
    side.clauses.add('from');
    cursor.guarded(() => readModel(cursor, side));
  }
  readClauses(cursor, side);
}

function readClauses(cursor: Cursor, side: Side): void {
  for (;;) {
    cursor.offer({ kind: 'clauses' });
    if (cursor.ended) return;
    const before = cursor.peek();
    cursor.guarded(() => readClause(cursor, side));
    // Nothing that begins a clause: it closes this query, or it belongs nowhere.
    if (cursor.peek() === before) return;
  }
}

const clause = (name: Clause) => ({ kind: 'clause', clause: name }) as const;

function readWhat(cursor: Cursor, side: Side): void {
  cursor.offer({ kind: 'what' });
  if (cursor.isMark('*')) {
    side.what = 'identity';
    cursor.take('keyword', { kind: 'what', what: 'identity' });
    return;
  }
  const name = cursor.peekName();
  if (name === null) cursor.wrong();
  if (name !== null && !name.quoted && cursor.isMark('(', 1)) {
    readCall(cursor, side, name.text);
    return;
  }
  side.what = 'layer';
  side.layer = name?.text ?? null;
  cursor.take('layer', { kind: 'layer', name: name?.text ?? '' });
  readUnit(cursor, name?.text ?? '');
}

function readCall(cursor: Cursor, side: Side, written: string): void {
  const name: FunctionName | undefined = FUNCTION_NAMES.find((known) => known === written.toLowerCase());
  side.what = name ?? null;
  cursor.take(name === undefined ? 'error' : 'function', name && { kind: 'function', name });
  cursor.take('mark');
  for (let index = 0; ; index++) {
    if (name !== undefined && index < FUNCTIONS[name].args.length)
      cursor.offer({ kind: 'argument', of: name, index });
    if (cursor.takeMark(')')) return;
    if (cursor.takeNumber() === null) {
      const layer = cursor.peekName();
      if (layer === null) cursor.wrong();
      if (index === 0) side.layer = layer?.text ?? null;
      cursor.take('layer', { kind: 'layer', name: layer?.text ?? '' });
      readUnit(cursor, layer?.text ?? '');
    }
    if (cursor.takeMark(',')) continue;
    cursor.needMark(')');
    return;
  }
}

function readModel(cursor: Cursor, side: Side): void {
  cursor.offer({ kind: 'model' });
  const name = cursor.peekName(true);
  if (name === null) cursor.wrong();
  const model = { name: name?.text ?? '', quoted: name?.quoted === true };
  side.model = model;
  cursor.take('model', { kind: 'model', ...model });
  if (cursor.takeMark('@')) {
    cursor.offer({ kind: 'step' });
    const word = cursor.isWord('best') || cursor.isWord('last');
    if (word) cursor.take('model');
    else if (cursor.takeNumber('model') === null) cursor.wrong();
  }
  if (!cursor.takeMark('(')) return;
  readInput(cursor, side);
  cursor.needMark(')');
}

function readInput(cursor: Cursor, side: Side): void {
  cursor.offer({ kind: 'input' });
  const bound = ['x', "x'", 'data'].find((name) => cursor.isWord(name));
  const name = bound === undefined ? cursor.peekName(true) : { text: bound, quoted: false };
  if (name === null) cursor.wrong();
  side.dataset = { name: name?.text ?? '', quoted: name?.quoted === true };
  side.input = bound === 'x' || bound === "x'" ? 'example' : 'many';
  cursor.take('data', { kind: 'data', name: side.dataset.name, quoted: side.dataset.quoted });
  if (bound === 'data' && cursor.takeMark('[')) {
    readCondition(cursor);
    cursor.needMark(']');
    return;
  }
  if (!cursor.takeMark('.')) return;
  cursor.offer({ kind: 'split', dataset: side.dataset.name, one: false });
  if (cursor.takeMark('*')) return;
  const split = cursor.peekName(true);
  if (split === null) cursor.wrong();
  side.split = split?.text ?? null;
  cursor.take('data', { kind: 'split', name: side.split ?? '' });
  if (!cursor.takeMark('[')) return;
  if (cursor.peek()?.kind === 'number' && (cursor.isMark(']', 1) || cursor.peek(1) === null)) {
    side.input = 'example';
    cursor.takeNumber();
  } else readCondition(cursor, { kind: 'index' });
  cursor.needMark(']');
}

function readClause(cursor: Cursor, side: Side): void {
  const begin = (name: Clause): void => {
    side.clauses.add(name);
  };
  if (cursor.takeWord('for', clause('for'))) {
    begin('for');
    readTarget(cursor);
  } else if (cursor.takeWord('using', clause('using'))) {
    begin('using');
    readUsing(cursor, side);
  } else if (cursor.takeWord('where', clause('where'))) {
    begin('where');
    readRegion(cursor);
  } else if (cursor.takeWord('with', clause('with'))) {
    begin('with');
    readChanges(cursor);
  } else if (cursor.isWord('join') || cursor.isWord('left')) {
    begin('join');
    const left = cursor.isWord('left');
    const told = clause(left ? 'left join' : 'join');
    cursor.take('keyword', told);
    if (left) {
      cursor.offer({ kind: 'words', words: ['join'] });
      if (!cursor.takeWord('join', told)) cursor.wrong();
    }
    cursor.needMark('(');
    cursor.joined(() => readQuery(cursor, cursor.open(side)));
    cursor.side = side;
    cursor.needMark(')');
  } else if (cursor.takeWord('order', clause('order by'))) {
    begin('order by');
    readOrder(cursor);
  } else if (cursor.takeWord('limit', clause('limit'))) {
    begin('limit');
    cursor.needNumber({ kind: 'number', hint: 'examples', values: [10, 20, 50, 100, 500] });
  }
}
