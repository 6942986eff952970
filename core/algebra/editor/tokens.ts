/** What each word of a text is, for its colours. */
import { MAX_TEXT } from '../../address/lexer.ts';
import type { WordKind } from '../../address/notes.ts';
import { read } from '../syntax/parse.ts';

export interface Coloured {
  readonly from: number;
  readonly to: number;
  readonly kind: WordKind;
}

/** In order, without overlaps; spaces are left out. Never throws. */
export function tokens(text: string): Coloured[] {
  const found = read(text).words.map(({ from, to, kind }) => ({ from, to, kind }));
  if (text.length > MAX_TEXT) found.push({ from: MAX_TEXT, to: text.length, kind: 'error' });
  return found.filter(({ from, to }) => to > from);
}
