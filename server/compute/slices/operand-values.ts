/** Asks the model what a condition or an order needs to know: one pass over the split for all of it. */
import { printExample, printOperand } from '../../../core/address/index.ts';
import type { Operand } from '../../../core/address/types.ts';
import { UserError } from '../../../core/errors/index.ts';
import type { QueryPlan } from '../contract.ts';
import { type Examples, labelsOf, type Split } from '../data/examples.ts';
import { requireClassifier, requireProbabilities } from '../inference/classifier.ts';
import { forEachBatch, type Pace, unitMeansOf } from '../inference/forward.ts';
import { labelLosses, lossSource } from '../inference/losses.ts';
import { originOf } from '../inference/origin.ts';
import { readClasses, unpredictedWarnings } from '../inference/predictions.ts';
import { agreementOf, distancesTo, nearest, rowOfLayer } from '../measures/nearest.ts';
import { type LoadedModel, MODEL_OUTPUT } from '../network/model.ts';
import type { ProgramTap } from '../network/taps.ts';
import { asksPredictions, type OperandValues } from './condition.ts';

type Distance = Extract<Operand, { kind: 'distance' }>;

const NO_MEANS = { means: new Float64Array(), units: 0 };

/** What choosing examples needs: the question, its model and its data, each loaded when asked for. */
export interface SliceSource extends Pace {
  readonly plan: QueryPlan;
  model(): Promise<LoadedModel>;
  split(name: string): Promise<Split>;
}

/** `whole`: every example of the split, in order. */
export async function operandValues(
  source: SliceSource,
  whole: Examples,
  operands: readonly Operand[],
): Promise<OperandValues & { readonly warnings: readonly string[] }> {
  const { dataset, columns, halves } = whole.split;
  const n = whole.indices.length;
  const label = labelsOf(whole);
  const predicted = new Int32Array(n).fill(-1);
  const warnings: string[] = [];
  const confidence = new Float32Array(n).fill(Number.NaN);
  const loss = new Float64Array(n).fill(Number.NaN);
  const computed: Record<string, Float32Array | Float64Array> = {};
  const units = operands.filter((o) => o.kind === 'activation');
  const distances = operands.filter((o) => o.kind === 'distance');
  const agreements = operands.filter((o) => o.kind === 'agreement');
  const asks = operands.some(asksPredictions);
  const asksFor = (...names: string[]) =>
    operands.some((o) => o.kind === 'column' && asksPredictions(o) && names.includes(o.name));
  let classes: readonly string[] = dataset.classes;
  if (asks || units.length + distances.length + agreements.length > 0) {
    const loaded = await source.model();
    const { tf } = source;
    const classifier = asksFor('confidence', 'loss')
      ? requireProbabilities(loaded, dataset, 'a condition on confidence or loss, or an order by them,')
      : asks
        ? requireClassifier(loaded, dataset, 'a condition on predicted')
        : null;
    const losses = classifier && asksFor('loss') ? lossSource(classifier) : null;
    if (classifier) classes = classifier.classes;
    const layers = [...new Set([...units, ...distances].map((o) => o.layer))];
    const origins = await originsOf(source, loaded, whole, distances);
    for (const operand of units) computed[printOperand(operand)] = new Float32Array(n);
    for (const operand of distances) computed[printOperand(operand)] = new Float64Array(n);
    const taps: ProgramTap[] = [...layers];
    if (classifier) taps.push(MODEL_OUTPUT);
    if (losses) taps.push(losses.tap);
    if (taps.length > 0)
      await forEachBatch(
        source,
        source.plan.model.manifest,
        loaded,
        whole,
        taps,
        ({ from, to, outputs }) => {
          layers.forEach((layer, at) => {
            const output = outputs[at]!;
            const own = units.filter((u) => u.layer === layer);
            const { means, units: count } = own.length > 0 ? unitMeansOf(output) : NO_MEANS;
            for (const operand of own) {
              checkUnitOf(layer, operand.unit, count);
              const column = computed[printOperand(operand)]!;
              for (let i = from; i < to; i++) column[i] = means[(i - from) * count + operand.unit]!;
            }
            for (const operand of distances.filter((d) => d.layer === layer)) {
              const key = printOperand(operand);
              computed[key]!.set(distancesTo(origins.get(key)!, output.dataSync<'float32'>()), from);
            }
          });
          const [last, scores] = outputs.slice(layers.length);
          if (!classifier || !last) return;
          const read = readClasses(tf, classifier, last);
          predicted.set(read.predicted, from);
          confidence.set(read.confidence, from);
          if (!losses || !scores) return;
          const values = labelLosses(losses, scores, label.subarray(from, to));
          loss.set(
            values.map((value, i) => (read.predicted[i]! < 0 ? Number.NaN : value)),
            from,
          );
        },
        'condition',
      );
    if (classifier)
      warnings.push(
        ...classifier.warnings,
        ...(losses?.reads === 'logarithms' && loaded.program.isCutOff ? [COARSE] : []),
        ...(losses ? unscoredLabels(label, classifier.classes.length) : []),
        ...(await unpredictedWarnings(
          source,
          loaded,
          whole,
          predicted,
          'no condition on predicted, confidence or loss holds for them but !=, and an order puts them last',
        )),
      );
    for (const operand of [...units, ...distances]) {
      const key = printOperand(operand);
      const [broken, first] = withoutInfinities(computed[key]!);
      if (broken > 0)
        warnings.push(
          `${key} is not finite for ${broken} of ${n} examples; no condition on it holds for them but !=, and an order puts them last. ${await originOf(source, loaded, whole, first)}`,
        );
    }
    for (const operand of agreements) {
      if (!whole.split.y)
        throw new UserError(
          'invalid',
          `${whole.split.name} has no labels; ${printOperand(operand)} compares them`,
        );
      const found = await nearest(source, loaded, operand.layer, whole, whole, operand.k);
      computed[printOperand(operand)] = agreementOf(found, label, label);
      warnings.push(...found.warnings);
    }
  }
  return {
    label,
    // No prediction compares with nothing: not with class 0, and not as a number below all classes.
    predicted: Float64Array.from(predicted, (c) => (c < 0 ? Number.NaN : c)),
    confidence,
    loss,
    computed,
    columns,
    halves,
    classes,
    warnings,
  };
}

