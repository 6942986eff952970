/**
 * Interlayer's server. Without a role this process is the supervisor, which starts `--role web` (pages, HTTP, sockets)
 * and starts it again when it dies; that one forks `--role worker`, which compute, and
 * `--role boards`, which hold the boards' documents. `--dev` serves the pages by next dev,
 * in one process that its caller watches.
 */
import { parseArgs } from 'node:util';

const { values: flags } = parseArgs({
  options: {
    role: { type: 'string' },
    dev: { type: 'boolean', default: false },
    restarts: { type: 'string', default: '0' },
    uncaught: { type: 'string', default: '0' },
  },
  strict: false,
});

// A role loads its own modules only: a worker needs no database, the web process no TensorFlow, the supervisor neither.
if (flags.role === 'worker') {
  const { endWithParent } = await import('./ending.ts');
  const { startWorker } = await import('./compute/worker.ts');
  endWithParent();
  startWorker();
} else if (flags.role === 'boards') {
  const { endWithParent } = await import('./ending.ts');
  const { startBoards } = await import('./sync/board/host.ts');
  endWithParent();
  startBoards();
} else if (flags.role === 'web' || flags.dev === true) {
  const { main } = await import('./web.ts');
  await main({
    development: flags.dev === true,
    supervised: flags.role === 'web',
    past: { restarts: Number(flags.restarts), uncaught: Number(flags.uncaught) },
  });
} else {
  const { supervise } = await import('./supervisor.ts');
  process.exit(await supervise());
}
