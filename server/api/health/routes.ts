import { healthSchema } from '../../../core/api/index.ts';
import { type Route, route } from '../http/route.ts';

export const healthRoutes: readonly Route[] = [
  route('GET /health', {
    summary: 'Whether the server works, and by what',
    answer: healthSchema,
    run: async ({ app }) => {
      const { backend, workers, busy, queued, restarts } = app.pool.status();
      return {
        status: 'ok' as const,
        version: app.config.version,
        backend,
        workers: { count: workers, busy, queued, restarts },
        sync: app.sync.stats(),
        process: app.past,
        pages: app.pagesReady,
      };
    },
  }),
];