/** A label beyond the model's classes has no score, and so no loss. */
function unscoredLabels(label: Int32Array, classes: number): string[] {
  const beyond = label.filter((c) => c >= classes);
  const [first] = beyond;
  if (first === undefined) return [];
  return [
    `${beyond.length} of ${label.length} examples have a label that the model has no output for (the first is ${first}), so they have no loss: no condition on it holds for them but !=, and an order puts them last.`,
  ];
}

/** Where losses can only be had from probabilities in single precision. */
const COARSE =
  'What goes into the last softmax or sigmoid cannot be had apart from it: losses come from the probabilities, so that those above 16 are coarse, and infinite where a probability is 0.';

/** What the layers put out for the examples that distances are measured from, flat, by the operand's text. */
async function originsOf(
  source: SliceSource,
  loaded: LoadedModel,
  whole: Examples,
  distances: readonly Distance[],
): Promise<Map<string, Float32Array>> {
  const found = new Map<string, Float32Array>();
  for (const operand of distances) {
    const key = printOperand(operand);
    const { to, layer } = operand;
    if (found.has(key)) continue;
    if (to.kind === 'name') throw new UserError('invalid', `${to.name} is bound to no example`);
    const split = await source.split(to.split);
    if (to.index >= split.size)
      throw new UserError(
        'invalid',
        `no example ${to.index} in ${to.dataset}.${to.split}: it has ${split.size}, from 0 to ${split.size - 1}`,
      );
    const all: Examples = {
      ...whole,
      split,
      indices: Int32Array.from({ length: split.size }, (_, i) => i),
      address: printExample(to),
    };
    found.set(key, await rowOfLayer(source, loaded, layer, all, to.index));
  }
  return found;
}

/** An infinite value is no more one to compare with than NaN, and becomes it. How many of both there are, and the first. */
function withoutInfinities(values: Float32Array | Float64Array): readonly [count: number, first: number] {
  let [count, first] = [0, -1];
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i]!)) continue;
    if (count === 0) first = i;
    count++;
    values[i] = Number.NaN;
  }
  return [count, first];
}

function checkUnitOf(layer: string, unit: number, units: number): void {
  if (unit >= units)
    throw new UserError('invalid', `no unit ${unit} in ${layer}: it has ${units}, from 0 to ${units - 1}`);
}
