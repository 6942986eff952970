/** A view's query as the page needs it: bound for the server, and as words for its head. */

import { printAddress } from '@/core/address/index.ts';
import {
  bind,
  check,
  type InputReference,
  type ModelReference,
  parse,
  print,
  type Query,
  type What,
} from '@/core/algebra/index.ts';
import type { Dataset, Model } from '@/core/api/index.ts';
import type { Bindings } from '@/core/board/index.ts';
import { type Place, UserError } from '@/core/errors/index.ts';
import type { ResultType } from '@/core/result/index.ts';

export type Bound =
  | { readonly ok: true; readonly text: string; readonly query: Query; readonly model: string | null }
  | { readonly ok: false; readonly message: string; readonly at?: Place | string };

/** Parses and binds; `model` is the canonical address of the model asked about. */
export function boundText(text: string, bindings: Bindings): Bound {
  try {
    const query = bind(parse(text), bindings);
    const model = query.model.kind === 'model' ? printAddress(query.model) : null;
    return { ok: true, text: print(query), query, model };
  } catch (error) {
    return failure(error);
  }
}

/** Problems of a query before it is run: syntax first, then what the project lacks. */
export function problems(
  text: string,
  bindings: Bindings,
  catalog: { models: readonly Model[]; datasets: readonly Dataset[] },
): readonly { readonly message: string; readonly at?: Place | string }[] {
  try {
    const query = parse(text);
    return check(bind(query, bindings), catalog).problems;
  } catch (error) {
    const { message, at } = failure(error);
    return [{ message, ...(at === undefined ? {} : { at }) }];
  }
}

function failure(error: unknown): Extract<Bound, { ok: false }> {
  if (!(error instanceof UserError)) throw error;
  return { ok: false, message: error.message, ...(error.at === undefined ? {} : { at: error.at }) };
}

const WORDS: Readonly<Record<string, string>> = {
  graph: 'architecture',
  activation: 'activations',
  stats: 'unit statistics',
  histogram: 'distribution',
  classmeans: 'units by class',
  images: 'examples',
  metrics: 'training curves',
  predict: 'prediction',
  confusion: 'confusion',
  units: 'neuron space',
  examples: 'example space',
  top: 'top examples',
};

/** "conv2d_1 · activations · digits.test[42]"; text that does not parse is its own title. */
export function titleOf(text: string, bindings: Bindings): string {
  let query: Query;
  try {
    query = parse(text);
  } catch {
    return text.trim() === '' ? 'Empty query' : text;
  }
  const input = query.input ? inputWords(query.input, bindings) : null;
  const model = query.model.kind === 'name' ? null : printAddress(query.model);
  const parts = [...whatWords(query.what, query.model, bindings), model, input, query.using?.method ?? null];
  return parts.filter((part) => part !== null && part !== '').join(' · ');
}

function whatWords(what: What, model: ModelReference, bindings: Bindings): string[] {
  switch (what.kind) {
    case 'identity':
      return ['attribution'];
    case 'layer':
      return [unitWords(what), 'attribution'];
    case 'call': {
      const places = what.args.flatMap((arg) => (arg.kind === 'layer' ? [unitWords(arg)] : []));
      const whole =
        places.length === 0 && model.kind === 'name' && bindings.f !== null ? [bindings.f] : places;
      return [...whole, WORDS[what.name] ?? what.name];
    }
  }
}

function unitWords({ layer, unit }: { readonly layer: string; readonly unit?: number }): string {
  return unit === undefined ? layer : `${layer}#${unit}`;
}

function inputWords(input: InputReference, bindings: Bindings): string {
  if (input.kind !== 'name') return printAddress(input);
  if (input.name === 'data') return `${bindings.data ?? 'data'}${input.where ? ' (part)' : ''}`;
  return bindings[input.name] ?? input.name;
}

/** The type that the answer will have; null while the query has a problem. */
export function checkedType(
  text: string,
  bindings: Bindings,
  catalog: { models: readonly Model[]; datasets: readonly Dataset[] },
): ResultType | null {
  try {
    return check(bind(parse(text), bindings), catalog).type;
  } catch (error) {
    failure(error);
    return null;
  }
}
