/** Which examples a query is about: its input's split, filtered by the predicate, ordered and limited. */
import { printOperand } from '../../core/address/index.ts';
import type { Operand, Predicate } from '../../core/address/types.ts';
import type { Query } from '../../core/algebra/index.ts';
import { UserError } from '../../core/errors/index.ts';
import { requireClassifier } from './classifier.ts';
import type { QueryPlan } from './contract.ts';
import { type Examples, labelsOf, type Split } from './examples.ts';
import { forEachBatch, type Pace, unitMeans } from './forward.ts';
import { type LoadedModel, MODEL_OUTPUT } from './model.ts';

export interface SliceSource extends Pace {
  readonly plan: QueryPlan;
  model(): Promise<LoadedModel>;
  split(name: string): Promise<Split>;
}

/** What a predicate may speak of, per example of the split. */
export interface Facts {
  readonly label: ArrayLike<number>;
  readonly predicted: ArrayLike<number>;
  readonly confidence: ArrayLike<number>;
  /** By `layer#unit`. */
  readonly activations: Readonly<Record<string, ArrayLike<number>>>;
  readonly columns: Readonly<Record<string, ArrayLike<number>>>;
  readonly classes: readonly string[];
}

/** Throws UserError('invalid') for an index out of range, an unknown column, or a slice without examples. */
export async function selectExamples(source: SliceSource): Promise<Examples> {
  const { plan } = source;
  const { input, orderBy, limit } = plan.query;
  if (!plan.data || !input || input.kind === 'name')
    throw new UserError('invalid', 'this query needs data: f(digits.test), for example');
  const splits = plan.data.manifest.splits.map((s) => s.name);
  const name =
    input.kind === 'dataset' ? (input.split ?? (splits.includes('test') ? 'test' : splits[0])) : input.split;
  if (name === undefined) throw new UserError('invalid', `${plan.data.address} has no examples`);
  const split = await source.split(name);
  const address = plan.data.address;
  if (input.kind === 'example') {
    if (input.index < 0 || input.index >= split.size)
      throw new UserError(
        'invalid',
        `no example ${input.index} in ${input.dataset}.${name}: it has ${split.size}, from 0 to ${split.size - 1}`,
      );
    return { split, indices: Int32Array.of(input.index), address, single: true };
  }
  const whole: Examples = {
    split,
    indices: Int32Array.from({ length: split.size }, (_, i) => i),
    address,
    single: false,
  };
  const predicate = input.kind === 'slice' ? input.where : undefined;
  let chosen = whole.indices;
  if (predicate || orderBy) {
    const facts = await gatherFacts(source, whole, predicate, orderBy);
    if (predicate) {
      const holds = compile(predicate, facts);
      chosen = chosen.filter((i) => holds(i));
    }
    if (orderBy) chosen = ordered(chosen, numbersOf(keyOperand(orderBy.key), facts), orderBy.desc);
  }
  if (limit !== undefined) chosen = chosen.slice(0, limit);
  if (chosen.length === 0)
    throw new UserError(
      'invalid',
      `no example of ${input.dataset}.${name} satisfies the condition (of ${split.size})`,
    );
  return { split, indices: chosen, address, single: false };
}

async function gatherFacts(
  source: SliceSource,
  whole: Examples,
  predicate: Predicate | undefined,
  orderBy: Query['orderBy'],
): Promise<Facts> {
  const operands = [
    ...(predicate ? operandsOf(predicate) : []),
    ...(orderBy ? [keyOperand(orderBy.key)] : []),
  ];
  const { dataset, columns } = whole.split;
  const asksModel = operands.some(
    (o) => o.kind === 'column' && (o.name === 'predicted' || o.name === 'confidence'),
  );
  const units = operands.filter((o) => o.kind === 'activation');
  const label = labelsOf(whole);
  const predicted = new Int32Array(whole.indices.length).fill(-1);
  const confidence = new Float32Array(whole.indices.length).fill(Number.NaN);
  const activations: Record<string, Float32Array> = {};
  let classes: readonly string[] = dataset.classes;
  if (asksModel || units.length > 0) {
    const loaded = await source.model();
    const { tf } = source;
    const manifest = source.plan.model.manifest;
    if (asksModel) {
      const classifier = requireClassifier(loaded, dataset, 'a condition on predicted or confidence');
      classes = classifier.classes;
      await forEachBatch(
        source,
        manifest,
        loaded,
        whole,
        [MODEL_OUTPUT],
        ({ from, outputs }) => {
          const p = classifier.probabilities(tf, outputs[0]!);
          predicted.set(tf.argMax(p, 1).dataSync(), from);
          confidence.set(tf.max(p, 1).dataSync(), from);
        },
        'condition',
      );
    }
    for (const layer of new Set(units.map((u) => u.layer))) {
      const wanted = [...new Set(units.filter((u) => u.layer === layer).map((u) => u.unit))];
      for (const unit of wanted) activations[`${layer}#${unit}`] = new Float32Array(whole.indices.length);
      await forEachBatch(
        source,
        manifest,
        loaded,
        whole,
        [layer],
        ({ from, to, outputs }) => {
          const means = unitMeans(tf, outputs[0]!);
          const count = means.shape[1] ?? 0;
          for (const unit of wanted) {
            if (unit >= count)
              throw new UserError(
                'invalid',
                `no unit ${unit} in ${layer}: it has ${count}, from 0 to ${count - 1}`,
              );
            const column = tf.slice(means, [0, unit], [to - from, 1]).dataSync();
            activations[`${layer}#${unit}`]!.set(column, from);
          }
        },
        'condition',
      );
    }
  }
  return { label, predicted, confidence, activations, columns, classes };
}

