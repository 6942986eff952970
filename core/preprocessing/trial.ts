/** What is concluded from giving a model labelled examples scaled in several ways. */
import { scaleText } from './scale-text.ts';
import { AS_STORED, type Scale, type Trial } from './spec.ts';

type Tried = Exclude<Trial, { untried: string }>;
type Way = Tried['ways'][number];

/** Share of the stored loss below which another scale is clearly better. */
const CLEARLY = 0.5;
/** Scales whose losses differ by less are told apart by nothing; the commonest of them is taken. */
const ALIKE = 1.25;

/** Whether a trial told anything: one of an untrained model is worth repeating once it has learnt. */
export function isDecided(trial: Trial | null): boolean {
  if (!trial || 'untried' in trial) return false;
  return trial.ways.some(({ accuracy }) => accuracy > chanceOf(trial));
}

/** What always naming the commonest class would reach by chance once in a thousand: its share and three standard errors. */
const chanceOf = ({ majority, n }: Tried): number =>
  majority + 3 * Math.sqrt((majority * (1 - majority)) / n);

/** Another scale than the stored one only where it is clearly better. */
export function verdictOf(trial: Tried): { scale: Scale; evidence: string[] } {
  const { split, n, majority, ways } = trial;
  const [asStored, ...others] = ways;
  const lossOf = (way: Way | undefined) => way?.loss ?? Number.POSITIVE_INFINITY;
  const better = others.filter(
    (way) =>
      way.accuracy > chanceOf(trial) &&
      way.accuracy >= (asStored?.accuracy ?? 0) &&
      lossOf(way) < CLEARLY * lossOf(asStored),
  );
  const least = Math.min(...better.map(lossOf));
  const scale = better.find((way) => lossOf(way) <= ALIKE * least)?.scale ?? AS_STORED.scale;
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const said = ways.map(
    ({ scale: tried, accuracy, loss }) =>
      `${scaleText(tried)} ${percent(accuracy)} right with a mean loss of ${loss === null ? 'no finite size' : Number(loss.toPrecision(3))}`,
  );
  const result =
    better.length > 0
      ? `Values are ${scaleText(scale)}: the model's answers fit the labels clearly better so.`
      : 'Values are given as stored: no usual scale fits the labels clearly better.';
  const tried = `Tried on ${n} labelled examples of ${split}: ${said.join('; ')}; always naming the commonest class would be ${percent(majority)} right.`;
  return { scale, evidence: [result, tried] };
}
