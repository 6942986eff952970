import { EditorState, type TransactionSpec } from '@codemirror/state';
import { expect, test } from 'vitest';
import { YSyncConfig, ySyncAnnotation } from 'y-codemirror.next';
import { Doc } from 'yjs';
import { MAX_TEXT } from '@/core/address/index.ts';
import { bounded } from './bounded.ts';

function after(text: string, spec: TransactionSpec): { text: string; refused: number[] } {
  const refused: number[] = [];
  const state = EditorState.create({ doc: text, extensions: [bounded((length) => refused.push(length))] });
  return { text: state.update(spec).state.doc.toString(), refused };
}
const full = 'x'.repeat(MAX_TEXT);

test('a key or a paste that would go beyond the longest query is not taken, and what was written stays', () => {
  const end = { from: MAX_TEXT, insert: 'y' };
  expect(after(full, { changes: end })).toEqual({ text: full, refused: [MAX_TEXT + 1] });
  expect(after('select ', { changes: { from: 7, insert: full } })).toEqual({
    text: 'select ',
    refused: [MAX_TEXT + 7],
  });
});

test('up to the longest query all is taken', () => {
  expect(after(full.slice(1), { changes: { from: 0, insert: 'x' } })).toEqual({ text: full, refused: [] });
  const other = { from: 0, to: 1, insert: 'y' };
  expect(after(full, { changes: other })).toEqual({ text: `y${full.slice(1)}`, refused: [] });
});

test('a text that is too long already can be made shorter', () => {
  const long = `${full}yz`;
  expect(after(long, { changes: { from: MAX_TEXT, to: MAX_TEXT + 1 } })).toEqual({
    text: `${full}z`,
    refused: [],
  });
});

test('what others write is taken, so that all have the same text', () => {
  const annotations = ySyncAnnotation.of(new YSyncConfig(new Doc().getText(), null));
  expect(after(full, { changes: { from: 0, insert: 'y' }, annotations })).toEqual({
    text: `y${full}`,
    refused: [],
  });
});
