/** Examples that people have marked on a board: one list, shared. */
import type * as Y from 'yjs';
import { parseAddress } from '../address/index.ts';
import { UserError } from '../errors/index.ts';
import { LOCAL } from './local.ts';
import { type Mark, type Marks, markSchema } from './types.ts';

/** Canonical address of an example -> { by, note }. */
export const marksOf = (doc: Y.Doc): Y.Map<unknown> => doc.getMap('marks');

/** As canonical addresses of examples are printed, quoted names aside: read without the parser, as there may be thousands. */
const PLAIN = /^[A-Za-z_][\w-]*\.[A-Za-z_][\w-]*\[\d+\]$/;

export function isExample(text: string): boolean {
  if (PLAIN.test(text)) return true;
  try {
    return parseAddress(text, 'data').kind === 'example';
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return false;
  }
}

/** Null for an entry that is no mark of an example. */
export function readMark(address: string, value: unknown): Mark | null {
  const parsed = markSchema.safeParse(value);
  return parsed.success && isExample(address) ? parsed.data : null;
}

/** Damaged entries are left out. */
export function readMarks(doc: Y.Doc): Marks {
  const marks: [string, Mark][] = [];
  for (const [address, value] of marksOf(doc).entries()) {
    const mark = readMark(address, value);
    if (mark) marks.push([address, mark]);
  }
  return Object.fromEntries(marks.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** In one step. What is marked already keeps its mark: whoever came first is named. Texts that are no examples are passed over. */
export function markExamples(
  doc: Y.Doc,
  addresses: readonly string[],
  mark: Mark,
  origin: unknown = LOCAL,
): void {
  const map = marksOf(doc);
  doc.transact(() => {
    for (const address of addresses)
      if (readMark(address, map.get(address)) === null && isExample(address)) map.set(address, mark);
  }, origin);
}

export function unmarkExamples(doc: Y.Doc, addresses: readonly string[], origin: unknown = LOCAL): void {
  doc.transact(() => {
    for (const address of addresses) marksOf(doc).delete(address);
  }, origin);
}
