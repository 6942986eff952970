/** Stretches of a query's text, by the places that the parser kept. */
import { placeOf, type Query } from '@/core/algebra/index.ts';
import type { Splice } from '@/core/board/index.ts';
import type { Place } from '@/core/errors/index.ts';
import { offsetOf } from './faults.ts';

/** Offsets, `to` exclusive. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export function spanOf(text: string, place: Place | undefined): Span | null {
  if (!place) return null;
  const from = offsetOf(text, place);
  return { from, to: Math.min(text.length, from + place.length) };
}

/** The arguments between the outermost brackets of a call, without the space around them. */
export function argumentsOf(text: string, { from, to }: Span): Span[] {
  const open = text.indexOf('(', from);
  if (open < 0 || open >= to) return [];
  const spans: Span[] = [];
  let depth = 0;
  let start = open + 1;
  let quote = '';
  for (let at = open + 1; at < to; at++) {
    const character = text.charAt(at);
    if (quote !== '') {
      if (character === quote) quote = '';
    } else if (character === '"') quote = character;
    else if (character === '(' || character === '[') depth++;
    else if ((character === ',' || character === ')') && depth === 0) {
      spans.push(trimmed(text, start, at));
      start = at + 1;
      if (character === ')') break;
    } else if (character === ')' || character === ']') depth--;
  }
  return spans;
}

function trimmed(text: string, from: number, to: number): Span {
  const inner = text.slice(from, to);
  const lead = inner.length - inner.trimStart().length;
  return { from: from + lead, to: Math.max(from + lead, to - (inner.length - inner.trimEnd().length)) };
}

/** Puts a clause behind what a query asks and of what: after the target, else the input, else the model. */
export function insertionAfter(text: string, { target, input, model }: Query, insert: string): Splice {
  const span = spanOf(text, placeOf(target ?? input ?? model));
  let index = span?.to ?? text.length;
  if (target === undefined && input !== undefined) {
    const close = text.indexOf(')', index);
    index = close < 0 ? text.length : close + 1;
  }
  return { index, remove: 0, insert };
}
