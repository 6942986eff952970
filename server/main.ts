/**
 * Interlayer's server. `--role worker` is a compute worker, forked by the server itself; without a role this process
 * is web and sync, with compute workers as children. `--dev` serves the pages by next dev.
 */
import { parseArgs } from 'node:util';

const { values: flags } = parseArgs({
  options: { role: { type: 'string' }, dev: { type: 'boolean', default: false } },
  strict: false,
});

// A role loads its own modules only: a worker needs no database, the web process no TensorFlow.
if (flags.role === 'worker') {
  const { startWorker } = await import('./compute/worker.ts');
  startWorker();
} else {
  const { main } = await import('./web.ts');
  await main(flags.dev === true);
}
