/** A model and a data set together: the spec in force, the data as the pair sees them, or why they do not fit. */
import { type GraphRecord, WITHOUT_GRAPH } from '../artifacts/graph.ts';
import { orderedClasses } from './classes.ts';
import { type InputFacts, inputFacts } from './input.ts';
import { fitOf, shapeText } from './layout.ts';
import { areBytePictures, needsTrial, proposalFor, type Stored } from './propose.ts';
import { scaleText } from './scale-text.ts';
import type {
  Layout,
  PreprocessingChoice,
  PreprocessingRecord,
  PreprocessingSpec,
  Scale,
  Trial,
} from './spec.ts';
import { verdictOf } from './trial.ts';

export interface PairModel {
  readonly name: string;
  readonly graph: GraphRecord;
  /** Shapes with the batch axis first. */
  readonly inputs: readonly { readonly shape: readonly (number | null)[] }[];
}
export interface PairData extends Stored {
  readonly name: string;
}
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
  if (choice.scale || !needsTrial(data, inputFacts(model.graph))) return false;
  return pairOf(model, data, { choice, trial: null }).fits;
}

export function pairOf(model: PairModel, data: PairData, { choice, trial }: StoredPair = NOTHING): Pair {
  const misfit = (why: string, offers: readonly Layout[] = []): Pair => ({
    fits: false,
    ...{ problem: why, offers },
  });
  if (model.inputs.length === 0) return misfit(`${model.name}: ${WITHOUT_GRAPH}`);
  if (model.inputs.length !== 1)
    return misfit(
      `${model.name} has ${model.inputs.length} inputs; a data set can be given to a model with one`,
    );
  const facts = inputFacts(model.graph);
  const proposal = proposalFor(data, facts, trial, model.inputs[0]?.shape.slice(1) ?? []);
  const spec = { ...proposal.spec, ...choice };
  const shapes = shapesOf(model, data, spec.layout);
  if (!shapes.fits) return misfit(shapes.problem, shapes.offers);
  const ordered = orderedClasses(data.classes, spec.classOrder);
  const problem = ordered.fits ? scaleProblem(spec.scale, shapes.shapes.shown, facts) : ordered.why;
  if (!ordered.fits || problem !== null) return misfit(`${model.name} and ${data.name}: ${problem}`);
  const parts = Object.entries(PARTS).flatMap(([part, name]) => (part in choice ? [name] : []));
  const { stored, shown, given } = shapes.shapes;
  return {
    fits: true,
    record: {
      model: model.name,
      dataset: data.name,
      spec,
      origin: parts.length > 0 ? 'chosen' : 'proposed',
      evidence: [
        ...(choice.scale ? [] : proposal.evidence),
        ...(parts.length > 0 ? [`Chosen by a member of the project: ${parts.join(', ')}.`] : []),
        ...shapes.told,
        ...(facts.integers && data.dtype === 'F32'
          ? ['The model takes whole numbers: fractions are cut off.']
          : []),
      ],
      shapes: {
        ...{ stored: [...stored], shown: [...shown], given: [...given] },
        channels: channelAxis(shown, facts),
        whole: facts.integers,
      },
    },
    classes: ordered.classes,
    warnings: choice.scale ? [] : scaleWarnings(model, data, facts, spec, trial),
  };
}

/** The shapes of a pair, or the sentence that says why they do not fit and what would. */
export function shapesOf(
  model: Pick<PairModel, 'name' | 'inputs'>,
  data: { readonly name: string; readonly shape: readonly number[] },
  layout: Layout,
) {
  const wanted = model.inputs[0]?.shape.slice(1) ?? [];
  const fit = fitOf(data.shape, wanted, layout);
  if (fit.fits) return fit;
  const what =
    fit.problem === 'layout'
      ? `${fit.why}; ${model.name} takes ${shapeText(wanted)}`
      : `${data.name} has examples of ${shapeText(data.shape)}${fit.why === '' ? '' : ` (${fit.why})`}, ${model.name} takes ${shapeText(wanted)}`;
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
  data: PairData,
  { embedding, scaler }: InputFacts,
  { scale }: PreprocessingSpec,
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
