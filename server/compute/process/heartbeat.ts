/**
 * A worker's sign of life: a thread of its own tells the parent each second, over a pipe, whether the main thread has
 * turned since. A process that is stopped tells nothing; one in an endless loop tells that its main thread stands.
 */
import { Worker } from 'node:worker_threads';

/** The pipe's place among the files that a worker inherits. */
export const HEARTBEAT_PIPE = 4;
const HEARTBEAT_MS = 1000;
export const RESPONSIVE = '+';
export const STALLED = '.';

/** As text, so that the bundle needs no second file. A pipe that is full or gone is no reason to fail. */
const PROGRAM = `
const { workerData } = require('node:worker_threads');
const { writeSync } = require('node:fs');
const turns = new Int32Array(workerData.turns);
let seen = 0;
setInterval(() => {
  const now = Atomics.load(turns, 0);
  try {
    writeSync(${HEARTBEAT_PIPE}, now === seen ? '${STALLED}' : '${RESPONSIVE}');
  } catch {}
  seen = now;
}, ${HEARTBEAT_MS});
`;

/** Starts the thread; it ends with the process. */
export function startHeartbeat(): void {
  const turns = new SharedArrayBuffer(4);
  const count = new Int32Array(turns);
  setInterval(() => Atomics.add(count, 0, 1), HEARTBEAT_MS / 4).unref();
  new Worker(PROGRAM, { eval: true, workerData: { turns }, execArgv: [], env: {} }).unref();
}
