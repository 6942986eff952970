/** A socket server on a port of its own, and y-websocket clients and bare sockets that talk to it. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import * as decoding from 'lib0/decoding';
import { WebSocket } from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { SERVER_MESSAGE, type ServerMessage, serverMessageSchema } from '../../../core/api/index.ts';
import type { Role } from '../../../core/roles/index.ts';
import {
  type Admission,
  createSyncServer,
  type Journal,
  type SyncLimits,
  type SyncServer,
} from '../index.ts';
import { stateVectorMessage } from '../messages.ts';
import { boardProcesses } from './boards.ts';

/** For all servers of a test file: starting one takes longer than most tests. */
const shared = boardProcesses({ processes: 2 });

export const ORIGIN = 'https://interlayer.test';
const PATIENCE_MS = 45_000;

/** Single-use tickets, as the API makes them. Outlives a server, as the store does. */
export class Tickets {
  private readonly tickets = new Map<string, Admission>();
  private count = 0;

  issue(admission: Admission): string {
    const ticket = `ticket-${++this.count}`;
    this.tickets.set(ticket, admission);
    return ticket;
  }

  readonly redeem = async (ticket: string): Promise<Admission | null> => {
    const admission = this.tickets.get(ticket) ?? null;
    this.tickets.delete(ticket);
    return admission;
  };
}

export function admission(userId: string, role: Role = 'editor', boardId = 'board'): Admission {
  const user = { id: userId, name: `Name of ${userId}`, color: userId.length };
  const credential = { kind: 'session' as const, id: `session of ${userId}` };
  return { user, role, boardId, projectId: 'project', credential };
}

export interface Running {
  readonly sync: SyncServer;
  readonly http: Server;
  readonly port: number;
  readonly logs: { level: string; message: string }[];
  stop(): Promise<void>;
  /** Cuts all connections and frees the port, as the end of the process would. */
  sever(): Promise<void>;
}

export async function start(
  journal: Journal,
  tickets: Tickets,
  limits: Partial<SyncLimits> = {},
  port = 0,
  redeem = tickets.redeem,
  boards = shared,
): Promise<Running> {
  const logs: Running['logs'] = [];
  const sync = createSyncServer({
    journal,
    redeem,
    origins: [ORIGIN],
    boards,
    limits: { lingerMs: 0, ...limits },
    log: (level, message) => logs.push({ level, message }),
  });
  const http = createServer((_, response) => response.writeHead(404).end());
  http.on('upgrade', (request, socket, head) => {
    if (!sync.upgrade(request, socket, head)) socket.destroy();
  });
  const open = new Set<Socket>();
  http.on('connection', (socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
  });
  await new Promise<void>((resolve) => http.listen(port, '127.0.0.1', resolve));
  const address = http.address();
  return {
    sync,
    http,
    port: isPort(address) ? address.port : 0,
    logs,
    async stop() {
      await sync.close();
      await new Promise((resolve) => http.close(resolve));
    },
    async sever() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}

function isPort(address: string | AddressInfo | null): address is AddressInfo {
  return address !== null && typeof address === 'object';
}

/** Browsers send the page's origin; here the test says which. */
export class PageSocket extends WebSocket {
  constructor(url: string | URL, protocols?: string | string[]) {
    super(url, protocols, { origin: ORIGIN });
  }
}

/** Calls waiters again at each event of whatever they wait for. */
class Events {
  private readonly listeners = new Set<() => void>();

  readonly fire = (): void => {
    for (const listener of [...this.listeners]) listener();
  };

  /** Resolves with the first value that is not null, undefined or false. */
  until<T>(label: string, look: () => T | null | undefined | false): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.listeners.delete(check);
        reject(new Error(`waited in vain: ${label}`));
      }, PATIENCE_MS);
      const check = () => {
        const value = look();
        if (value === null || value === undefined || value === false) return;
        clearTimeout(timer);
        this.listeners.delete(check);
        resolve(value);
      };
      this.listeners.add(check);
      check();
    });
  }
}

export interface ClientOptions {
  readonly doc?: Y.Doc;
  readonly disableBc?: boolean;
  readonly connect?: boolean;
}

/** y-websocket's provider, unchanged, with a handler for our messages and a fresh ticket for each connection. */
export class Client {
  readonly doc: Y.Doc;
  readonly provider: WebsocketProvider;
  readonly messages: ServerMessage[] = [];
  readonly closes: { code: number; reason: string }[] = [];
  /** Awareness messages that came from the server, keep-alives not counted. */
  awarenessMessages = 0;
  private readonly events = new Events();

  constructor(
    private port: number,
    tickets: Tickets,
    readonly admission: Admission,
    { doc = new Y.Doc(), disableBc = true, connect = true }: ClientOptions = {},
  ) {
    this.doc = doc;
    const params = {
      get ticket() {
        return tickets.issue(admission);
      },
    };
    this.provider = new WebsocketProvider(this.serverUrl, admission.boardId, doc, {
      WebSocketPolyfill: PageSocket as unknown as typeof globalThis.WebSocket,
      disableBc,
      connect: false,
      params,
      maxBackoffTime: 100,
    });
    this.provider.messageHandlers[SERVER_MESSAGE] = (_, decoder) => this.hear(decoder);
    doc.on('update', this.events.fire);
    this.provider.awareness.on('update', (_: unknown, origin: unknown) => {
      if (origin === this.provider) this.awarenessMessages++;
      this.events.fire();
    });
    this.provider.on('status', this.events.fire);
    this.provider.on('sync', this.events.fire);
    this.provider.on('closed', this.events.fire);
    this.provider.on('connection-close', (event) => {
      if (event) this.closes.push({ code: event.code, reason: event.reason });
      this.events.fire();
    });
    if (connect) this.provider.connect();
  }

