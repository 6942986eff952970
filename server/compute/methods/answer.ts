/** What a result says of itself: its title, its parts, and how it came about. Of what a method puts out, checked. */
import { printChange } from '../../../core/algebra/index.ts';
import type { PreprocessingRecord } from '../../../core/preprocessing/index.ts';
import {
  departures,
  encodeSafetensors,
  nameOfOther,
  type Provenance,
  type ResultMeta,
} from '../../../core/result/index.ts';
import type { PlanData, QueryPlan } from '../contract.ts';
import { methodFor } from './index.ts';
import type { MethodOutput, NamedMethod } from './method.ts';
import { methodVersion } from './version.ts';

export interface Answer {
  readonly meta: ResultMeta;
  /** The result's tensors as safetensors. */
  readonly bytes: Uint8Array;
}
export interface Outputs {
  readonly output: MethodOutput;
  /** Without the changes, or of the right side of a left join. */
  readonly other: MethodOutput | null;
  /** Of the sides, beside what the outputs say. */
  readonly warnings: readonly string[];
}

export function answerOf(
  plan: QueryPlan,
  { output, other, warnings }: Outputs,
  by: Pick<Provenance, 'engine' | 'engineVersion' | 'backend' | 'durationMs'>,
): Answer {
  const method = methodFor(plan.query);
  for (const answer of [output, ...(other ? [other] : [])]) checkOutput(method, answer);
  const tensors = { ...output.tensors, ...renamed(other?.tensors ?? {}) };
  const changes = (plan.query.changes ?? []).map(printChange);
  const sides = sidesOf(plan);
  const models = plansOf(plan).flatMap(({ model, checkpoints = [] }) => [model, ...checkpoints]);
  const data = plansOf(plan).flatMap((each) => (each.data ? [each.data] : []));
  const meta: ResultMeta = {
    id: plan.id,
    type: output.type,
    title: sides
      ? `${output.title}, against ${sides.right}`
      : other
        ? `${output.title}, with ${changes.join(', ')}`
        : output.title,
    axes: [...output.axes],
    tensors: Object.fromEntries(
      Object.entries(tensors).map(([name, { dtype, shape, axes }]) => [
        name,
        { dtype, shape: [...shape], axes: [...axes] },
      ]),
    ),
    ...(output.record === undefined ? {} : { record: output.record }),
    reading: output.reading ?? method.reading,
    ...(output.n === undefined ? {} : { n: output.n }),
    ...(other
      ? {
          other: {
            ...(sides ? { kind: 'right', sides } : { kind: 'unchanged', changes }),
            ...(other.record === undefined ? {} : { record: other.record }),
          },
        }
      : {}),
    warnings: [
      ...new Set([
        ...caveatsOf(plan),
        ...data.flatMap((each) => each.warnings),
        ...warnings,
        ...output.warnings,
        ...(other?.warnings ?? []),
      ]),
    ],
    provenance: {
      query: plan.text,
      checkpoints: distinct(models.map(({ address, hash }) => ({ address, hash }))),
      data: distinct(data.map(({ address, manifest }) => ({ address, hash: manifest.hash }))),
      ...(data.length === 0 ? {} : { preprocessing: distinctPairs(data) }),
      method: output.method ?? method.name,
      methodVersion: methodVersion(plan.query),
      parameters: output.parameters ?? {},
      ...(output.seed === undefined ? {} : { seed: output.seed }),
      ...by,
      computedAt: new Date().toISOString(),
    },
  };
  return { meta, bytes: encodeSafetensors(tensors, { id: plan.id, query: plan.text }) };
}

/** What the sides of a left join differ in: the model, else what is asked of it. */
function sidesOf(plan: QueryPlan): { left: string; right: string } | null {
  const { joined } = plan;
  if (!joined || plan.query.what.kind !== 'call' || plan.query.join?.kind !== 'left join') return null;
  if (plan.model.address !== joined.model.address)
    return { left: plan.model.address, right: joined.model.address };
  const changes = (of: QueryPlan) => (of.query.changes ?? []).map(printChange).join(', ') || 'unchanged';
  return { left: changes(plan), right: changes(joined) };
}

function renamed(tensors: MethodOutput['tensors']): MethodOutput['tensors'] {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [nameOfOther(name), tensor]));
}

/** The plan and the right sides of its joins. */
function plansOf(plan: QueryPlan): QueryPlan[] {
  return [plan, ...(plan.joined ? plansOf(plan.joined) : [])];
}

/** One record for each pair of a model and a data set. */
function distinctPairs(data: readonly PlanData[]): PreprocessingRecord[] {
  return [
    ...new Map(
      data.map(({ preprocessing }) => [`${preprocessing.model} ${preprocessing.dataset}`, preprocessing]),
    ).values(),
  ];
}

/** In what the models' numbers may differ from Keras'; of several models each says whose they are. */
function caveatsOf(plan: QueryPlan): string[] {
  const models = plansOf(plan).map(({ model }) => model);
  const several = new Set(models.map(({ address }) => address)).size > 1;
  return models.flatMap(({ address, manifest }) =>
    (manifest.caveats ?? []).map((caveat) => (several ? `${address}: ${caveat}` : caveat)),
  );
}

function distinct<T extends { readonly address: string; readonly hash: string }>(items: readonly T[]): T[] {
  return [...new Map(items.map((item) => [`${item.address} ${item.hash}`, item])).values()];
}

/** A method that puts out something else than its result type says is at fault, whatever it was asked. */
function checkOutput(method: NamedMethod, output: MethodOutput): void {
  const found = departures(output);
  if (found.length > 0) throw new Error(`${method.name} put out what it should not: ${found.join('; ')}`);
}
