/** What each word of a text is, for its colours. */
import { MAX_TEXT } from '../../address/lexer.ts';
import { walk } from './grammar.ts';
import type { TokenKind } from './slots.ts';

export interface Coloured {
  readonly from: number;
  readonly to: number;
  readonly kind: TokenKind;
}

/** In order, without overlaps; spaces are left out. Never throws. */
export function tokens(text: string): Coloured[] {
  const found = walk(text).stretches.map(({ from, to, kind }) => ({ from, to, kind }));
  if (text.length > MAX_TEXT) found.push({ from: MAX_TEXT, to: text.length, kind: 'error' });
  return found.filter(({ from, to }) => to > from);
}
