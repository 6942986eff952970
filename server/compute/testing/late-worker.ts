/** A worker process that finishes a job only once it is cancelled, with a file in hand: for tests of the pool. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { toWorkerSchema } from '../process/messages.ts';

let spool = '';
process.on('disconnect', () => process.exit(0));
process.on('message', (raw) => {
  const message = toWorkerSchema.parse(raw);
  if (message.type === 'start') {
    spool = message.config.spool;
    process.send?.({ type: 'ready', backend: 'none', why: 'a test', engineVersion: '0' });
    return;
  }
  if (message.type === 'run') {
    process.send?.({ type: 'progress', job: message.job, done: 0, note: 'waiting' });
    return;
  }
  const file = path.join(spool, `late-${process.pid}`);
  writeFileSync(file, 'numbers');
  const counters = { modelLoads: 0, splitLoads: 0, tensors: 0 };
  const splits = [{ name: 'test', size: 1, file }];
  const outcome = {
    kind: 'import-dataset',
    shape: [1],
    classes: [],
    columns: [],
    ...{ dtype: 'F32', range: null, declaredScale: null },
    warnings: [],
    splits,
  };
  process.send?.({ type: 'done', job: message.job, outcome, counters });
});
