/** What can still be read of a text with a fault: the fault's clause is blanked, so that all places stay where they were. */
import { tokenizeLoosely } from '../../address/lexer.ts';

const BEGINS = new Set(['for', 'using', 'where', 'with', 'join', 'left', 'order', 'limit']);

/** Null where nothing can be. One clause at a time is left out, then all from one on. */
export function readable(text: string, reads: (part: string) => boolean): string | null {
  const starts = clauseStarts(text);
  const spans = starts.map((from, i): [number, number] => [from, starts[i + 1] ?? text.length]);
  const tries = [...spans, ...starts.map((from): [number, number] => [from, text.length])];
  for (const [from, to] of tries.slice(0, 40)) {
    const part = text.slice(0, from) + text.slice(from, to).replace(/[^\n]/g, ' ') + text.slice(to);
    if (reads(part)) return part;
  }
  return null;
}

/** Of the outermost query's clauses. Only the brackets of a join hold clauses; any other that is open has been forgotten. */
function clauseStarts(text: string): number[] {
  const starts: number[] = [];
  const open: ('join' | 'other')[] = [];
  let before = '';
  for (const token of tokenizeLoosely(text)) {
    if (token.kind === 'mark' && token.text === '(') open.push(before === 'join' ? 'join' : 'other');
    if (token.kind === 'mark' && token.text === ')') open.pop();
    const word = token.kind === 'name' ? token.text.toLowerCase() : '';
    if (BEGINS.has(word)) {
      while (open.at(-1) === 'other') open.pop();
      // The join of a left join begins nothing.
      if (open.length === 0 && !(before === 'left' && word === 'join')) starts.push(token.start);
    }
    before = word;
  }
  return starts;
}
