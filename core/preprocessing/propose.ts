/** The spec of a pair that nobody chose: as stored, unless there is evidence for something else. */
import type { DatasetManifest } from '../artifacts/index.ts';
import { type InputFacts, scalesByItself } from './input.ts';
import { fitOf } from './layout.ts';
import { AS_STORED, type Layout, type PreprocessingSpec, type Scale, type Trial } from './spec.ts';
import { verdictOf } from './trial.ts';

export type Stored = Pick<
  DatasetManifest,
  'importer' | 'shape' | 'dtype' | 'range' | 'declaredScale' | 'classes'
>;

/** Least count of numbers in a row that may be a picture's. */
const LEAST_PICTURE = 64;
/** Ways of scaling bytes that models are commonly trained on; the first is the commonest. */
const USUAL_SCALES: readonly Scale[] = [
  { subtract: 0, divide: 255 },
  { subtract: 127.5, divide: 127.5 },
];
/** Of pictures of sixteen greys. */
const SCANNED_SCALES: readonly Scale[] = [
  { subtract: 0, divide: 16 },
  { subtract: 0, divide: 255 },
];
const NONE: Scale = AS_STORED.scale;

export interface Proposal {
  readonly spec: PreprocessingSpec;
  readonly evidence: readonly string[];
}

/** Whole numbers from 0 to 255 that are more than a mask, in the shape of pictures. */
export function areBytePictures({ shape, dtype, range }: Stored): boolean {
  if (dtype === 'F32' || range === null) return false;
  const [low, high] = range;
  return low >= 0 && high > 1 && high <= 255 && (shape.length >= 2 || isPictureRow(shape[0] ?? 0));
}

function isPictureRow(width: number): boolean {
  const square = (count: number) => Number.isInteger(Math.sqrt(count));
  return width >= LEAST_PICTURE && (square(width) || square(width / 3));
}

/** Whether only the model's answers can tell how the values are to be scaled. */
export function needsTrial(data: Stored, { embedding, scaler }: InputFacts): boolean {
  return (
    data.declaredScale === null &&
    data.classes.length > 1 &&
    embedding === null &&
    !scalesByItself(scaler) &&
    areBytePictures(data)
  );
}

/** What a trial tries, the first as stored, then the commonest. */
export function waysToTry({ range }: Pick<Stored, 'range'>): Scale[] {
  const sixteenths = range !== null && range[1] <= 16;
  return [NONE, ...(sixteenths ? SCANNED_SCALES : USUAL_SCALES)];
}

/** `trial`: what came of trying, where it was made. `wanted`: shape of an example that the model takes. */
export function proposalFor(
  data: Stored,
  facts: InputFacts,
  trial: Trial | null,
  wanted: readonly (number | null)[],
): Proposal {
  const { scale, evidence } = scaleFor(data, facts, trial);
  const layout = proposedLayout(data, facts, wanted);
  return {
    spec: { ...AS_STORED, scale, ...(layout ? { layout: layout.layout } : {}) },
    evidence: [...evidence, ...(layout ? [layout.why] : [])],
  };
}

/** Data that lie as the model's file takes them, channels before places; null where they lie otherwise. */
export function proposedLayout(
  { shape }: { readonly shape: readonly number[] },
  { fileTakes }: Pick<InputFacts, 'fileTakes'>,
  wanted: readonly (number | null)[],
): { layout: Layout; why: string } | null {
  if (fileTakes === null || fitOf(shape, wanted, AS_STORED.layout).fits) return null;
  const layout: Layout = { kind: 'transpose', axes: [...shape.keys()].slice(1).concat(0) };
  const asInFile =
    shape.length === fileTakes.length && fileTakes.every((size, at) => size === null || size === shape[at]);
  if (!asInFile || !fitOf(shape, wanted, layout).fits) return null;
  return {
    layout,
    why: `The data set has channels before places, as the model's file takes them: both are shown with channels last.`,
  };
}

function scaleFor(
  data: Stored,
  { embedding, scaler }: InputFacts,
  trial: Trial | null,
): { scale: Scale; evidence: string[] } {
  const stored = (why: string) => ({ scale: NONE, evidence: [`Values are given as stored: ${why}.`] });
  if (embedding) return stored(`the model takes them as tokens (${embedding.name}, Embedding)`);
  const { declaredScale } = data;
  const known = scalesByItself(scaler) ? scaler : null;
  if (declaredScale !== null && known?.type !== 'Rescaling') {
    const said =
      data.importer === 1
        ? `This data set was imported by an earlier version, which divided by ${declaredScale}; kept, so that answers stay the same.`
        : `The data file says that its values are to be divided by ${declaredScale}.`;
    return { scale: { subtract: 0, divide: declaredScale }, evidence: [said] };
  }
  if (declaredScale !== null && known)
    return stored(
      `the model scales them itself (${known.name}, ${known.type}), so they are not divided by ${declaredScale} as the data set says`,
    );
  if (known) return stored(`the model scales them itself (${known.name}, ${known.type})`);
  if (!areBytePictures(data)) return stored(wordsOf(data));
  if (trial && !('untried' in trial)) return verdictOf(trial);
  if (data.classes.length < 2) return stored('the data set has no classes that scales could be tried on');
  return stored(
    trial
      ? `no other scale could be tried, as ${trial.untried}`
      : 'whether another scale fits the labels better is tried when the pair is first asked about',
  );
}

function wordsOf({ dtype, range, shape }: Stored): string {
  if (dtype === 'F32') return 'they are floating-point numbers';
  if (range !== null && range[0] >= 0 && range[1] <= 1) return 'they are 0 and 1';
  return shape.length === 1 ? 'they are a table of whole numbers' : 'they are whole numbers beyond bytes';
}
