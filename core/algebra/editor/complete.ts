/** Completion: what the grammar allows at the caret, filled with what the project has. */
import { type Token, tokenize } from '../../address/lexer.ts';
import { read } from '../syntax/parse.ts';
import { type EditorContext, merged } from './context.ts';
import type { Offer } from './offer.ts';
import { offersOf } from './offers.ts';

export interface Completion extends Offer {
  /** What is replaced: the word at the caret; empty between words. */
  readonly from: number;
  readonly to: number;
}

/** Best first; none where only one thing can stand and it stands there. Never throws. */
export function complete(text: string, caret: number, known: EditorContext): Completion[] {
  const at = Math.max(0, Math.min(text.length, caret));
  const word = wordBefore(text.slice(0, at));
  const from = word?.start ?? at;
  const before = read(text.slice(0, from));
  const whole = read(text).drafts;
  const typed = (word?.text ?? '').toLowerCase();
  const to = word === null ? at : endOf(text, at, word);
  const offers = before.slots.flatMap((slot) => {
    const side = merged(slot.side, whole[before.drafts.indexOf(slot.side)]);
    return offersOf({ ...slot, side }, known);
  });
  const seen = new Set<string>();
  const ranked = offers
    .filter(({ insert }) => !seen.has(insert) && seen.add(insert))
    .map((offer, order) => ({ offer, order, rank: rankOf(offer, typed) }))
    .filter(({ rank }) => rank < NO_MATCH)
    .sort((a, b) => a.rank - b.rank || a.order - b.order)
    .map(({ offer }) => ({ ...offer, insert: fitted(offer.insert, text, to), from, to }));
  const [only] = ranked;
  const written = text.slice(from, to);
  return ranked.length === 1 && only !== undefined && only.insert.trim() === written ? [] : ranked;
}

/** The word that is being written; null between words. */
function wordBefore(before: string): Token | null {
  const last = tokenize(before).tokens.at(-2);
  if (last === undefined || last.end !== before.length || last.kind === 'mark') return null;
  return last;
}

/** The word goes on behind the caret; an open quote up to its end, if that is near. */
function endOf(text: string, caret: number, word: Token): number {
  const behind = text.slice(caret);
  if (word.kind === 'quoted' || word.kind === 'string') {
    const quote = word.kind === 'quoted' ? '"' : "'";
    const open = !(text.charAt(caret - 1) === quote && caret - word.start > 1);
    const rest = open ? behind.match(word.kind === 'quoted' ? /^[^"\n)\]]*"/ : /^[^'\n)\]]*'/) : null;
    return caret + (rest?.[0].length ?? 0);
  }
  const rest = behind.match(/^[A-Za-z0-9_-]+/);
  return caret + (rest?.[0].length ?? 0);
}

const NO_MATCH = 9;

/** 0 begins so, 1 a part of it begins so, 2 it is in there, 3 it is in what a class is called. */
function rankOf({ label, kind, detail }: Offer, typed: string): number {
  if (typed === '') return 0;
  const name = label.toLowerCase().replace(/^['"]/, '');
  if (name.startsWith(typed)) return 0;
  if (name.split(/[^a-z0-9]+/).some((part) => part.startsWith(typed))) return 1;
  if (name.includes(typed)) return 2;
  return kind === 'class' && detail.toLowerCase().includes(typed) ? 3 : NO_MATCH;
}

/** Brackets and spaces that stand there already are not written twice. */
function fitted(insert: string, text: string, to: number): string {
  const next = text.charAt(to);
  const last = insert.charAt(insert.length - 1);
  if (next !== '' && '([# ='.includes(last) && next === last) return insert.slice(0, -1);
  if (next === '(' && insert.endsWith('() ')) return insert.slice(0, -3);
  if (last === ' ' && next !== '' && ')],'.includes(next)) return insert.trimEnd();
  return insert;
}
