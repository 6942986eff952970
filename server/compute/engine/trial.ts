/** Labelled examples scaled in several ways, and how well the model's answers fit the labels each time. */
import type { Scale, Trial } from '../../../core/preprocessing/index.ts';
import type { QueryPlan } from '../contract.ts';
import { type Examples, labelsOf, pick, type Split, thin } from '../data/examples.ts';
import { classifierOf } from '../inference/classifier.ts';
import { bytesPerExample, forEachBatch, type Pace } from '../inference/forward.ts';
import { labelLosses, lossSource } from '../inference/losses.ts';
import { readClasses } from '../inference/predictions.ts';
import { type LoadedModel, MODEL_OUTPUT } from '../network/model.ts';

const MOST_EXAMPLES = 256;
const FEWEST_EXAMPLES = 32;
/** Bytes of activations that all examples together may make, each way: a large model is tried on fewer. */
const MOST_BYTES = 2 ** 32;

interface Sources {
  readonly plan: QueryPlan;
  model(asked: QueryPlan['model']): Promise<LoadedModel>;
  split(plan: QueryPlan, name: string): Promise<Split>;
}

export async function trialOf(pace: Pace, sources: Sources, ways: readonly Scale[]): Promise<Trial> {
  const { plan } = sources;
  const { data, model } = plan;
  const { input } = plan.query;
  if (!data || input?.kind !== 'dataset') throw new Error('a trial is of a split');
  const name = input.split ?? data.manifest.splits[0]?.name ?? '';
  const loaded = await sources.model(model);
  const most = Math.max(
    FEWEST_EXAMPLES,
    Math.min(
      MOST_EXAMPLES,
      Math.floor(MOST_BYTES / bytesPerExample(model.manifest, data.preprocessing.shapes.given)),
    ),
  );
  const found: { scale: Scale; accuracy: number; loss: number | null }[] = [];
  let counted = { n: 0, majority: 0, constantLoss: 0 };
  for (const [at, scale] of ways.entries()) {
    const { preprocessing } = data;
    const spec = { ...preprocessing.spec, scale };
    const scaled = { ...plan, data: { ...data, preprocessing: { ...preprocessing, spec } } };
    const examples = labelledOf(await sources.split(scaled, name), data.address, most);
    const classifier = classifierOf(loaded, examples.split.dataset);
    if (!classifier) return { untried: 'the model scores no classes' };
    const source = lossSource(classifier);
    if (source === null) return { untried: 'the model’s outputs are no probabilities' };
    const labels = labelsOf(examples);
    if (labels.length === 0) return { untried: `${data.address} has no labels` };
    counted = { n: labels.length, ...constantOf(labels) };
    let [right, loss] = [0, 0];
    const progress = (done: number, note: string) => pace.progress((at + done) / ways.length, note);
    await forEachBatch(
      { ...pace, progress },
      model.manifest,
      loaded,
      examples,
      [MODEL_OUTPUT, source.tap],
      ({ from, to, outputs: [output, scores] }) => {
        if (!output || !scores) return;
        const own = labels.subarray(from, to);
        const said = readClasses(pace.tf, classifier, output).predicted;
        right += own.filter((label, i) => said[i] === label).length;
        for (const each of labelLosses(source, scores, own)) loss += each;
      },
      'scales',
    );
    const mean = loss / labels.length;
    found.push({ scale, accuracy: right / labels.length, loss: Number.isFinite(mean) ? mean : null });
  }
  return { split: name, ...counted, ways: found };
}

/** At most so many examples that have a label, evenly spaced. */
function labelledOf(split: Split, address: string, most: number): Examples {
  const whole = {
    ...{ split, address, single: false },
    indices: Int32Array.from({ length: split.size }, (_, i) => i),
  };
  const labelled = [...labelsOf(whole).entries()].flatMap(([i, label]) => (label < 0 ? [] : [i]));
  return thin(pick(whole, labelled), most);
}

/** What answering each example alike comes to: the commonest class, or the shares of the classes. */
function constantOf(labels: Int32Array): { majority: number; constantLoss: number } {
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  const shares = [...counts.values()].map((count) => count / labels.length);
  return {
    majority: Math.max(...shares),
    constantLoss: -shares.reduce((sum, share) => sum + share * Math.log(share), 0),
  };
}
