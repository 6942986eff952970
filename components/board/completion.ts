/** What may come next in a query: by what stands before the caret, names that begin with what was typed first. */
import { FUNCTION_NAMES, METHOD_NAMES } from '@/core/algebra/index.ts';
import type { Dataset, Model } from '@/core/api/index.ts';
import type { Bindings } from '@/core/board/index.ts';
import { modelOf } from '../state/addresses.ts';
import { findModel } from '../state/project.ts';

export interface Completion {
  readonly label: string;
  readonly insert: string;
  readonly kind: 'keyword' | 'function' | 'layer' | 'model' | 'checkpoint' | 'data' | 'method' | 'name';
  /** Where the replaced word begins. */
  readonly from: number;
}
interface Known {
  readonly models: readonly Model[];
  readonly datasets: readonly Dataset[];
  readonly bindings: Bindings;
}
type Offer = Omit<Completion, 'from'>;
const MOST = 8;

const keyword = (label: string): Offer => ({ label, insert: `${label} `, kind: 'keyword' });

export function complete(text: string, caret: number, known: Known): Completion[] {
  const before = text.slice(0, caret);
  const word = /[A-Za-z0-9_@'-]*$/.exec(before)?.[0] ?? '';
  const from = caret - word.length;
  const lead = before.slice(0, from);
  const offers = offersAfter(lead, text, known);
  const typed = word.toLowerCase();
  return offers
    .filter((o) => o.label.toLowerCase().startsWith(typed) && o.label !== word)
    .slice(0, MOST)
    .map((o) => ({ ...o, from }));
}

function offersAfter(lead: string, text: string, known: Known): Offer[] {
  const flat = lead.replace(/\s+/g, ' ');
  if (/^ ?$/.test(flat)) return [keyword('select')];
  if (/\bselect $/i.test(flat)) return [...functions(), ...layers(text, known)];
  if (
    /\b(activation|stats|histogram|classmeans|units|examples|top|weights|similarity|neighbours)\($/i.test(
      flat,
    )
  )
    return layers(text, known);
  if (/\b(similarity)\([^)]*, ?$/i.test(flat)) return layers(text, known);
  if (/\bfrom $/i.test(flat)) return [{ label: 'f', insert: 'f', kind: 'name' as const }, ...models(known)];
  if (/\bfrom \S+\($/i.test(flat))
    return [
      ...['x', "x'", 'data'].map((label) => ({ label, insert: label, kind: 'name' as const })),
      ...known.datasets.flatMap((d) =>
        d.splits.map((s) => ({
          label: `${d.name}.${s.name}`,
          insert: `${d.name}.${s.name}`,
          kind: 'data' as const,
        })),
      ),
    ];
  if (/\busing $/i.test(flat))
    return METHOD_NAMES.map((label) => ({ label, insert: label, kind: 'method' as const }));
  if (/[)*\w#] $/.test(flat) && !/\bfrom\b/i.test(flat)) return [keyword('from')];
  if (/\bfrom \S+.* $/i.test(flat))
    return ['using', 'where', 'with', 'for', 'join', 'left join', 'order by', 'limit'].map(keyword);
  return [];
}

const functions = (): Offer[] =>
  FUNCTION_NAMES.map((label) => ({ label, insert: `${label}(`, kind: 'function' as const }));

function models({ models: all }: Known): Offer[] {
  return all.flatMap((model) => [
    { label: model.name, insert: model.name, kind: 'model' as const },
    ...model.checkpoints.map((c) => ({ label: c.address, insert: c.address, kind: 'checkpoint' as const })),
  ]);
}

/** Of the model that the query names, else of the board's. */
function layers(text: string, { models: all, bindings }: Known): Offer[] {
  const named = /\bfrom\s+([A-Za-z][\w-]*)/i.exec(text)?.[1];
  const bound = bindings.f === null ? null : (modelOf(bindings.f)?.model ?? null);
  const model = findModel(all, named) ?? findModel(all, bound) ?? all[0] ?? null;
  return (model?.graph.layers ?? []).map((l) => ({ label: l.name, insert: l.name, kind: 'layer' as const }));
}
