import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { MAX_TEXT } from '../address/index.ts';
import { note, view } from './board.fixture.ts';
import { addItem, boardUpdate, faultOf, itemsOf, readBoard, readItems, restoreBoard } from './document.ts';
import type { BoardItem } from './types.ts';

function changed(item: BoardItem, fields: Readonly<Record<string, unknown>>): Y.Doc {
  const doc = new Y.Doc();
  addItem(doc, item);
  for (const [key, value] of Object.entries(fields)) itemsOf(doc).get(item.id)?.set(key, value);
  return doc;
}
const faultIn = (doc: Y.Doc) => readBoard(doc).unreadable?.[0];

describe('an item that cannot be shown', () => {
  it('a query as long as the language reads is shown; a longer one is no view, and its text is told', () => {
    const longest = 'x'.repeat(MAX_TEXT);
    expect(readItems(changed(view('v', { query: longest }), {}))).toHaveLength(1);
    expect(faultIn(changed(view('v', { query: `${longest}y` }), {}))).toMatchObject({
      why: 'its query has 20001 characters, at most 20000 are read',
      frame: view('v').frame,
      text: `${longest}y`,
    });
  });

  it('a lens that is not known is drawn by another: the view is shown', () => {
    expect(readItems(changed(view('v'), { lens: 'holographic' }))).toHaveLength(1);
  });

  it.each<[string, Record<string, unknown>, string]>([
    [
      'of a later version',
      { version: 2, sound: 'ping' },
      'it was written by a later version of Interlayer (version 2 of its shape; this one reads 1); update the server',
    ],
    [
      'of a kind that is not known',
      { kind: 'hologram' },
      'it is of a kind that this version does not know (hologram); update the server',
    ],
    ['without a kind', { kind: null }, 'parts of it are missing or wrong (kind)'],
    ['whose version is none', { version: 'x' }, 'parts of it are missing or wrong (version)'],
    ['with a lens that is no name', { lens: 7 }, 'parts of it are missing or wrong (lens)'],
    [
      'with options of another kind',
      { options: { deep: { er: 1 } } },
      'parts of it are missing or wrong (options)',
    ],
    ['with several faults', { locked: 'no', group: 3 }, 'parts of it are missing or wrong (locked, group)'],
  ])('%s says so, where it lies and what is written in it', (_, fields, why) => {
    const doc = changed(view('v', { query: 'select graph() from f' }), fields);
    expect(readItems(doc)).toEqual([]);
    expect(faultOf('v', itemsOf(doc).get('v'))).toEqual({
      ...{ id: 'v', why, misplaced: false, frame: view('v').frame },
      text: 'select graph() from f',
    });
  });

  it('of what is not an item, and of a kind that is not known, the text is what may have been written', () => {
    const doc = new Y.Doc();
    const items = doc.getMap<unknown>('items');
    items.set('a', new Y.Text('loose'));
    items.set('b', Y.Array.from([1, 'two']));
    // Fields that are an item's, in what nobody can write in.
    items.set('c', { ...note('c'), text: 'plain' });
    items.set(
      'd',
      new Y.Map<unknown>([
        ['kind', 'sound'],
        ['caption', 'a long ping'],
        ['by', 'ada'],
      ]),
    );
    const found = readBoard(doc).unreadable ?? [];
    expect(found.map(({ id, frame, text }) => [id, frame, text])).toEqual([
      ['a', null, 'loose'],
      ['b', null, '[1,"two"]'],
      ['c', null, JSON.stringify({ ...note('c'), text: 'plain' })],
      ['d', null, 'a long ping'],
    ]);
  });

  it('is taken along whole by copies and when a board is restored', () => {
    const doc = changed(view('v'), { version: 2, extra: Y.Array.from([new Y.Map([['deep', 1]])]) });
    addItem(doc, note('n'));
    const later = itemsOf(doc).get('v');
    const styled = new Y.Text();
    later?.set('styled', styled);
    styled.insert(0, 'bold', { bold: true });
    const stored = itemsOf(doc).toJSON();
    const content = structuredClone(readBoard(doc));
    const copy = new Y.Doc();
    Y.applyUpdate(copy, boardUpdate(content));
    expect(itemsOf(copy).toJSON()).toEqual(stored);
    const text = itemsOf(copy).get('v')?.get('styled');
    expect(text instanceof Y.Text && text.toDelta()).toEqual([
      { insert: 'bold', attributes: { bold: true } },
    ]);
    itemsOf(doc).delete('v');
    restoreBoard(doc, content);
    expect(itemsOf(doc).toJSON()).toEqual(stored);
    expect(readBoard(doc)).toEqual(content);
  });

  it('a board that can be read has none', () => {
    const doc = changed(view('v'), {});
    expect(readBoard(doc)).not.toHaveProperty('unreadable');
  });
});
