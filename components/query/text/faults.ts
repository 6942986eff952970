/** What is wrong with a query, as offsets in its text, with the one edit that mends it where a nearest name is known. */
import { printName } from '@/core/address/index.ts';
import type { Splice } from '@/core/board/index.ts';
import type { Place } from '@/core/errors/index.ts';

export interface Fault {
  /** Offsets in the text, `to` exclusive; the same where only a point is known. */
  readonly from: number;
  readonly to: number;
  readonly message: string;
  /** 1-based; null for a fault of the whole text. */
  readonly place: Place | null;
  /** The text ends where something more must stand: not wrong, only not done. */
  readonly unfinished: boolean;
  readonly fix: Fix | null;
}
export interface Fix {
  /** "Use conv2d_2". */
  readonly label: string;
  readonly splice: Splice;
}
interface Problem {
  readonly message: string;
  readonly at?: Place | string;
}

/** Offset of a 1-based line and column, inside the text whatever the place says. */
export function offsetOf(text: string, place: Pick<Place, 'line' | 'column'>): number {
  let start = 0;
  for (let line = 1; line < place.line; line++) {
    const end = text.indexOf('\n', start);
    if (end < 0) break;
    start = end + 1;
  }
  return Math.min(text.length, start + place.column - 1);
}

export function faultsOf(text: string, problems: readonly Problem[]): Fault[] {
  return problems.map(({ message, at }) => {
    const place = typeof at === 'object' ? at : null;
    const from = place === null ? 0 : offsetOf(text, place);
    const to = place === null ? text.length : Math.min(text.length, from + place.length);
    const unfinished = place !== null && from >= text.trimEnd().length;
    return { from, to, message, place, unfinished, fix: fixOf(text, from, to, message) };
  });
}

/** The name at fault stands in the marked text; a mark may cover more than it (`conv2d_9#3`, `ig(stps=3)`). */
function fixOf(text: string, from: number, to: number, message: string): Fix | null {
  const near = /did you mean (.+?)\?/.exec(message)?.[1];
  if (near === undefined) return null;
  const label = `Use ${near}`;
  const marked = text.slice(from, to);
  const [, quoted, bare] = /\bno (?:\w+ ){1,2}?(?:'([^']+)'|([^\s;]+))(?:;| in\b| of\b)/.exec(message) ?? [];
  const wrong = quoted ?? bare;
  const inside = wrong === undefined || near.includes('@') ? -1 : marked.indexOf(wrong);
  if (wrong === undefined || inside < 0)
    return { label, splice: { index: from, remove: to - from, insert: near } };
  const index = from + inside;
  // Inside quotes a name stands as it is.
  const insert = /['"]/.test(text.charAt(index - 1)) ? near : printName(near);
  return { label, splice: { index, remove: wrong.length, insert } };
}

/** "no layer conv2d_9 in digits-cnn; did you mean conv2d_2?" as its sentence and its suggestion. */
export function sentences(message: string): { readonly what: string; readonly hint: string | null } {
  const cut = message.indexOf('; ');
  const hint = cut < 0 ? '' : message.slice(cut + 2);
  return cut < 0 ? { what: message, hint: null } : { what: message.slice(0, cut), hint };
}
