import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { spliceText } from '@/core/board/index.ts';
import { movedPlace, SharedBox, type TextBox } from './shared-box.ts';

/** A text box as browsers have it: a new value throws the caret to the end. */
class Box implements TextBox {
  #value = '';
  selectionStart = 0;
  selectionEnd = 0;
  get value() {
    return this.#value;
  }
  set value(text: string) {
    this.#value = text;
    this.setSelectionRange(text.length, text.length);
  }
  setSelectionRange(start: number, end: number) {
    this.selectionStart = start;
    this.selectionEnd = end;
  }
  key(text: string) {
    const at = this.selectionStart + text.length;
    this.#value = this.#value.slice(0, this.selectionStart) + text + this.#value.slice(this.selectionEnd);
    this.setSelectionRange(at, at);
  }
}

function open(text: string) {
  const doc = new Y.Doc();
  const shared = doc.getText('note');
  shared.insert(0, text);
  const other = new Y.Doc();
  const theirs = other.getText('note');
  const exchange = () => {
    Y.applyUpdate(other, Y.encodeStateAsUpdate(doc, Y.encodeStateVector(other)));
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(other, Y.encodeStateVector(doc)));
  };
  exchange();
  const box = new Box();
  const bound = new SharedBox(box, shared, (splice) => spliceText(doc, shared, splice));
  const type = (letters: string) => {
    box.key(letters);
    bound.typed();
  };
  return { box, bound, shared, theirs, exchange, type };
}

describe('B3 a note that two people write', () => {
  it('keeps every letter in its place when keystrokes interleave', () => {
    const { box, shared, theirs, exchange, type } = open('start ');
    [...'at the end'].forEach((letter, i) => {
      type(letter);
      theirs.insert(i, 'in front '[i % 9] ?? '');
      exchange();
    });
    expect(shared.toString()).toBe('in front istart at the end');
    expect(box.value).toBe(shared.toString());
    expect(box.selectionStart).toBe(box.value.length);
  });

  it('moves a selection with the letters that it holds', () => {
    const { box, theirs, exchange } = open('one two three');
    box.setSelectionRange(4, 7);
    theirs.delete(0, 3);
    theirs.insert(0, 'zero');
    exchange();
    expect(box.value.slice(box.selectionStart, box.selectionEnd)).toBe('two');
  });

  it('leaves the box alone while a character is composed, then merges both', () => {
    const { box, bound, shared, theirs, exchange } = open('note: ');
    box.setSelectionRange(6, 6);
    bound.compose();
    box.key('ka');
    bound.typed();
    theirs.insert(0, 'A ');
    exchange();
    expect(box.value).toBe('note: ka');
    box.setSelectionRange(6, 8);
    box.key('か');
    bound.composed();
    expect(shared.toString()).toBe('A note: か');
    expect(box.value).toBe('A note: か');
    expect(box.selectionEnd).toBe(9);
  });

  it('shows what is stored when the change was not allowed', () => {
    const doc = new Y.Doc();
    const shared = doc.getText('note');
    shared.insert(0, 'theirs');
    const box = new Box();
    const bound = new SharedBox(box, shared, () => {});
    box.key('mine');
    bound.typed();
    expect(box.value).toBe('theirs');
  });

  it.each([
    [3, [{ retain: 1 }, { insert: 'ab' }], 5],
    [3, [{ retain: 3 }, { insert: 'ab' }], 3],
    [3, [{ retain: 1 }, { delete: 1 }], 2],
    [3, [{ retain: 1 }, { delete: 9 }], 1],
    [5, [{ delete: 2 }, { insert: 'xyz' }, { retain: 1 }, { delete: 1 }], 5],
  ])('place %i after %j is %i', (place, change, expected) => {
    expect(movedPlace(place, change)).toBe(expected);
  });
});