function operandsOf(predicate: Predicate): Operand[] {
  switch (predicate.op) {
    case 'and':
    case 'or':
      return [...operandsOf(predicate.left), ...operandsOf(predicate.right)];
    case 'not':
      return operandsOf(predicate.of);
    case 'in':
      return [predicate.left];
    default:
      return [predicate.left, predicate.right];
  }
}

function keyOperand(key: string): Operand {
  const unit = /^(.+)#(\d+)$/.exec(key);
  return unit
    ? { kind: 'activation', layer: unit[1]!, unit: Number(unit[2]) }
    : { kind: 'column', name: key };
}

/** By number, ties and NaN in order of the index, NaN last. */
function ordered(indices: Int32Array, value: (index: number) => number, desc: boolean): Int32Array {
  const sign = desc ? -1 : 1;
  return Int32Array.from(
    [...indices].sort((a, b) => {
      const [u, v] = [value(a), value(b)];
      if (Number.isNaN(u) || Number.isNaN(v))
        return Number(Number.isNaN(u)) - Number(Number.isNaN(v)) || a - b;
      return sign * (u - v) || a - b;
    }),
  );
}

/** A predicate as a function of the index within the split. Comparisons with NaN are false, except !=. */
export function compile(predicate: Predicate, facts: Facts): (index: number) => boolean {
  switch (predicate.op) {
    case 'and': {
      const [a, b] = [compile(predicate.left, facts), compile(predicate.right, facts)];
      return (i) => a(i) && b(i);
    }
    case 'or': {
      const [a, b] = [compile(predicate.left, facts), compile(predicate.right, facts)];
      return (i) => a(i) || b(i);
    }
    case 'not': {
      const of = compile(predicate.of, facts);
      return (i) => !of(i);
    }
    case 'in': {
      const { left, values } = predicate;
      const value = numbersOf(left, facts);
      const wanted = new Set(
        values.map((v) => (typeof v === 'number' ? v : sideOf({ kind: 'string', value: v }, left, facts)(0))),
      );
      return (i) => wanted.has(value(i));
    }
    default: {
      const a = sideOf(predicate.left, predicate.right, facts);
      const b = sideOf(predicate.right, predicate.left, facts);
      const holds = COMPARE[predicate.op];
      return (i) => holds(a(i), b(i));
    }
  }
}

const COMPARE = {
  '=': (a: number, b: number) => a === b,
  '!=': (a: number, b: number) => a !== b,
  '<': (a: number, b: number) => a < b,
  '<=': (a: number, b: number) => a <= b,
  '>': (a: number, b: number) => a > b,
  '>=': (a: number, b: number) => a >= b,
} as const;

/** A text is the name of a class, and only where the other side is a class. */
function sideOf(operand: Operand, other: Operand, facts: Facts): (index: number) => number {
  if (operand.kind !== 'string') return numbersOf(operand, facts);
  if (other.kind !== 'column' || (other.name !== 'label' && other.name !== 'predicted'))
    throw new UserError(
      'invalid',
      `'${operand.value}' is compared with something that is no class; write a number`,
    );
  const index = facts.classes.indexOf(operand.value);
  if (index < 0)
    throw new UserError(
      'invalid',
      `no class '${operand.value}'; the classes are ${facts.classes.join(', ')}`,
    );
  return () => index;
}

function numbersOf(operand: Operand, facts: Facts): (index: number) => number {
  switch (operand.kind) {
    case 'number':
      return () => operand.value;
    case 'string':
      throw new UserError('invalid', `'${operand.value}' is no number`);
    case 'distance':
    case 'agreement':
      throw new UserError('unsupported', `${printOperand(operand)} cannot be computed in a condition`);
    case 'activation': {
      const values = facts.activations[`${operand.layer}#${operand.unit}`];
      return (i) => values?.[i] ?? Number.NaN;
    }
    case 'column': {
      if (operand.name === 'index') return (i) => i;
      const values =
        operand.name === 'label' || operand.name === 'predicted' || operand.name === 'confidence'
          ? facts[operand.name]
          : facts.columns[operand.name];
      if (!values)
        throw new UserError(
          'invalid',
          `no column ${operand.name}; there are ${['label', 'predicted', 'confidence', 'index', ...Object.keys(facts.columns)].join(', ')}`,
        );
      return (i) => values[i] ?? Number.NaN;
    }
  }
}
