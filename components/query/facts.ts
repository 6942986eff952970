/** What can be told of a query before it is run: its faults, or what will be drawn and at what cost. */
import { bind, check, estimate, parse } from '@/core/algebra/index.ts';
import { UserError } from '@/core/errors/index.ts';
import { bestLens } from '../lenses/index.ts';
import { formatCount } from '../ui/format.ts';
import { type Fault, faultsOf } from './faults.ts';
import type { Known } from './language.ts';

export interface Facts {
  readonly faults: readonly Fault[];
  /** "feature maps · about 256 passes"; null while there is a fault, or no text. */
  readonly note: string | null;
}
const NONE: Facts = { faults: [], note: null };

export function factsOf(text: string, { models, datasets, bindings }: Known): Facts {
  if (text.trim() === '') return NONE;
  const catalog = { models, datasets };
  try {
    const query = bind(parse(text), bindings);
    const { type, problems } = check(query, catalog);
    if (problems.length > 0 || type === null) return { faults: faultsOf(text, problems), note: null };
    const lens = bestLens(type)?.name.toLowerCase() ?? type;
    return { faults: [], note: `${lens} · ${cost(estimate(query, catalog).examples)}` };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { message, at } = error;
    return { faults: faultsOf(text, [{ message, ...(at === undefined ? {} : { at }) }]), note: null };
  }
}

function cost(passes: number): string {
  if (passes === 0) return 'at once';
  return `about ${formatCount(passes)} ${passes === 1 ? 'pass' : 'passes'}`;
}
