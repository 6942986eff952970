/** How much memory a task will need, roughly and from above, so that it can be refused before it starts. */
import type { ComputeTask, QueryPlan } from './contract.ts';
import { batchSize, bytesPerExample } from './forward.ts';
import { methodFor } from './methods/index.ts';

/** Node, TensorFlow's own workspaces, and what nothing else counts. */
const BASE = 32 * 2 ** 20;

/** Peak bytes of a task in its worker, beyond an idle worker's own. Throws UserError('unsupported') for an unknown function. */
export function estimateBytes(task: ComputeTask): number {
  if (task.kind === 'query') return BASE + queryBytes(task.plan);
  // The file, its unpacked contents, and the tensors made of them.
  return BASE + 4 * task.files.reduce((sum, file) => sum + file.bytes, 0);
}

function queryBytes(plan: QueryPlan): number {
  const { manifest, checkpoint } = plan.model;
  const method = methodFor(plan.query);
  const extra = method.bytes?.(plan) ?? 0;
  if (!plan.query.input || !plan.data) return extra;
  const numbers = checkpoint.tensors.reduce((sum, t) => sum + t.shape.reduce((a, b) => a * b, 1), 0);
  // Raw and in TensorFlow, both for a moment; a batch's activations, their copies and a kernel's workspace.
  return 2 * 4 * numbers + splitBytes(plan) + 3 * batchSize(manifest) * bytesPerExample(manifest) + extra;
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
  // A scale other than one means that bytes are stored.
  return Math.max(0, ...sizes) * width * (manifest.scale === 1 ? 4 : 1);
}

/** "1.5 GiB", "320 MiB": for messages. */
export function readableBytes(bytes: number): string {
  return bytes >= 2 ** 30 ? `${(bytes / 2 ** 30).toFixed(1)} GiB` : `${Math.ceil(bytes / 2 ** 20)} MiB`;
}
