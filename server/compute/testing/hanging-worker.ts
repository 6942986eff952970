/**
 * A worker process that goes wrong as its first argument says, each time or once: it loops for ever, stops itself, or
 * takes memory until it is ended. For tests of the pool.
 */
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { startHeartbeat } from '../process/heartbeat.ts';
import { type FromWorker, toWorkerSchema } from '../process/messages.ts';

const [how, times] = process.argv.slice(2);
const counters = { modelLoads: 0, splitLoads: 0, tensors: 0 };
const send = (message: FromWorker) => process.send?.(message);
let spool = '';
const kept: Buffer[] = [];

startHeartbeat();
process.on('disconnect', () => process.exit(0));
process.on('message', (raw) => {
  const message = toWorkerSchema.parse(raw);
  if (message.type === 'start') {
    spool = message.config.spool;
    send({ type: 'ready', backend: 'none', why: 'a test', engineVersion: '0' });
  }
  if (message.type === 'run') run(message.job);
});

function run(job: number): void {
  const mark = path.join(spool, 'went-wrong-once');
  if (times === 'once' && existsSync(mark)) {
    const trial = { untried: 'a test' };
    send({ type: 'done', job, outcome: { kind: 'trial', trial }, counters });
    return;
  }
  writeFileSync(mark, '');
  send({ type: 'progress', job, done: 0, note: how ?? '' });
  // The message leaves before the thread stands.
  setTimeout(() => {
    if (how === 'loop') for (;;);
    if (how === 'stop') process.kill(process.pid, 'SIGSTOP');
    if (how === 'grow') setInterval(() => kept.push(Buffer.alloc(64 * 2 ** 20, 1)), 20);
  }, 50);
}
