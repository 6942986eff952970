/** What is concluded from giving a model labelled examples scaled in several ways. */
import { scaleText } from './scale-text.ts';
import { AS_STORED, type Scale, type Trial } from './spec.ts';

type Tried = Exclude<Trial, { untried: string }>;
type Way = Tried['ways'][number];

/** Share of the stored loss below which another scale is clearly better. */
const CLEARLY = 0.5;

export interface Verdict {
  readonly scale: Scale;
  readonly evidence: string[];
  /** Whether the trial told anything: one of an untrained model is worth repeating once it has learnt. */
  readonly decided: boolean;
  /** Another scale that the labels do not tell apart from this one. */
  readonly rival: Scale | null;
}

/** Standard error of a share of n. */
const errorOf = (share: number, n: number): number => Math.sqrt((share * (1 - share)) / n);
const lossOf = (way: Way): number => way.loss ?? Number.POSITIVE_INFINITY;

/**
 * Another scale than the stored one only where it is clearly better. Of several the commonest, unless another is right
 * more often than chance can make it: a wider scale sharpens the answers, so that their losses do not tell them apart.
 */
export function verdictOf(trial: Tried): Verdict {
  const { split, n, majority, constantLoss, ways } = trial;
  const [asStored, ...others] = ways;
  // What always naming the commonest class would reach by chance once in a thousand.
  const chance = majority + 3 * errorOf(majority, n);
  const learnt = (way: Way) => way.accuracy > chance && lossOf(way) < constantLoss;
  const better = others.filter(
    (way) =>
      learnt(way) &&
      asStored !== undefined &&
      // A network of rectifiers is right as often on bytes, give or take an example: its losses tell. That a less common
      // scale has the smaller losses may just mean that the model is too sure of itself.
      way.accuracy >= asStored.accuracy + (way === others[0] ? -1 : 3) * errorOf(asStored.accuracy, n) &&
      lossOf(way) < CLEARLY * lossOf(asStored),
  );
  const best = better.reduce<Way | undefined>(
    (so, way) => (!so || way.accuracy > so.accuracy + 3 * errorOf(so.accuracy, n) ? way : so),
    undefined,
  );
  const taken = best ?? asStored;
  const rival = others.find(
    (way) => way !== taken && taken !== undefined && learnt(way) && way.accuracy >= taken.accuracy,
  );
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const said = ways.map(
    ({ scale, accuracy, loss }) =>
      `${scaleText(scale)} ${percent(accuracy)} right with a mean loss of ${loss === null ? 'no finite size' : Number(loss.toPrecision(3))}`,
  );
  const result = best
    ? `Values are ${scaleText(best.scale)}: the model's answers fit the labels clearly better so.`
    : 'Values are given as stored: no usual scale fits the labels clearly better.';
  const tried = `Tried on ${n} labelled examples of ${split}: ${said.join('; ')}; always naming the commonest class would be ${percent(majority)} right.`;
  return {
    scale: best?.scale ?? AS_STORED.scale,
    evidence: [result, tried],
    decided: best !== undefined || (asStored !== undefined && learnt(asStored)),
    rival: rival?.scale ?? null,
  };
}

/** As verdictOf, of what may not have been tried. */
export function isDecided(trial: Trial | null): boolean {
  return trial !== null && !('untried' in trial) && verdictOf(trial).decided;
}
