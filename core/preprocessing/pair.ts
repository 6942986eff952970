/** A model and a data set together: the spec in force, the data as the pair sees them, or why they do not fit. */
import { WITHOUT_GRAPH } from '../artifacts/graph.ts';
import {
  type BindingData,
  type BindingModel,
  type BoundInput,
  bindInputs,
  MAIN,
  sourceText,
  storedOf,
} from './binding.ts';
import { orderedClasses } from './classes.ts';
import type { InputFacts } from './input.ts';
import { fitOf, shapeText } from './layout.ts';
import { labelledOutput } from './outputs.ts';
import {
  areBytePictures,
  needsTrial,
  proposalFor,
  proposedLayout,
  type Stored,
  waysToTry,
} from './propose.ts';
import { scaleText } from './scale-text.ts';
import {
  AS_STORED,
  type InputRecord,
  type Layout,
  type PreprocessingChoice,
  type PreprocessingRecord,
  type PreprocessingSpec,
  type Scale,
  type Trial,
} from './spec.ts';
import { verdictOf } from './trial.ts';

export type PairModel = BindingModel;
export type PairData = Stored & BindingData;
/** What is kept of a pair: a person's choice, and what came of trying. */
export interface StoredPair {
  readonly choice: PreprocessingChoice;
  readonly trial: Trial | null;
}

export type Pair =
  | {
      readonly fits: true;
      readonly record: PreprocessingRecord;
      /** Classes by the model's outputs. */
      readonly classes: readonly string[];
      readonly warnings: readonly string[];
    }
  | { readonly fits: false; readonly problem: string; readonly offers: readonly Layout[] };

const NOTHING: StoredPair = { choice: {}, trial: null };
const PARTS = { scale: 'scale', layout: 'layout of axes', classOrder: 'order of classes' } as const;

/** Whether a trial would tell how values are to be scaled, where nobody chose. */
export function wantsTrial(model: PairModel, data: PairData, choice: PreprocessingChoice): boolean {
  const shown = shownInput(model, data, choice);
  if (!shown || choice.scale || !needsTrial(storedOf(data, shown), shown.facts)) return false;
  return pairOf(model, data, { choice, trial: null }).fits;
}

/** How the values of the input that answers show may be scaled. */
export function waysFor(model: PairModel, data: PairData, choice: PreprocessingChoice): Scale[] {
  const shown = shownInput(model, data, choice);
  return waysToTry(shown ? storedOf(data, shown) : data);
}

function shownInput(model: PairModel, data: PairData, { inputs }: PreprocessingChoice): BoundInput | null {
  const binding = bindInputs(model, data, inputs);
  return (binding.fits && binding.inputs[0]) || null;
}

type Misfit = Extract<Pair, { fits: false }>;
const misfit = (problem: string, offers: readonly Layout[] = []): Misfit => ({
  fits: false,
  problem,
  offers,
});

