/** Next, started within this process: pages and next-auth's addresses. */
import type { Server } from 'node:http';
import type { Pages } from './serve.ts';

export interface NextOptions {
  /** Folder that holds `app/` and `.next/`. */
  readonly folder: string;
  readonly development: boolean;
  readonly hostname: string;
}

const PREPARING = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="1">
<title>Interlayer</title></head><body><p>Interlayer is starting. This page comes back by itself.</p></body></html>`;

export function nextPages({ folder, development, hostname }: NextOptions) {
  return ({ port, server }: { port: number; server: Server }): Pages => {
    const preparing = prepare();
    async function prepare() {
      const { default: next } = await import('next');
      const app = next({ dev: development, dir: folder, hostname, port, httpServer: server });
      await app.prepare();
      return { app, handle: app.getRequestHandler(), upgrade: app.getUpgradeHandler() };
    }
    let failed = false;
    let ready = false;
    preparing.then(
      () => {
        ready = true;
      },
      () => {
        failed = true;
      },
    );
    return {
      ready: preparing.then(() => undefined),
      async handle(request, response) {
        if (!ready && !failed) {
          const type = request.headers.accept ?? '';
          if (request.method === 'GET' && type.includes('text/html') && !development) {
            response.writeHead(503, { 'content-type': 'text/html; charset=utf-8', 'retry-after': '1' });
            response.end(PREPARING);
            return;
          }
        }
        const { handle } = await preparing;
        await handle(request, response);
      },
      upgrade(request, socket, head) {
        if (!ready || !development) return false;
        void preparing.then(({ upgrade }) => upgrade(request, socket, head));
        return true;
      },
      async close() {
        if (ready) await (await preparing).app.close();
      },
    };
  };
}
