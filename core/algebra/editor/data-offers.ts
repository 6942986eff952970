/** Offers where data stand: inputs, splits, examples, conditions, classes and windows. */
import { COLUMNS, OWN_COLUMNS, ownColumn } from '../../address/columns.ts';
import { printColumn, printHead, printName, quoteText } from '../../address/names.ts';
import { FUNCTIONS } from '../dictionary/functions.ts';
import { BOUND, OPERANDS } from '../dictionary/words.ts';
import { pictureOf } from '../project/features.ts';
import type { Draft, Slot } from '../syntax/notes.ts';
import { datasetNamed, datasetOf, type EditorContext, modelOf } from './context.ts';
import { layerOffers } from './layer-offers.ts';
import { MOST, numbers, type Offer, offer } from './offer.ts';

export function dataOffers(slot: Slot, known: EditorContext): Offer[] {
  const { side } = slot;
  switch (slot.kind) {
    case 'input':
      return inputOffers(side, known);
    case 'example':
      return [...boundOffers(['x', "x'"], known), ...splitOffers(known, '[')];
    case 'split':
      return (datasetNamed(slot.dataset, known)?.splits ?? []).map(({ name, size }) =>
        offer(
          'data',
          name,
          `${size} examples`,
          printName(name) + (slot.one || wantedInput(side) === 'example' ? '[' : ''),
        ),
      );
    case 'operand':
      return [...columnOffers(side, known), ...layerOffers(side, known, '#'), ...CALLED];
    case 'value':
      return valueOffers(slot, known);
    case 'column':
      return (datasetOf(side, known)?.columns ?? []).map((name) =>
        offer('column', name, 'column of the data set', printName(name)),
      );
    case 'key':
      return [...columnOffers(side, known), ...layerOffers(side, known, '#')];
    case 'class':
      return classTargets(slot, known);
    case 'coordinate':
      return edgeOffers(slot, known);
    default:
      return [];
  }
}

const CALLED: readonly Offer[] = (['distance', 'agreement'] as const).map((name) =>
  offer('function', name, `${OPERANDS[name].signature}: ${OPERANDS[name].summary}`, `${name}(`),
);

function boundOffers(names: readonly ('x' | "x'" | 'data')[], { bindings }: EditorContext): Offer[] {
  return names.map((name) => {
    const meaning = BOUND[name] ?? '';
    return offer(
      'name',
      name,
      bindings[name] == null ? `${meaning} None yet.` : `${meaning} ${bindings[name]}`,
    );
  });
}

function wantedInput({ what }: Draft): 'none' | 'example' | 'data' | 'either' {
  return what?.kind === 'call' ? FUNCTIONS[what.name].input : 'either';
}

function inputOffers(side: Draft, known: EditorContext): Offer[] {
  const wanted = wantedInput(side);
  if (wanted === 'none') return [];
  const slices = Object.entries(known.bindings.slices ?? {}).map(([name, text]) =>
    offer('slice', name, text, printHead(name)),
  );
  return [
    ...boundOffers(
      wanted === 'data' ? ['data'] : wanted === 'example' ? ['x', "x'"] : ['x', "x'", 'data'],
      known,
    ),
    ...(wanted === 'example' ? [] : slices),
    ...splitOffers(known, wanted === 'example' ? '[' : ''),
  ];
}

function splitOffers({ catalog }: EditorContext, behind: string): Offer[] {
  return catalog.datasets.flatMap((dataset) =>
    dataset.splits.map(({ name, size }) => {
      const text = `${printHead(dataset.name)}.${printName(name)}`;
      return offer('data', text, `${size} examples`, text + behind);
    }),
  );
}

function columnOffers(side: Draft, known: EditorContext): Offer[] {
  const dataset = datasetOf(side, known);
  const labelled = dataset === null || dataset.classes.length > 0;
  return [
    ...OWN_COLUMNS.filter((name) => labelled || !COLUMNS[name].labelled).map((name) =>
      offer('column', name, COLUMNS[name].summary),
    ),
    ...(dataset?.columns ?? []).map((name) =>
      offer('column', name, 'column of the data set', printColumn(name)),
    ),
  ];
}

/** Classes by name against label and predicted; numbers where a range is known. */
function valueOffers({ left, side }: Extract<Slot, { kind: 'value' }>, known: EditorContext): Offer[] {
  const column = left?.kind === 'column' ? ownColumn(left) : null;
  if (column === null) return [];
  if (column.is === 'number')
    return column.offers.map((value) => offer('value', String(value), column.summary));
  const classes = datasetOf(side, known)?.classes ?? [];
  return classes.slice(0, MOST).map((name, index) => offer('class', quoteText(name), `class ${index}`));
}

function classTargets({ of, side }: Extract<Slot, { kind: 'class' }>, known: EditorContext): Offer[] {
  const graph = modelOf(side, known)?.graph;
  const output = graph?.layers.find((l) => l.name === graph.outputs[0]);
  const classes = datasetOf(side, known)?.classes ?? [];
  const count = output?.units ?? classes.length;
  return numbers('class', of === 'class' && count === 1 ? 2 : count, (index) => classes[index] ?? '');
}

/** The edges of the picture: the whole of it is a beginning. */
function edgeOffers({ axis, side }: Extract<Slot, { kind: 'coordinate' }>, known: EditorContext): Offer[] {
  const dataset = datasetOf(side, known);
  const picture = dataset === null ? null : pictureOf(dataset.shape);
  if (picture === null) return [];
  const { width, height } = picture;
  const edges = [0, 0, width, height];
  const names = ['x1: left edge', 'y1: upper edge', 'x2: right edge', 'y2: lower edge'];
  return [offer('value', String(edges[axis] ?? 0), names[axis] ?? '')];
}