export function pairOf(model: PairModel, data: PairData, { choice, trial }: StoredPair = NOTHING): Pair {
  const binding = bindInputs(model, data, choice.inputs);
  if (!binding.fits) return misfit(binding.problem);
  const [shown, ...others] = binding.inputs;
  if (!shown) return misfit(`${model.name}: ${WITHOUT_GRAPH}`);
  const { inputs = {}, output, ...own } = choice;
  const labelled = labelledOutput(model, data.classes, output);
  if (!labelled.fits) return misfit(labelled.problem);
  const { source: _, ...ofShown } = inputs[shown.name] ?? {};
  const first = inputOf(model, data, shown, { ...ofShown, ...own }, trial);
  if (!first.fits) return first;
  const beside: (typeof first)[] = [];
  for (const other of others) {
    const { source: __, ...chosen } = inputs[other.name] ?? {};
    const found = inputOf(model, data, other, chosen, null);
    if (!found.fits) return found;
    beside.push(found);
  }
  const classOrder = choice.classOrder ?? 'stored';
  const ordered = orderedClasses(data.classes, classOrder);
  if (!ordered.fits) return misfit(`${model.name} and ${data.name}: ${ordered.why}`);
  const parts = Object.entries(PARTS).flatMap(([part, name]) => (part in choice ? [name] : []));
  const chosen = [
    ...parts,
    ...Object.keys(inputs).map((name) => `input ${name}`),
    ...(output === undefined ? [] : [`output ${output}`]),
  ];
  const { scale, layout, shapes } = first.record;
  const isOnly = beside.length === 0 && isMain(shown, data);
  return {
    fits: true,
    record: {
      model: model.name,
      dataset: data.name,
      spec: { scale, layout, classOrder },
      origin: chosen.length > 0 ? 'chosen' : 'proposed',
      evidence: [
        ...binding.told,
        ...labelled.told,
        ...first.proposed,
        ...(chosen.length > 0 ? [`Chosen by a member of the project: ${chosen.join(', ')}.`] : []),
        ...first.told,
        ...beside.flatMap(({ record, proposed, told }) =>
          [...proposed, ...told].map((sentence) => `${record.name}: ${sentence}`),
        ),
      ],
      shapes,
      ...(isOnly ? {} : { input: { name: shown.name, source: shown.source } }),
      ...(beside.length > 0 ? { beside: beside.map(({ record }) => record) } : {}),
      ...(labelled.output === undefined ? {} : { output: labelled.output }),
    },
    classes: ordered.classes,
    warnings: [...first.warnings, ...beside.flatMap(({ warnings }) => warnings)],
  };
}

const isMain = ({ source }: BoundInput, { main = MAIN }: BindingData): boolean =>
  source.kind === 'array' && source.name === main;

/** One input as it is given: what is chosen, else proposed, or why it does not fit. */
function inputOf(
  model: PairModel,
  data: PairData,
  bound: BoundInput,
  choice: Pick<PreprocessingChoice, 'scale' | 'layout'>,
  trial: Trial | null,
) {
  const { name, source, facts, wanted } = bound;
  const stored = storedOf(data, bound);
  const isArray = source.kind === 'array';
  const proposal = proposalFor(stored, facts, trial, wanted);
  const { scale, layout } = { ...proposal.spec, ...choice };
  const { takes, what } = wordsFor(model, data, bound);
  const fit = shapesFor(takes, wanted, { name: what, shape: bound.shape }, layout);
  if (!fit.fits) return misfit(fit.problem, isMain(bound, data) ? fit.offers : []);
  const problem = scaleProblem(scale, fit.shapes.shown, facts);
  if (problem !== null) return misfit(`${takes} and ${what}: ${problem}`);
  const { shown, given } = fit.shapes;
  const record: InputRecord = {
    ...{ name, source, scale, layout },
    shapes: {
      ...{ stored: [...bound.shape], shown: [...shown], given: [...given] },
      channels: channelAxis(shown, facts),
      whole: facts.integers,
    },
  };
  return {
    fits: true as const,
    record,
    proposed: choice.scale || !isArray ? [] : proposal.evidence,
    told: [
      ...fit.told,
      ...(facts.integers && isArray && stored.dtype === 'F32'
        ? ['The model takes whole numbers: fractions are cut off.']
        : []),
    ],
    warnings:
      choice.scale || !isArray
        ? []
        : scaleWarnings(model, { ...stored, name: what }, facts, { scale }, trial),
  };
}

/** Shape of what answers show of the examples, as far as the shapes of all inputs tell; or the sentence that says why they do not fit. */
export function seenShape(
  model: BindingModel,
  data: BindingData,
  { inputs = {}, scale: _, classOrder: __, output: ___, ...own }: PreprocessingChoice,
) {
  const binding = bindInputs(model, data, inputs);
  if (!binding.fits) return misfit(binding.problem);
  const seen: (readonly number[])[] = [];
  for (const [at, bound] of binding.inputs.entries()) {
    const { layout } = { ...inputs[bound.name], ...(at === 0 ? own : {}) };
    const proposed = proposedLayout(bound, bound.facts, bound.wanted)?.layout ?? AS_STORED.layout;
    const { takes, what } = wordsFor(model, data, bound);
    const fit = shapesFor(takes, bound.wanted, { name: what, shape: bound.shape }, layout ?? proposed);
    if (!fit.fits) return misfit(fit.problem);
    seen.push(fit.shapes.shown);
  }
  return { fits: true as const, shown: seen[0] ?? data.shape };
}

