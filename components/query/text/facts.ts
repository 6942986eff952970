/** What can be told of a query before it is run: its faults, or what will be drawn and at what cost. */

import { complete } from '@/core/algebra/editor/complete.ts';
import { bind, check, estimate, parse } from '@/core/algebra/index.ts';
import { bestLens } from '../../lenses/index.ts';
import { formatCount } from '../../ui/format.ts';
import { type Fault, faultsOf } from './faults.ts';
import { faults, type Known } from './language.ts';

export interface Facts {
  readonly faults: readonly Fault[];
  /** "feature maps · about 256 passes"; null while there is a fault, or no text. */
  readonly note: string | null;
}
/** Of an empty text, and of one of which nothing can be said yet. */
export const NO_FACTS: Facts = { faults: [], note: null };

export function factsOf(text: string, known: Known): Facts {
  if (text.trim() === '') return NO_FACTS;
  const found = faults(text, known);
  if (found.length > 0)
    return { faults: faultsOf(text, found).map((f) => begun(f, text, known)), note: null };
  const query = bind(parse(text), known.bindings);
  const { type } = check(query, known.catalog);
  const lens = type === null ? null : (bestLens(type)?.name.toLowerCase() ?? type);
  const cost = costOf(estimate(query, known.catalog).passes);
  return { faults: [], note: lens === null ? cost : `${lens} · ${cost}` };
}

/** The beginning of a word that may stand at the end of the text is not wrong yet. */
function begun(fault: Fault, text: string, known: Known): Fault {
  const atEnd = fault.from < text.length && fault.to === text.length && /\w$/.test(text);
  return atEnd && complete(text, text.length, known).length > 0 ? { ...fault, unfinished: true } : fault;
}

function costOf(passes: number): string {
  if (passes === 0) return 'at once';
  return `about ${formatCount(passes)} ${passes === 1 ? 'pass' : 'passes'}`;
}
