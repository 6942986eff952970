/** How splits and examples are called in answers: as they would be written in a query. */
import { printAddress } from '../../../core/address/index.ts';
import type { QueryPlan } from '../contract.ts';
import type { Examples } from './examples.ts';

/** Canonical address of the split that indices are of: `digits.test`. */
export function splitAddress({ query, data }: QueryPlan, { split }: Pick<Examples, 'split'>): string {
  const { input } = query;
  const dataset = input && input.kind !== 'name' ? input.dataset : (data?.address.split('.')[0] ?? '');
  return printAddress({ kind: 'dataset', dataset, split: split.name });
}

/** Of the example at this place among the examples: `digits.test[17]`. */
export function exampleAddress(plan: QueryPlan, examples: Examples, position: number): string {
  return `${splitAddress(plan, examples)}[${examples.indices[position]}]`;
}
