/** One HTTP server: /api/v1 to the router, upgrades to the socket server, everything else to the pages. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { getRequestListener } from '@hono/node-server';
import type { Logger } from 'pino';
import { HTTP_STATUS, UserError } from '../../core/errors/index.ts';
import { roleSchema } from '../../core/roles/index.ts';
import type { ComputePool } from '../compute/client.ts';
import type { Store } from '../store/contract.ts';
import { type BoardProcesses, createSyncServer, type SyncLimits } from '../sync/index.ts';
import type { App } from './app/app.ts';
import { Catalogs } from './app/catalog.ts';
import { ImportProgress } from './app/import-progress.ts';
import { Jobs } from './app/jobs.ts';
import { type Limits, RateLimiter } from './app/limits.ts';
import { Tickets } from './app/tickets.ts';
import { ADDRESS_HEADER, setHandles } from './auth/handles.ts';
import { makeHandles } from './auth/sign-in.ts';
import { standingsOf } from './auth/standing.ts';
import { BASE, createRouter } from './http/router.ts';
import { ROUTES } from './routes.ts';
import { type Config, originsOf } from './settings/config.ts';
import { sweepSpool } from './settings/data-folder.ts';
import { CONNECTIONS, type ConnectionLimits, HEAD_PACE, limitConnections } from './transport/connections.ts';
import { API_POLICY, setPagePolicy, setSecurityHeaders } from './transport/headers.ts';
import { Pacing } from './transport/pacing.ts';
import { pageFault } from './transport/page-request.ts';
import { pathFault, targetFault } from './transport/path.ts';
import { type BodyPace, cutSlowBody, cutSlowReader } from './transport/slow.ts';

/** Next, or nothing in tests of the API. */
export interface Pages {
  /** Resolves when pages can be served. */
  readonly ready: Promise<void>;
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** False when the path is not one of its own. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean;
  close(): Promise<void>;
}

export interface ServeOptions {
  readonly config: Config;
  readonly store: Store;
  readonly pool: ComputePool;
  readonly authSecret: string;
  readonly log: Logger;
  /** Made once the port is known. */
  readonly pages: ((place: { port: number; server: Server }) => Pages) | null;
  readonly development?: boolean;
  readonly limits?: Partial<Limits>;
  readonly syncLimits?: Partial<SyncLimits>;
  /** Which hold the boards' documents; by default the socket server's own. */
  readonly boards?: BoardProcesses;
  readonly leaseMs?: number;
  readonly bodyPace?: BodyPace;
  readonly headPace?: typeof HEAD_PACE;
  readonly connections?: ConnectionLimits;
  /** None in tests of the API. */
  readonly past?: Past;
}

export type Past = App['past'];

export interface Running {
  readonly app: App;
  readonly port: number;
  /** Address to open. */
  readonly url: string;
  /** Answers what is under way, saves boards, then closes. */
  close(): Promise<void>;
}

/** An upload of half a gigabyte may take its time. */
const REQUEST_TIMEOUT_MS = 60 * 60_000;
const GOODBYE_MS = 3000;

/** A port that is ours; until something is served there, whoever asks is told to come back. */
export interface OpenPort {
  readonly server: Server;
  readonly port: number;
}

/** Rejects with the system's error when the port cannot be had. Taken before anything is written. */
export async function openPort(
  config: Pick<Config, 'port' | 'host' | 'trustProxy'>,
  limits: Pick<ServeOptions, 'connections' | 'headPace'> = {},
): Promise<OpenPort> {
  const server = createServer({
    ...{ requestTimeout: REQUEST_TIMEOUT_MS, keepAliveTimeout: 65_000 },
    ...(limits.headPace ?? HEAD_PACE),
  });
  limitConnections(server, limits.connections ?? CONNECTIONS, config.trustProxy);
  server.on('request', answerStarting);
  server.on('upgrade', refuseStarting);
  return { server, port: await listen(server, config) };
}

