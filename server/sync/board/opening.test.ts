import { expect, it } from 'vitest';
import * as Y from 'yjs';
import { all, atRoot, behind, forged, gc, number, text, updatesOf } from '../testing/updates.ts';
import { openDocument } from './opening.ts';
import { proven } from './proof.ts';

const rowsOf = (...updates: Uint8Array[]) => updates.map((update, i) => ({ seq: i + 1, update }));
const written = (letters: string) =>
  updatesOf((doc) => doc.getText('text').insert(0, letters))[0] ?? new Uint8Array();

it('S8 a stored row that could not be stored again is left out, and the rest can be squashed', () => {
  for (const poison of [
    forged([{ client: 7, count: 2, structs: all(gc(0), gc(0)) }]),
    forged([
      {
        client: 7,
        count: 1,
        structs: atRoot('list', 2, all(number(1), text('['.repeat(5000) + ']'.repeat(5000)))),
      },
    ]),
  ]) {
    const { doc, left } = openDocument(null, rowsOf(written('kept'), poison));
    expect(left).toEqual([{ seq: 2, update: poison, reason: 'stored row 2 cannot be stored again' }]);
    expect(doc.getText('text').toString()).toBe('kept');
    const again = new Y.Doc();
    Y.applyUpdate(again, proven(doc));
    expect(again.getText('text').toString()).toBe('kept');
  }
});

it('S8 what waits in the store for changes that never came is put aside', () => {
  const [first, second] = updatesOf((doc) => {
    doc.getText('text').insert(0, 'a');
    doc.getText('text').insert(1, 'b');
  });
  if (!first || !second) throw new Error('two updates');
  const { doc, left } = openDocument(null, rowsOf(written('kept'), second));
  expect(left.map(({ seq, reason }) => [seq, reason])).toEqual([
    [null, 'a stored change builds on changes that were never stored'],
  ]);
  Y.applyUpdate(doc, first);
  expect(doc.getText('text').toString()).not.toContain('b');
  // In whatever order they were written, rows that complete each other are all served.
  expect(openDocument(null, rowsOf(second, first)).doc.getText('text').toString()).toBe('ab');
});

it('S8 a stored row whose parts stand where none may is emptied, what was written behind it stays, and the board can be squashed', () => {
  // As a version took it that did not look at places: two letters behind the value of a key, of which one is deleted.
  const [first = new Uint8Array()] = updatesOf((doc) => {
    doc.transact(() => {
      doc.getText('text').insert(0, 'hello');
      doc.getMap('bindings').set('class', 3);
    });
  }, 1);
  const poison = forged([{ client: 7, count: 1, structs: behind(1, 5, 4, text('or')) }], [[7, 1, 1]]);
  // Who wrote it went on, and so did somebody else.
  const later = forged([
    { client: 7, clock: 2, count: 1, structs: atRoot('list', 4, text('later')) },
    { client: 9, count: 1, structs: behind(1, 4, 4, text(' world')) },
  ]);
  const rows = rowsOf(first, poison, later);
  const old = new Y.Doc();
  for (const { update } of rows) Y.applyUpdate(old, update);
  expect(() => proven(old)).toThrow();
  const { doc, left } = openDocument(null, rows);
  expect(left).toEqual([{ seq: 2, update: poison, reason: 'stored row 2 holds a key with several values' }]);
  const again = new Y.Doc();
  Y.applyUpdate(again, proven(doc));
  expect(again.getText('text').toString()).toBe('hello world');
  expect(again.getText('list').toString()).toBe('later');
  expect(again.getMap('bindings').get('class')).toBe(3);
});
