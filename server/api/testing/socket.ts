/** A person's browser on a board: ticket by HTTP, then the real socket with y-websocket's client. */
import * as decoding from 'lib0/decoding';
import { WebSocket } from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import {
  SERVER_MESSAGE,
  type ServerMessage,
  serverMessageSchema,
  ticketSchema,
} from '../../../core/api/index.ts';
import type { Bench } from './harness.ts';

/** Whoever may ask for a ticket. */
interface Asking {
  ask(method: string, route: string): Promise<{ readonly body: unknown }>;
}

const PATIENCE_MS = 10_000;

export class BoardClient {
  readonly doc = new Y.Doc();
  readonly heard: { message: ServerMessage; at: number }[] = [];
  readonly closed: Promise<number>;
  private readonly provider: WebsocketProvider;
  /** Updates sent: the answer to the server's state vector, then one per edit. */
  private sent = 1;
  private readonly listeners = new Set<() => void>();

  private constructor(bench: Pick<Bench, 'origin' | 'port'>, board: string, ticket: string) {
    const { origin } = bench;
    class PageSocket extends WebSocket {
      constructor(url: string | URL) {
        super(url, { origin });
      }
    }
    this.provider = new WebsocketProvider(`ws://127.0.0.1:${bench.port}/sync`, board, this.doc, {
      params: { ticket },
      // The platform's WebSocket cannot say where it comes from; apart from that they are one interface.
      WebSocketPolyfill: PageSocket as unknown as typeof globalThis.WebSocket,
      disableBc: true,
      connect: false,
    });
    this.closed = new Promise((resolve) =>
      this.provider.on('connection-close', (event: { code: number } | null) => {
        this.provider.shouldConnect = false;
        resolve(event?.code ?? 0);
      }),
    );
    this.provider.messageHandlers[SERVER_MESSAGE] = (_encoder, decoder) => {
      const parsed: unknown = JSON.parse(decoding.readVarString(decoder));
      this.heard.push({ message: serverMessageSchema.parse(parsed), at: performance.now() });
      for (const listener of [...this.listeners]) listener();
    };
    this.doc.on('update', (_update: Uint8Array, origin: unknown) => {
      if (origin !== this.provider) this.sent += 1;
      for (const listener of [...this.listeners]) listener();
    });
  }

  /** Resolves when the board is in step. */
  static async open(
    bench: Pick<Bench, 'origin' | 'port'>,
    visitor: Asking,
    board: string,
  ): Promise<BoardClient> {
    const { ticket } = ticketSchema.parse((await visitor.ask('POST', `boards/${board}/ticket`)).body);
    const client = new BoardClient(bench, board, ticket);
    const synced = new Promise<void>((resolve) =>
      client.provider.on('sync', (inStep: boolean) => {
        if (inStep) resolve();
      }),
    );
    client.provider.connect();
    await synced;
    return client;
  }

  /** The first message, heard already or to come, that is what the test waits for. */
  async hear<T extends ServerMessage['type']>(
    type: T,
    fits: (message: Extract<ServerMessage, { type: T }>) => boolean = () => true,
  ): Promise<{ message: Extract<ServerMessage, { type: T }>; at: number }> {
    return this.until(`a message ${type}`, () => {
      for (const { message, at } of this.heard) {
        const wanted = message as Extract<ServerMessage, { type: T }>;
        if (message.type === type && fits(wanted)) return { message: wanted, at };
      }
      return null;
    });
  }

  /** Resolves when all edits so far are durable (rule S2). */
  async saved(): Promise<void> {
    const { sent } = this;
    await this.hear('saved', ({ count }) => count >= sent);
  }

  until<T>(what: string, look: () => T | null): Promise<T> {
    return new Promise((resolve, reject) => {
      const check = () => {
        const found = look();
        if (found === null) return;
        clearTimeout(timer);
        this.listeners.delete(check);
        resolve(found);
      };
      const timer = setTimeout(() => {
        this.listeners.delete(check);
        reject(new Error(`${what} did not come`));
      }, PATIENCE_MS);
      this.listeners.add(check);
      check();
    });
  }

  leave(): void {
    this.provider.destroy();
    this.doc.destroy();
  }
}
