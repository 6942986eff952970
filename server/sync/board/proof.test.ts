import { expect, it } from 'vitest';
import * as Y from 'yjs';
import { all, atRoot, forged, gc, number, text } from '../testing/updates.ts';
import { difference, proven } from './proof.ts';

it('S2 a document that loads again is proven, however its structs are cut', () => {
  const [a, b] = [new Y.Doc(), new Y.Doc()];
  a.clientID = 1;
  for (const letter of 'abcdef') a.getText('text').insert(0, letter);
  a.getText('text').delete(1, 2);
  a.getMap('map').set('k', { deep: [1, 2] });
  Y.applyUpdate(b, proven(a));
  expect(b.getText('text').toString()).toBe(a.getText('text').toString());
  expect(difference(a, b)).toBeNull();
  b.getText('text').insert(0, '!');
  expect(difference(a, b)).not.toBeNull();
});

it('S2 a document that does not load again is not proven, so no row of it is deleted', () => {
  const empty = new Y.Doc();
  // Two structs of no length: Yjs takes them, and cannot read what it then writes.
  Y.applyUpdate(empty, forged([{ client: 7, count: 2, structs: all(gc(0), gc(0)) }]));
  expect(() => proven(empty)).toThrow();

  const deep = new Y.Doc();
  const json = `${'['.repeat(5000)}${']'.repeat(5000)}`;
  Y.applyUpdate(
    deep,
    forged([{ client: 7, count: 1, structs: atRoot('list', 2, all(number(1), text(json))) }]),
  );
  expect(() => proven(deep)).toThrow();
});

it('S2 what differs in content or deletion is found', () => {
  const make = (written: string, deleted: number) => {
    const doc = new Y.Doc();
    doc.clientID = 1;
    doc.getText('text').insert(0, written);
    if (deleted) doc.getText('text').delete(0, deleted);
    return doc;
  };
  expect(difference(make('abc', 0), make('abd', 0))).toBe('1:0');
  expect(difference(make('abc', 0), make('abc', 1))).toBe('1:0');
  expect(difference(make('abc', 1), make('abd', 1))).toBe('1:1');
  expect(difference(make('abc', 0), make('abcd', 0))).toBe('1:3');
});