export async function serve(options: ServeOptions, open?: OpenPort): Promise<Running> {
  const { config, store, pool, log } = options;
  const { server, port } = open ?? (await openPort(config, options));
  const left = sweepSpool(config.dataFolder);
  if (left > 0) log.info({ left }, 'files that an earlier run left in the spool folder were removed');
  const origins = originsOf(config, port);
  const tickets = new Tickets();
  const sync = createSyncServer({
    journal: store.journal,
    origins,
    redeem: async (secret) => {
      const ticket = tickets.redeem(secret);
      if (!ticket || !(await store.boards.byId(ticket.boardId))) return null;
      const [standing = 'removed'] = await standingsOf(store, [ticket]);
      const role = roleSchema.safeParse(standing);
      return role.success ? { ...ticket, role: role.data } : null;
    },
    standing: (admissions) => standingsOf(store, admissions),
    log: (level, message, facts) => log[level](facts ?? {}, message),
    limits: {
      connectionsPerBoard: config.socketsPerBoard,
      connectionsPerUser: config.socketsPerPerson,
      ...options.syncLimits,
    },
    ...(options.boards ? { boards: options.boards } : {}),
  });
  const app: App = {
    imports: new ImportProgress(),
    ...{ config, store, pool, sync, tickets, log, origins, authSecret: options.authSecret },
    jobs: new Jobs({
      ...{ store, pool, sync, log, resultBudgetBytes: config.resultBudgetBytes },
      ...(options.leaseMs === undefined ? {} : { leaseMs: options.leaseMs }),
    }),
    catalogs: new Catalogs(store),
    limiter: new RateLimiter(options.limits),
    pagesReady: false,
    past: options.past ?? { restarts: 0, uncaught: 0 },
  };
  setHandles(makeHandles(app));
  const pages = options.pages?.({ port, server }) ?? null;
  pages?.ready.then(
    () => {
      app.pagesReady = true;
    },
    (error: unknown) => log.error({ err: error }, 'the pages cannot be served'),
  );
  server.on('request', (request, response) => {
    cutSlowBody(request, response, options.bodyPace);
    cutSlowReader(response, options.bodyPace);
  });
  route(server, app, pages, options.development ?? false);
  return {
    app,
    port,
    url: origins[0] ?? '',
    close: () => shutDown(server, app, pages),
  };
}

function listen(server: Server, { port, host }: Pick<Config, 'port' | 'host'>): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function route(server: Server, app: App, pages: Pages | null, development: boolean): void {
  const router = createRouter(app, ROUTES);
  const api = getRequestListener((request, env) =>
    router.fetch(request, { address: addressOf(app.config, env.incoming) }),
  );
  const https = app.origins[0]?.startsWith('https:') ?? false;
  const pacing = new Pacing();
  server.off('request', answerStarting).off('upgrade', refuseStarting);
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    setSecurityHeaders(response, https);
    const misplaced = targetFault(request.url ?? '/');
    if (misplaced) {
      answerFault(response, misplaced);
      return;
    }
    const path = request.url?.split('?', 1)[0] ?? '/';
    if (path === BASE || path.startsWith(`${BASE}/`)) {
      response.setHeader('content-security-policy', API_POLICY);
      const fault = pathFault(request.method ?? 'GET', request.url ?? '/');
      if (fault) answerFault(response, fault);
      else
        pacing.add(callerOf(app.config, request), (done) => {
          response.once('close', done);
          if (response.destroyed) done();
          else void api(request, response);
        });
      return;
    }
    if (!pages) {
      response.writeHead(404).end();
      return;
    }
    const tooMuch = development ? null : pageFault(request);
    if (tooMuch) {
      answerFault(response, tooMuch);
      return;
    }
    request.headers[ADDRESS_HEADER] = addressOf(app.config, request);
    setPagePolicy(request, response, app.origins, development);
    pacing.add(callerOf(app.config, request), (done) => {
      response.once('close', done);
      if (response.destroyed) return done();
      pages.handle(request, response).catch((error: unknown) => {
        app.log.error({ err: error }, 'a page failed');
        if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' });
        response.end('The page could not be made. Look at the log of the server.');
      });
    });
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    holdErrors(socket);
    if (app.sync.upgrade(request, socket, head) || pages?.upgrade(request, socket, head)) return;
    refuseUpgrade(socket, '404 Not Found');
  });
}

/** Node hands the socket of an upgrade over without a listener: who resets it would end this process. */
function holdErrors(socket: Duplex): void {
  socket.on('error', () => socket.destroy());
}

/** Not half open for as long as the other side likes. */
function refuseUpgrade(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy());
}

const STARTING = new UserError('overloaded', 'The server is starting. Try again in a moment.');

function answerStarting(_request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('retry-after', '1');
  answerFault(response, STARTING);
}

function refuseStarting(_request: IncomingMessage, socket: Duplex): void {
  holdErrors(socket);
  refuseUpgrade(socket, '503 Service Unavailable');
}

function answerFault(response: ServerResponse, fault: UserError): void {
  response.writeHead(HTTP_STATUS[fault.code], { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(fault.toBody()));
}

/** Whose turn a request is: by what it shows, before that is looked up. */
function callerOf(config: Config, request: IncomingMessage): string {
  const { authorization = '', cookie = '' } = request.headers;
  return authorization || cookie || addressOf(config, request);
}

/** The proxy in front appends whom it speaks for; only its own entry can be believed. */
function addressOf(config: Config, request: Pick<IncomingMessage, 'headers' | 'socket'>): string {
  const forwarded = config.trustProxy ? String(request.headers['x-forwarded-for'] ?? '') : '';
  return forwarded.split(',').at(-1)?.trim() || (request.socket.remoteAddress ?? 'unknown');
}

async function shutDown(server: Server, app: App, pages: Pages | null): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  app.jobs.close();
  await app.sync.close();
  const late = setTimeout(() => server.closeAllConnections(), GOODBYE_MS);
  await closed;
  clearTimeout(late);
  await pages?.close();
  setHandles(null);
}
