/** What a model's output is, as a Python dictionary that the script's Model reads. */
import type { CatalogDataset, CatalogModel } from '../../project/catalog.ts';
import { type Ending, scoringOf } from '../../project/classifier.ts';
import { hasScores, headOfGraph, type Term } from '../../project/head.ts';
import { number, text } from './words.ts';

/** What the model's output becomes: of `logits` the softmax or sigmoid that makes probabilities of them. */
const KINDS: Readonly<Record<Ending, string>> = {
  softmax: 'softmax',
  'log softmax': 'log_softmax',
  sigmoid: 'sigmoid',
  binary: 'sigmoid',
  logits: 'softmax',
  'sigmoid logits': 'sigmoid',
  'binary logits': 'sigmoid',
  outputs: 'other',
};

/** Null where the record does not tell what the output is made of. */
export function headCode({ graph }: CatalogModel, { classes }: CatalogDataset): string | null {
  const head = headOfGraph(graph);
  if (head === null) return null;
  const scoring = scoringOf(head, graph.losses?.[0] ?? null, classes.length);
  const ending = scoring?.ending ?? 'outputs';
  const apart = head.parts.flat().every(({ hidden }) => !hidden);
  const parts = scoring ? head.parts.map((terms) => list(terms.map(termCode))) : [];
  const entries = [
    ['kind', text(KINDS[ending])],
    ['classes', String(scoring?.classes ?? 0)],
    ['probable', truth(ending !== 'outputs')],
    ['logits', truth(ending.endsWith('logits'))],
    ['scores', truth(scoring !== null && hasScores(head))],
    ['apart', truth(apart)],
    ['path', list(head.path.map(text))],
    ['parts', list(parts)],
  ];
  return `{${entries.map(([key = '', value]) => `${text(key)}: ${value}`).join(', ')}}`;
}

function termCode({ weight, squash, at, axes, steps }: Term<string>): string {
  const written = steps.map((step) =>
    step === 'mean over places' ? 'None' : list(step.reshape.map(number)),
  );
  return `{"weight": ${number(weight)}, "squash": ${text(squash)}, "layer": ${text(at)}, "axes": ${list(axes.map(number))}, "steps": ${list(written)}}`;
}

const truth = (value: boolean): string => (value ? 'True' : 'False');
const list = (items: readonly string[]): string => `[${items.join(', ')}]`;
