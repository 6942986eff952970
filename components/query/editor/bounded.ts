/** The longest query there is: what would make it longer is not taken, since nobody could read the view then. */
import { EditorState, type Extension } from '@codemirror/state';
import { ySyncAnnotation } from 'y-codemirror.next';
import { MAX_TEXT } from '@/core/address/index.ts';

/**
 * Tells how long the text would have become. Others' edits are taken however long they make it (the text here is to be
 * the same as theirs), and so is what makes a text shorter.
 */
export function bounded(refuse: (length: number) => void): Extension {
  return EditorState.transactionFilter.of((transaction) => {
    const { length } = transaction.newDoc;
    const shared = transaction.annotation(ySyncAnnotation) !== undefined;
    if (shared || length <= MAX_TEXT || length <= transaction.startState.doc.length) return transaction;
    refuse(length);
    return [];
  });
}
