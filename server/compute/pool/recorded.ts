/** Questions whose answer stands in their plan: answered in this process, whatever the workers are at. */
import { randomUUID } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { NO_BACKEND } from '../../../core/result/index.ts';
import type { ComputeOutcome, QueryPlan } from '../contract.ts';
import { answerOf } from '../methods/answer.ts';
import { methodFor } from '../methods/index.ts';

export const isRecorded = ({ query }: QueryPlan): boolean => methodFor(query).recorded !== undefined;

/** Throws UserError as the method does. */
export async function answerRecorded(plan: QueryPlan, spool: string): Promise<ComputeOutcome> {
  const { recorded, name } = methodFor(plan.query);
  if (recorded === undefined) throw new Error(`${name}() does not stand in its plan`);
  const { meta, bytes } = answerOf(
    plan,
    { output: recorded(plan), other: null, warnings: [] },
    { engine: 'interlayer', engineVersion: '1', backend: NO_BACKEND, durationMs: 0 },
  );
  const file = path.join(spool, `${randomUUID()}.safetensors`);
  try {
    await writeFile(`${file}.partial`, bytes);
    await rename(`${file}.partial`, file);
  } catch (error) {
    await rm(`${file}.partial`, { force: true });
    throw error;
  }
  return { kind: 'query', meta, file };
}
