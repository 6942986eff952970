/** What may be written at a place: every slot of the grammar filled with what the project has. */

import { printName } from '../../address/names.ts';
import { shapeText } from '../../preprocessing/index.ts';
import { CHANGES } from '../dictionary/changes.ts';
import { FUNCTIONS, methodsOf, signature } from '../dictionary/functions.ts';
import { METHODS } from '../dictionary/methods.ts';
import { CLAUSES, FOLLOWING, TARGETS } from '../dictionary/words.ts';
import type { Draft, Slot } from '../syntax/notes.ts';
import { type EditorContext, layerOf, modelOf } from './context.ts';
import { dataOffers } from './data-offers.ts';
import { layerOffers } from './layer-offers.ts';
import { MOST, numbers, type Offer, offer } from './offer.ts';
import { settingOffers } from './setting-offers.ts';

export function offersOf(slot: Slot, known: EditorContext): Offer[] {
  const { side } = slot;
  switch (slot.kind) {
    case 'words':
      return slot.words.map((word) => offer('keyword', word, '', `${word} `));
    case 'clauses':
      return clauseOffers(side);
    case 'what':
      return [
        offer('keyword', '*', 'every feature of the input', '* '),
        ...functionOffers(),
        ...layerOffers(side, known),
      ];
    case 'argument':
      return argumentOffers(slot, known);
    case 'layer':
      return layerOffers(side, known);
    case 'unit':
      return numbers('unit', layerOf(slot.layer, side, known)?.units ?? 0);
    case 'model':
      return modelOffers(known);
    case 'step':
      return stepOffers(side, known);
    case 'target':
      return Object.entries(TARGETS).map(([name, summary]) =>
        offer('target', name, summary, name === 'loss' ? name : `${name} `),
      );
    case 'method': {
      const fn = side.what?.kind === 'call' ? side.what.name : null;
      return methodsOf(fn)
        .filter((name) => METHODS[name].computed)
        .map((name) => offer('method', name, METHODS[name].summary));
    }
    case 'change':
      return Object.entries(CHANGES).map(([name, { signature: text, summary }]) =>
        offer('change', name, `${text}: ${summary}`, `${name}(`),
      );
    case 'tensor':
      return weightsOf(slot.layer, side, known).map(({ name, shape }) =>
        offer('weight', name, shapeText(shape), `${printName(name)}[`),
      );
    case 'place': {
      const weight = weightsOf(slot.layer, side, known).find(({ name }) => name === slot.tensor);
      return numbers('value', weight?.shape[slot.axis] ?? 0);
    }
    case 'number':
      return slot.values.map((value) => offer('value', String(value), slot.hint));
    case 'parameter':
    case 'setting':
      return settingOffers(slot, known);
    default:
      return dataOffers(slot, known);
  }
}

function clauseOffers({ what, input, clauses }: Draft): Offer[] {
  const spec = what?.kind === 'call' ? FUNCTIONS[what.name] : null;
  const attribution = spec === null;
  const one = input?.kind === 'example' || (input?.kind === 'name' && input.name !== 'data');
  const many = input !== undefined && !one;
  const fits: Partial<Record<string, boolean>> = {
    for: attribution,
    where: attribution,
    using: methodsOf(spec?.name ?? null).length > 0,
    with: spec === null || spec.changes !== 'none',
    join: spec === null || spec.joins === 'join',
    'left join': spec === null || spec.joins === 'left join',
    'order by': many,
    limit: many,
  };
  return FOLLOWING.filter((clause) => {
    const taken = clauses.has(clause) || (clause === 'left join' && clauses.has('join'));
    return fits[clause] === true && !taken;
  }).map((clause) => offer('keyword', clause, CLAUSES[clause], `${clause}${opening(clause)}`));
}

const opening = (clause: string): string =>
  clause.endsWith('join') ? ' (select ' : clause === 'where' ? ' [' : ' ';

function functionOffers(): Offer[] {
  return Object.values(FUNCTIONS).map((spec) => {
    const { name } = spec;
    const text = spec.args.length === 0 ? `${name}() ` : `${name}(`;
    return offer('function', name, `${signature(spec)}: ${spec.summary}`, text);
  });
}

function argumentOffers(
  { of, index, side }: Extract<Slot, { kind: 'argument' }>,
  known: EditorContext,
): Offer[] {
  const spec = FUNCTIONS[of].args[index];
  if (spec === undefined) return [];
  if (spec.kind === 'number')
    return spec.default === undefined
      ? []
      : [offer('value', String(spec.default), `${spec.name}, unless written`)];
  return layerOffers(side, known, spec.kind === 'unit' ? '#' : '');
}

function modelOffers({ catalog, bindings }: EditorContext): Offer[] {
  return [
    offer(
      'name',
      'f',
      bindings.f == null ? 'the board’s model: none yet' : `the board’s model: ${bindings.f}`,
    ),
    ...catalog.models.map(({ name, checkpoints }) =>
      offer(
        'model',
        name,
        `${checkpoints.length} ${checkpoints.length === 1 ? 'checkpoint' : 'checkpoints'}`,
        name === 'f' ? '"f"' : printName(name),
      ),
    ),
  ];
}

function stepOffers(side: Draft, known: EditorContext): Offer[] {
  const model = modelOf(side, known);
  const best =
    model?.bestStep == null ? [] : [offer('checkpoint', 'best', `${model.name}@${model.bestStep}`)];
  const steps = (model?.checkpoints ?? []).map(({ step }) => step).sort((a, b) => b - a);
  return [
    ...best,
    offer('checkpoint', 'last', steps[0] === undefined ? '' : `${model?.name}@${steps[0]}`),
    ...steps.slice(0, MOST).map((step) => offer('checkpoint', String(step), 'step')),
  ];
}

function weightsOf(
  layer: string,
  side: Draft,
  known: EditorContext,
): { name: string; shape: readonly number[] }[] {
  const weights = layerOf(layer, side, known)?.weights ?? [];
  // Some formats write the layer before the weight's name.
  return weights.map(({ name, shape }) => ({ name: name.slice(name.lastIndexOf('/') + 1), shape }));
}
