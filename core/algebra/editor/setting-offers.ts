/** Offers for the parameters of methods: names, defaults, choices and baselines. */
import { printHead, printName } from '../../address/names.ts';
import { BASELINES, METHODS, type Parameter } from '../dictionary/methods.ts';
import { BOUND } from '../dictionary/words.ts';
import type { Slot } from '../syntax/notes.ts';
import { datasetOf, type EditorContext } from './context.ts';
import { type Offer, offer } from './offer.ts';

/** "256, from 1 to 100000" */
export function rangeText(parameter: Parameter): string {
  if (parameter.type === 'choice') return `${parameter.default}; one of ${parameter.choices.join(', ')}`;
  if (parameter.type === 'baseline') return 'zero; a number, mean, blurred or an example';
  return `${parameter.default}, from ${parameter.min} to ${parameter.max}`;
}

export function settingOffers(
  slot: Extract<Slot, { kind: 'parameter' | 'setting' }>,
  known: EditorContext,
): Offer[] {
  const { params } = METHODS[slot.method];
  if (slot.kind === 'parameter')
    return params
      .filter(({ name }) => !slot.given.includes(name))
      .map((parameter) =>
        offer(
          'parameter',
          parameter.name,
          `${rangeText(parameter)} · ${parameter.summary}`,
          `${parameter.name}=`,
        ),
      );
  const parameter = params.find(({ name }) => name === slot.name);
  if (parameter === undefined) return [];
  if (parameter.type === 'choice') return parameter.choices.map((choice) => offer('value', choice));
  if (parameter.type === 'baseline') return baselineOffers(slot, known);
  return [offer('value', String(parameter.default), `unless written; ${parameter.min} to ${parameter.max}`)];
}

function baselineOffers({ side }: Slot, known: EditorContext): Offer[] {
  const dataset = datasetOf(side, known);
  return [
    ...Object.entries(BASELINES).map(([name, summary]) => offer('value', name, summary)),
    ...(['x', "x'"] as const).map((name) => offer('name', name, BOUND[name])),
    ...(dataset?.splits ?? []).map(({ name }) => {
      const text = `${printHead(dataset?.name ?? '')}.${printName(name)}`;
      return offer('data', text, 'an example of the data set', `${text}[`);
    }),
  ];
}
