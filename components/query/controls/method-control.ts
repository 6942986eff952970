/** The method of a query as a choice among those that its question has. */
import { METHODS, type MethodName, methodsOf, placeOf, type Query } from '@/core/algebra/index.ts';
import { printUsing } from '@/core/algebra/syntax/print.ts';
import { insertionAfter, spanOf } from '../text/spans.ts';
import type { ChoiceControl } from './control.ts';

/** Parameters that the new method has too are kept. */
export function methodControl(text: string, query: Query, now: MethodName): ChoiceControl {
  const { using, what } = query;
  const names = methodsOf(what.kind === 'call' ? what.name : null);
  return {
    kind: 'choice',
    id: 'method',
    label: 'method',
    summary: METHODS[now].summary,
    value: now,
    choices: names.map((value) => ({ value, summary: METHODS[value].summary })),
    splice: (value) => {
      const method = names.find((name) => name === value) ?? now;
      const span = using ? spanOf(text, placeOf(using)) : null;
      if (!using || !span) return insertionAfter(text, query, ` using ${method}`);
      const known = new Set(METHODS[method].params.map((p) => p.name));
      const params = Object.fromEntries(Object.entries(using.params).filter(([name]) => known.has(name)));
      return { index: span.from, remove: span.to - span.from, insert: printUsing({ method, params }) };
    },
  };
}
