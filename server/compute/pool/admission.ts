/** How much memory a task will need, roughly and from above, so that it can be refused before it starts. */
import { changeRow } from '../../../core/algebra/index.ts';
import { DATA_FORMATS, isData } from '../../../core/formats/index.ts';
import type { ComputeTask, PlanData, QueryPlan } from '../contract.ts';
import { BATCH_BYTES, batchSize, bytesPerExample, MOST_POINTS } from '../inference/forward.ts';
import { methodFor } from '../methods/index.ts';

/** Node, TensorFlow's own workspaces, and what nothing else counts. */
export const BASE = 32 * 2 ** 20;

/** Peak bytes of a task in its worker, beyond an idle worker's own. Throws UserError('unsupported') for an unknown function. */
export function estimateBytes(task: ComputeTask): number {
  if (task.kind === 'query' || task.kind === 'trial') return BASE + queryBytes(task.plan);
  return BASE + task.files.reduce((sum, file) => sum + copiesOf(file.name) * file.bytes, 0);
}

/** The file, its unpacked contents, and the numbers made of them. */
function copiesOf(name: string): number {
  const row = Object.values(DATA_FORMATS).find((each) => isData(name, each));
  const packed = /\.(zip|gz)$/i.test(name) ? 8 : 4;
  return Math.max(row?.expands ?? 0, packed);
}

/** Both sides of a join, since both are kept. */
function queryBytes(plan: QueryPlan): number {
  return sideBytes(plan) + (plan.joined ? queryBytes(plan.joined) : 0);
}

function sideBytes(plan: QueryPlan): number {
  const { manifest } = plan.model;
  const method = methodFor(plan.query);
  const extra = method.bytes?.(plan) ?? 0;
  // Of a model without data only the weights are read.
  if (!plan.query.input || !plan.data) return extra > 0 ? modelBytes(plan.model) + extra : 0;
  const changes = plan.query.changes ?? [];
  // A changed weight asks for a copy of the model; of checkpoints one is held beside it.
  const copies =
    (changes.some(({ kind }) => changeRow(kind).acts === 'weight') ? 1 : 0) + (plan.checkpoints ? 1 : 0);
  const models = (1 + copies) * modelBytes(plan.model);
  const given = plan.data.preprocessing.shapes.given;
  const each = bytesPerExample(manifest, given);
  // Outputs, what they are made of on the way, and a copy of what is looked at.
  const forward = 3 * Math.min(batchSize(manifest, given), largestSplit(plan.data)) * each;
  const batch = Math.max(forward, climbs(plan) ? gradientBytes(each) : 0);
  return models + splitBytes(plan) + changedBytes(plan) + batch + extra;
}

/** Whether the way back through the model is taken as well: of an attribution, or of an attack. */
function climbs({ query }: QueryPlan): boolean {
  const attacks = (query.changes ?? []).some(({ kind }) => changeRow(kind).climbs);
  return attacks || query.what.kind !== 'call';
}

function largestSplit({ manifest }: PlanData): number {
  return Math.max(0, ...manifest.splits.map((s) => s.size));
}

/** What is saved for the way back, and the gradients by it; one example goes through however large it is. */
function gradientBytes(each: number): number {
  return 7 * Math.max(each, Math.min(BATCH_BYTES / 3, MOST_POINTS * each));
}

/** Raw and in TensorFlow, both for a moment. */
function modelBytes({ checkpoint }: QueryPlan['model']): number {
  return 2 * 4 * checkpoint.tensors.reduce((sum, t) => sum + t.shape.reduce((a, b) => a * b, 1), 0);
}

/** Changed inputs are floats, once before and once after a change. */
function changedBytes(plan: QueryPlan): number {
  const { changes = [], limit = Number.POSITIVE_INFINITY } = plan.query;
  const { data } = plan;
  if (!data || !changes.some(({ kind }) => changeRow(kind).acts === 'input')) return 0;
  return 2 * 4 * Math.min(limit, largestSplit(data)) * data.manifest.shape.reduce((a, b) => a * b, 1);
}

function splitBytes(plan: QueryPlan): number {
  const { data } = plan;
  const { input } = plan.query;
  if (!data || !input || input.kind === 'name') return 0;
  const { manifest } = data;
  const width = manifest.shape.reduce((a, b) => a * b, 1);
  const sizes = manifest.splits
    .filter((s) => input.split === undefined || s.name === input.split)
    .map((s) => s.size);
  return Math.max(0, ...sizes) * width * (manifest.dtype === 'U8' ? 1 : 4);
}

/** "1.5 GiB", "320 MiB": for messages. */
export function readableBytes(bytes: number): string {
  return bytes >= 2 ** 30 ? `${(bytes / 2 ** 30).toFixed(1)} GiB` : `${Math.ceil(bytes / 2 ** 20)} MiB`;
}
