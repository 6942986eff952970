/** The server with faults on demand, for supervisor.test.ts: SIGUSR2 throws where nobody catches, SIGURG hangs. */
import process from 'node:process';

if (process.argv.includes('web')) {
  process.on('SIGUSR2', () =>
    setTimeout(() => {
      throw new Error('thrown by a test');
    }),
  );
  process.on('SIGURG', () => {
    for (;;);
  });
  // As the page server does once it is ready: it writes such errors down, and nothing ends.
  process.on('uncaughtException', () => undefined);
}
await import('../main.ts');
