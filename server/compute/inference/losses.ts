/** Cross-entropy of true labels, in double precision from the scores wherever there are such: nothing is clipped. */
import type { Tensor } from '@tensorflow/tfjs';
import { LOG_PROBABILITIES, MODEL_OUTPUT, type ProgramTap, SCORES } from '../network/taps.ts';
import type { Classifier } from './classifier.ts';

/** What the losses of a classifier with probabilities are computed from. */
export interface LossSource {
  readonly tap: ProgramTap;
  /** What is read there: scores before a softmax or sigmoid, or logarithms of the class probabilities. */
  readonly reads: 'softmax' | 'sigmoid' | 'binary' | 'logarithms';
}

/** Null where the outputs are no probabilities. */
export function lossSource({ ending, program }: Pick<Classifier, 'ending' | 'program'>): LossSource | null {
  const scored = program.hasScores && !program.isCutOff;
  switch (ending) {
    case 'outputs':
      return null;
    case 'logits':
      return { tap: MODEL_OUTPUT, reads: 'softmax' };
    case 'sigmoid logits':
      return { tap: MODEL_OUTPUT, reads: 'sigmoid' };
    case 'binary logits':
      return { tap: MODEL_OUTPUT, reads: 'binary' };
    case 'softmax':
    case 'log softmax':
      return scored ? { tap: SCORES, reads: 'softmax' } : { tap: LOG_PROBABILITIES, reads: 'logarithms' };
    case 'sigmoid':
    case 'binary':
      return scored ? { tap: SCORES, reads: ending } : { tap: LOG_PROBABILITIES, reads: 'logarithms' };
  }
}

/** -log of the label's probability, (n); NaN without a label. `read` is what stands at the source's tap, (n, ...). */
export function labelLosses({ reads }: LossSource, read: Tensor, labels: Int32Array): Float64Array {
  const values = read.dataSync();
  const units = values.length / labels.length;
  const classes = reads === 'binary' ? 2 : units;
  return Float64Array.from(labels, (label, i) => {
    if (label < 0 || label >= classes) return Number.NaN;
    const row = values.subarray(i * units, (i + 1) * units);
    switch (reads) {
      case 'softmax':
        return softmaxLoss(row, label);
      case 'sigmoid':
        return softplus(-(row[label] ?? Number.NaN));
      case 'binary':
        return softplus((1 - 2 * label) * (row[0] ?? Number.NaN));
      case 'logarithms':
        return Math.max(0, -(row[label] ?? Number.NaN));
    }
  });
}

/** log of the sum of exponentials less the label's score: the rest of the sum is added last, so that small losses count. */
function softmaxLoss(scores: ArrayLike<number>, label: number): number {
  let top = 0;
  for (let c = 1; c < scores.length; c++) if (scores[c]! > scores[top]!) top = c;
  const most = scores[top]!;
  let rest = 0;
  for (let c = 0; c < scores.length; c++) if (c !== top) rest += Math.exp(scores[c]! - most);
  return Math.log1p(rest) + (most - scores[label]!);
}

/** log(1 + exp(x)) */
function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}
