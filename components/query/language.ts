/** The language as the editor needs it: words to colour, what may come next, what a word means. */
import { FUNCTIONS, METHODS, parse, print } from '@/core/algebra/index.ts';
import type { Dataset, Model } from '@/core/api/index.ts';
import type { Names } from '@/core/board/index.ts';
import { complete } from '../board/completion.ts';

export interface Known {
  readonly models: readonly Model[];
  readonly datasets: readonly Dataset[];
  readonly bindings: Names;
}
export interface Word {
  readonly from: number;
  readonly to: number;
  readonly kind: 'keyword' | 'function' | 'method' | 'name' | 'number' | 'string' | 'mark';
}
export interface Offer {
  readonly label: string;
  readonly insert: string;
  readonly kind: string;
  readonly detail: string;
  readonly from: number;
}
export interface Explanation {
  readonly from: number;
  readonly to: number;
  readonly title: string;
  readonly text: string;
}

const WORD = /(\s+)|([A-Za-z_][\w-]*'?)|([+-]?\d+(?:\.\d*)?(?:e[+-]?\d+)?)|("[^"]*"?|'[^']*'?)|(.)/giy;
const KEYWORDS = /^(select|from|for|using|where|with|left|join|order|by|desc|limit|and|or|not|in)$/i;

export function wordsOf(text: string): Word[] {
  const words: Word[] = [];
  for (const match of text.matchAll(WORD)) {
    const [all, space, name, number, quoted] = match;
    const from = match.index;
    const to = from + all.length;
    if (space !== undefined) continue;
    const kind =
      name !== undefined
        ? KEYWORDS.test(name)
          ? 'keyword'
          : text[to] === '('
            ? 'function'
            : 'name'
        : number !== undefined
          ? 'number'
          : quoted !== undefined
            ? 'string'
            : 'mark';
    words.push({ from, to, kind });
  }
  return words;
}

export function offersAt(text: string, caret: number, known: Known): Offer[] {
  return complete(text, caret, known).map((offer) => ({ ...offer, detail: '' }));
}

export function explain(text: string, at: number, _known: Known): Explanation | null {
  const word = wordsOf(text).find((w) => w.from <= at && at < w.to);
  if (!word) return null;
  const name = text.slice(word.from, word.to);
  const spec =
    Object.values(FUNCTIONS).find((f) => f.name === name) ??
    Object.values(METHODS).find((m) => m.name === name);
  return spec ? { from: word.from, to: word.to, title: name, text: spec.summary } : null;
}

/** Canonical text; null while it does not parse. */
export function formatted(text: string): string | null {
  try {
    return print(parse(text));
  } catch {
    return null;
  }
}
