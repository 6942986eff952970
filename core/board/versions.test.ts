/** Boards of every version that was ever stored (fixtures/make.ts), and of one that is still to come. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { note } from './board.fixture.ts';
import { addItem, boardUpdate, itemsOf, readBoard, restoreBoard } from './document.ts';
import { isOfLaterVersion, refuseLater } from './version.ts';

async function stored(name: string): Promise<Y.Doc> {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, await readFile(join(import.meta.dirname, 'fixtures', name)));
  return doc;
}
const versions = (doc: Y.Doc) => [
  doc.getMap('board').get('version'),
  ...[...itemsOf(doc).values()].map((item) => item.get('version')),
];

const base = { frame: { x: 1, y: 2, w: 300, h: 200 }, locked: false, createdBy: 'ada', group: 'g' };
const FIRST = {
  items: [
    {
      ...{ ...base, id: 'view', kind: 'view', order: 1, pinnedResult: 'f'.repeat(64), lens: 'auto' },
      ...{ query: 'select histogram(f/dense) from f(data)', options: { bins: 20, log: true } },
    },
    { ...base, id: 'note', kind: 'note', order: 2, text: '**Why?**', color: 2 },
  ],
  bindings: { f: 'net@12', x: 'digits.test[42]', "x'": null, data: 'digits.test', class: 7 },
};
const NAMES = {
  slices: { hard: 'digits.test[label = 3]' },
  marks: { 'digits.test[7]': { by: 'ada', note: 'blurred' }, 'digits.test[9]': { by: 'grace' } },
};

test.each([
  ['v1.first.yjs', { ...FIRST, slices: {}, marks: {} }, [undefined, undefined, undefined]],
  ['v1.names.yjs', { ...FIRST, ...NAMES }, [undefined, undefined, undefined]],
  ['v1.versions.yjs', { ...FIRST, ...NAMES }, [1, 1, 1]],
])('%s is read as it was written, and written in the newest version', async (name, content, found) => {
  const doc = await stored(name);
  expect(versions(doc)).toEqual(found);
  expect(readBoard(doc)).toEqual(content);
  const copy = new Y.Doc();
  Y.applyUpdate(copy, boardUpdate(readBoard(doc)));
  expect(versions(copy)).toEqual([1, 1, 1]);
  restoreBoard(doc, readBoard(doc));
  expect(versions(doc)).toEqual([1, 1, 1]);
  expect(readBoard(doc)).toEqual(content);
});

test('a board says its version from its first item on, and looking at one writes nothing', () => {
  const doc = new Y.Doc();
  expect(isOfLaterVersion(doc)).toBe(false);
  expect([...doc.share.keys()]).toEqual([]);
  addItem(doc, note('n'));
  expect(versions(doc)).toEqual([1, 1]);
});

test('a board of a later version is refused in one sentence', () => {
  const doc = new Y.Doc();
  doc.getMap('board').set('version', 2);
  expect(() => refuseLater(doc)).toThrow(
    'This board was written by a later version of Interlayer (version 2 of its shape; this one reads up to 1): update the server, or restore a backup from before the update.',
  );
});

test.each(['x', -1, 1.5, null, Number.NaN])(
  'a version that is none (%s) takes no board from anybody',
  (version) => {
    const doc = new Y.Doc();
    doc.getMap('board').set('version', version);
    expect(isOfLaterVersion(doc)).toBe(false);
  },
);
