/** A worker process that starts a job, says so, and then heeds nothing: for tests of the pool. */
import { toWorkerSchema } from '../process/messages.ts';

process.on('disconnect', () => process.exit(0));
process.on('message', (raw) => {
  const message = toWorkerSchema.parse(raw);
  if (message.type === 'start')
    process.send?.({ type: 'ready', backend: 'none', why: 'a test', engineVersion: '0' });
  if (message.type === 'run')
    process.send?.({ type: 'progress', job: message.job, done: 0, note: 'deaf' }, () => {
      // Blocks for good: the event loop never turns again.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    });
});
