/** What can be told of a query before it is run: its faults, or what will be drawn and at what cost. */

import { complete } from '@/core/algebra/editor/complete.ts';
import { questionOf } from '@/core/algebra/index.ts';
import { bestLens } from '../../lenses/index.ts';
import { formatCount } from '../../ui/format.ts';
import { type Fault, faultsOf } from './faults.ts';
import type { EditorContext } from './language.ts';

export interface Diagnosis {
  readonly faults: readonly Fault[];
  /** "feature maps · about 256 passes"; null while there is a fault, or no text. */
  readonly note: string | null;
}
/** Of an empty text, and of one of which nothing can be said yet. */
export const NO_DIAGNOSIS: Diagnosis = { faults: [], note: null };

export function diagnose(text: string, known: EditorContext): Diagnosis {
  if (text.trim() === '') return NO_DIAGNOSIS;
  const { problems, type, cost } = questionOf(text, known.bindings, known.catalog);
  if (problems.length > 0)
    return { faults: faultsOf(text, problems).map((f) => begun(f, text, known)), note: null };
  const lens = type === null ? null : (bestLens(type)?.name.toLowerCase() ?? type);
  const passes = costOf(cost?.passes ?? 0);
  return { faults: [], note: lens === null ? passes : `${lens} · ${passes}` };
}

/** The beginning of a word that may stand at the end of the text is not wrong yet. */
function begun(fault: Fault, text: string, known: EditorContext): Fault {
  const atEnd = fault.from < text.length && fault.to === text.length && /\w$/.test(text);
  return atEnd && complete(text, text.length, known).length > 0 ? { ...fault, unfinished: true } : fault;
}

function costOf(passes: number): string {
  if (passes === 0) return 'at once';
  return `about ${formatCount(passes)} ${passes === 1 ? 'pass' : 'passes'}`;
}