  get serverUrl(): string {
    return `ws://127.0.0.1:${this.port}/sync`;
  }

  /** The provider counts nothing; this is what the browser's session does. */
  get saved(): number {
    return this.messages.reduce((last, message) => (message.type === 'saved' ? message.count : last), 0);
  }

  moveTo(port: number): void {
    this.port = port;
    this.provider.serverUrl = this.serverUrl;
  }

  heard<Type extends ServerMessage['type']>(type: Type): Promise<Extract<ServerMessage, { type: Type }>> {
    const is = (message: ServerMessage): message is Extract<ServerMessage, { type: Type }> =>
      message.type === type;
    return this.until(`a message '${type}'`, () => this.messages.find(is));
  }

  until<T>(label: string, look: () => T | null | undefined | false): Promise<T> {
    return this.events.until(`${this.admission.user.id}: ${label}`, look);
  }

  synced(): Promise<boolean> {
    return this.until('sync', () => this.provider.synced);
  }

  sendRaw(message: Uint8Array): void {
    const { ws } = this.provider;
    if (!ws) throw new Error('not connected');
    ws.send(new Uint8Array(message));
  }

  text(): Y.Text {
    return this.doc.getText('text');
  }

  destroy(): void {
    this.provider.awareness.destroy();
    this.provider.destroy();
    this.doc.destroy();
  }

  private hear(decoder: decoding.Decoder): void {
    const json: unknown = JSON.parse(decoding.readVarString(decoder));
    this.messages.push(serverMessageSchema.parse(json));
    this.events.fire();
  }
}

/** A socket that sends whatever the test wants. */
export class BareSocket {
  readonly received: Uint8Array[] = [];
  readonly socket: WebSocket;
  private readonly events = new Events();
  private ended: { code: number; reason: string } | null = null;

  constructor(port: number, ticket: string, boardId = 'board') {
    this.socket = new PageSocket(`ws://127.0.0.1:${port}/sync/${boardId}?ticket=${ticket}`);
    this.socket.on('message', (data) => {
      if (data instanceof Buffer) this.received.push(data);
      this.events.fire();
    });
    this.socket.on('open', this.events.fire);
    this.socket.on('error', () => undefined);
    this.socket.on('close', (code, reason) => {
      this.ended = { code, reason: reason.toString() };
      this.events.fire();
    });
  }

  /** Messages of ours so far. */
  get messages(): ServerMessage[] {
    return this.received.flatMap((bytes) => {
      const decoder = decoding.createDecoder(bytes);
      if (decoding.readVarUint(decoder) !== SERVER_MESSAGE) return [];
      return [serverMessageSchema.parse(JSON.parse(decoding.readVarString(decoder)))];
    });
  }

  until<T>(label: string, look: () => T | null | undefined | false): Promise<T> {
    return this.events.until(label, look);
  }

  /** The board has been loaded and greets. */
  welcomed(): Promise<boolean> {
    return this.until('welcome', () => this.messages.some(({ type }) => type === 'welcome'));
  }

  closed(): Promise<{ code: number; reason: string }> {
    return this.until('close', () => this.ended);
  }
}

/** All clients hold the same document. */
export async function converged(...clients: readonly Client[]): Promise<void> {
  const [first] = clients;
  if (!first) return;
  const all = () => clients.every((client) => same(client.doc, first.doc));
  // An event of any of them may be the last that was missing.
  await Promise.any(clients.map((client) => client.until('the same document everywhere', all)));
}

/** Resolves when the server has read everything that this client sent before: it answers in order. */
export async function roundTrip(client: Client): Promise<void> {
  const reply = new Promise<void>((resolve) => {
    const sync = client.provider.messageHandlers[0];
    if (!sync) throw new Error('y-websocket has no handler of sync messages');
    client.provider.messageHandlers[0] = (encoder, decoder, ...rest) => {
      // Step 2 comes in answer to step 1 only.
      if (decoding.peekVarUint(decoder) === 1) {
        client.provider.messageHandlers[0] = sync;
        resolve();
      }
      sync(encoder, decoder, ...rest);
    };
  });
  client.sendRaw(stateVectorMessage(Y.encodeStateVector(client.doc)));
  await reply;
}

export function same(a: Y.Doc, b: Y.Doc): boolean {
  return Y.equalSnapshots(Y.snapshot(a), Y.snapshot(b));
}

/** The document as the journal has it: what a restarted server would serve. */
export async function stored(journal: Journal, boardId = 'board'): Promise<Y.Doc> {
  const doc = new Y.Doc();
  const { state, updates } = await journal.load(boardId);
  if (state) Y.applyUpdate(doc, state);
  for (const { update } of updates) Y.applyUpdate(doc, update);
  return doc;
}
