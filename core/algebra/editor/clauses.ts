/** Clauses of a text that is being written (the grammar of ../clauses.ts). */

import { columnOperand } from '../../address/index.ts';
import { CHANGE_NAMES, type ChangeName, changeRow } from '../dictionary/changes.ts';
import { METHOD_NAMES, METHODS, type MethodName } from '../dictionary/methods.ts';

import { readExample, readLayer, readUnit, takeColumnWord } from './conditions.ts';
import type { Cursor } from './cursor.ts';
import type { Side } from './slots.ts';

export function readTarget(cursor: Cursor): void {
  cursor.offer({ kind: 'target' });
  for (const name of ['class', 'logit'] as const)
    if (cursor.takeWord(name, { kind: 'target', name })) {
      cursor.needNumber({ kind: 'class', of: name });
      return;
    }
  if (cursor.takeWord('loss', { kind: 'target', name: 'loss' })) return;
  if (!cursor.takeWord('unit', { kind: 'target', name: 'unit' })) cursor.wrong();
  readUnitOf(cursor);
}

function readUnitOf(cursor: Cursor): void {
  cursor.offer({ kind: 'layer' });
  const layer = readLayer(cursor);
  if (readUnit(cursor, layer) === null) cursor.wrong();
}

export function readUsing(cursor: Cursor, side: Side): void {
  cursor.offer({ kind: 'method' });
  const written = cursor.peekName();
  if (written === null) cursor.wrong();
  const name: MethodName | undefined = METHOD_NAMES.find((known) => known === written?.text.toLowerCase());
  side.method = name ?? null;
  cursor.take(name === undefined ? 'error' : 'method', name && { kind: 'method', name });
  if (!cursor.takeMark('(')) return;
  if (cursor.takeMark(')')) return;
  const given: string[] = [];
  do {
    if (name !== undefined) cursor.offer({ kind: 'parameter', method: name, given: [...given] });
    const parameter = cursor.peekName()?.text ?? cursor.wrong();
    const known = name !== undefined && METHODS[name].params.some((p) => p.name === parameter);
    cursor.take('parameter', known ? { kind: 'parameter', method: name, name: parameter } : null);
    given.push(parameter);
    cursor.needMark('=');
    readSetting(cursor, name, parameter);
  } while (cursor.takeMark(','));
  cursor.needMark(')');
}

function readSetting(cursor: Cursor, method: MethodName | undefined, parameter: string): void {
  if (method !== undefined) cursor.offer({ kind: 'setting', method, name: parameter });
  if (cursor.takeNumber() !== null) return;
  if (cursor.peek()?.kind === 'string') {
    cursor.take('text');
    return;
  }
  if (cursor.isWord("x'") || cursor.isWord('x') || cursor.isMark('.', 1)) {
    readExample(cursor);
    return;
  }
  const word = cursor.peekName(cursor.isWord('true') || cursor.isWord('false'));
  if (word === null) cursor.wrong();
  cursor.take('text', { kind: 'setting', name: word?.text ?? '' });
}

export function readRegion(cursor: Cursor): void {
  cursor.needMark('[');
  for (let axis = 0; axis < 4; axis++) {
    cursor.offer({ kind: 'coordinate', axis });
    if (cursor.takeNumber() === null) {
      if (cursor.peekName() === null) cursor.wrong();
      cursor.take('number');
    }
    cursor.needMark(axis < 3 ? ',' : ']');
  }
}

export function readChanges(cursor: Cursor): void {
  do {
    cursor.offer({ kind: 'change' });
    const name = CHANGE_NAMES.find((known) => cursor.isWord(known));
    if (name === undefined) cursor.wrong();
    cursor.take('function', { kind: 'change', name: name ?? '' });
    cursor.needMark('(');
    readArguments(cursor, name ?? 'ablate');
    cursor.needMark(')');
  } while (cursor.takeMark(','));
}

function readArguments(cursor: Cursor, kind: ChangeName): void {
  for (const [i, argument] of changeRow(kind).args.entries()) {
    if (i > 0) cursor.needMark(',');
    if (argument.kind === 'unit') readUnitOf(cursor);
    else if (argument.kind === 'weight') readWeight(cursor);
    else if (argument.kind === 'region') readRegion(cursor);
    else cursor.needNumber({ kind: 'number', hint: argument.called, values: argument.offers });
  }
}

/** `dense_1.kernel[3, 7]` */
function readWeight(cursor: Cursor): void {
  cursor.offer({ kind: 'layer' });
  const layer = readLayer(cursor);
  cursor.needMark('.');
  cursor.offer({ kind: 'tensor', layer });
  const tensor = cursor.peekName()?.text ?? cursor.wrong();
  cursor.take('layer');
  cursor.needMark('[');
  let axis = 0;
  do cursor.needNumber({ kind: 'place', layer, tensor, axis: axis++ });
  while (cursor.takeMark(','));
  cursor.needMark(']');
}

export function readOrder(cursor: Cursor): void {
  cursor.offer({ kind: 'words', words: ['by'] });
  if (!cursor.takeWord('by', { kind: 'clause', clause: 'order by' })) cursor.wrong();
  cursor.offer({ kind: 'key' });
  const explicit = takeColumnWord(cursor);
  if (explicit) cursor.offer({ kind: 'column' });
  const name = cursor.peekName(explicit) ?? cursor.wrong();
  const unit = !explicit && cursor.isMark('#', 1);
  cursor.take(
    unit ? 'layer' : 'data',
    unit ? { kind: 'layer', name: name.text } : columnOperand(name.text, explicit),
  );
  if (!explicit) readUnit(cursor, name.text);
  cursor.offer({ kind: 'words', words: ['desc', 'asc'] });
  if (!cursor.takeWord('desc')) cursor.takeWord('asc');
}
