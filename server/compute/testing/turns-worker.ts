/**
 * A worker process for tests of turns: what is small by its estimate is answered at once, what is long runs until it is
 * cancelled, and uploads are imported as ever.
 */
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { encodeSafetensors } from '../../../core/result/index.ts';
import type { ComputeOutcome, ComputeTask } from '../contract.ts';
import { importDataset } from '../formats/index.ts';
import { estimateSeconds, SMALL_SECONDS } from '../pool/work.ts';
import { startHeartbeat } from '../process/heartbeat.ts';
import { type FromWorker, toWorkerSchema } from '../process/messages.ts';

let spool = '';
const counters = { modelLoads: 0, splitLoads: 0, tensors: 0 };
const held = new Set<number>();
const send = (message: FromWorker) => process.send?.(message);

startHeartbeat();
process.on('disconnect', () => process.exit(0));
process.on('message', (raw) => {
  const message = toWorkerSchema.parse(raw);
  if (message.type === 'start') {
    spool = message.config.spool;
    send({ type: 'ready', backend: 'none', why: 'a test', engineVersion: '0' });
  } else if (message.type === 'cancel') {
    if (held.delete(message.job))
      send({
        ...{ type: 'failed', job: message.job, exhausted: false, counters },
        error: { code: 'cancelled', message: 'ended' },
      });
  } else void run(message.job, message.task);
});

async function run(job: number, task: ComputeTask): Promise<void> {
  if (task.kind === 'query' && estimateSeconds(task) > SMALL_SECONDS) {
    held.add(job);
    send({ type: 'progress', job, done: 0, note: 'long' });
    return;
  }
  send({ type: 'done', job, outcome: await answered(task), counters });
}

async function answered(task: ComputeTask): Promise<ComputeOutcome> {
  if (task.kind === 'import-dataset') return importDataset(task.files, { tf, spool });
  if (task.kind !== 'query') throw new Error(`no test asks for ${task.kind}`);
  const file = path.join(spool, randomUUID());
  writeFileSync(file, encodeSafetensors({ values: { dtype: 'F32', shape: [1], data: Float32Array.of(1) } }));
  return {
    kind: 'query',
    file,
    meta: {
      ...{ id: task.plan.id, type: 'graph', title: '', reading: '', warnings: [] },
      axes: [{ name: 'unit', size: 1 }],
      tensors: { values: { dtype: 'F32', shape: [1], axes: ['unit'] } },
      provenance: {
        ...{ query: task.plan.text, checkpoints: [], data: [], method: 'test', methodVersion: '1' },
        ...{ parameters: {}, engine: 'test', engineVersion: '1', backend: 'test', durationMs: 1 },
        computedAt: '2026-01-01T00:00:00.000Z',
      },
    },
  };
}