/** How sentences call an input, and what it is given. */
function wordsFor(
  model: BindingModel,
  data: BindingData,
  bound: BoundInput,
): { takes: string; what: string } {
  const several = model.inputs.length > 1;
  return {
    takes: several ? `${model.name} (input ${bound.name})` : model.name,
    what: isMain(bound, data) && !several ? data.name : `${data.name} (${sourceText(bound.source)})`,
  };
}

/** The shapes of an input and what it is given, or the sentence that says why they do not fit and what would. */
function shapesFor(
  takes: string,
  wanted: readonly (number | null)[],
  data: { readonly name: string; readonly shape: readonly number[] },
  layout: Layout,
) {
  const fit = fitOf(data.shape, wanted, layout);
  if (fit.fits) return fit;
  const what =
    fit.problem === 'layout'
      ? `${fit.why}; ${takes} takes ${shapeText(wanted)}`
      : `${data.name} has examples of ${shapeText(data.shape)}${fit.why === '' ? '' : ` (${fit.why})`}, ${takes} takes ${shapeText(wanted)}`;
  return {
    fits: false as const,
    problem: `${what}${offerText(fit.offers[0], data.shape)}`,
    offers: fit.offers,
  };
}

function offerText(offer: Layout | undefined, stored: readonly number[]): string {
  const where = 'under Preprocessing of this model and this data set';
  if (offer?.kind === 'transpose') {
    const after = offer.axes.map((axis) => stored[axis] ?? 1);
    return `. With the axes in the order ${offer.axes.join(', ')} an example is ${shapeText(after)} and fits: if that is what they mean, set layout "transpose" ${offer.axes.join(', ')} ${where}`;
  }
  if (offer?.kind === 'reshape')
    return `. The numbers of a row fill ${shapeText(offer.shape)}: if they are stored in that order, set layout "reshape" ${offer.shape.join(', ')} ${where}`;
  return '';
}

/** Axis of the shown shape that lists of numbers run along: the channels, or a row's features. */
function channelAxis(shown: readonly number[], { channelsFirst }: Pick<InputFacts, 'channelsFirst'>): number {
  return channelsFirst && shown.length > 2 ? 0 : Math.max(0, shown.length - 1);
}

function scaleProblem(scale: Scale, shown: readonly number[], facts: InputFacts): string | null {
  const channels = shown[channelAxis(shown, facts)] ?? 1;
  for (const [name, value] of Object.entries(scale))
    if (typeof value !== 'number' && value.length !== channels)
      return `${name} lists ${value.length} numbers for ${channels} ${shown.length > 1 ? 'channels' : 'features'} of ${shapeText(shown)}; give one for each, or one for all`;
  return null;
}

function scaleWarnings(
  { name }: PairModel,
  data: Stored & { readonly name: string },
  { embedding, scaler }: InputFacts,
  { scale }: Pick<PreprocessingSpec, 'scale'>,
  trial: Trial | null,
): string[] {
  const verdict = trial && !('untried' in trial) ? verdictOf(trial) : null;
  if (verdict?.rival)
    return [
      `${name} answers as well where ${data.name} is ${scaleText(verdict.rival)} as where it is ${scaleText(scale)}, so that the labels do not tell which it was trained on; the latter was taken. If that is wrong, set the scale under Preprocessing of this model and this data set.`,
    ];
  if (verdict?.decided) return [];
  const plain = scale.subtract === 0 && scale.divide === 1;
  if (!plain || embedding || scaler || data.declaredScale !== null || !areBytePictures(data)) return [];
  const [low, high] = data.range ?? [0, 255];
  return [
    `${name} is given the bytes of ${data.name} (${low} to ${high}) as stored; if it was trained on values from 0 to 1, set "divided by 255" under Preprocessing of this model and this data set.`,
  ];
}
