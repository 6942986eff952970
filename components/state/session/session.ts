/**
 * One board, open: the document, its socket with a fresh ticket for every connection (rule S4), the honest save state
 * (rule S3), presence, and what the server tells. No React here.
 */
import * as decoding from 'lib0/decoding';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { createStore, type StoreApi } from 'zustand/vanilla';
import { CLOSE, SERVER_MESSAGE, type ServerMessage, serverMessageSchema } from '@/core/api/index.ts';
import { isOfLaterVersion, itemsOf, undoManager } from '@/core/board/index.ts';
import { may, type Role } from '@/core/roles/index.ts';
import { describeError } from '../api.ts';
import { isBased, untilBased } from './based.ts';
import { type ItemsStore, itemsStore } from './items.ts';
import { type KeptChange, KeptChanges } from './kept-changes.ts';
import { PresenceChannel } from './presence.ts';
import { RemovedTextsWatch } from './removed-texts.ts';
import { type SaveState, SaveTracker } from './save-state.ts';

export interface SessionOptions {
  readonly board: string;
  /** `wss://host/sync`; the board's id is appended. */
  readonly url: string;
  /** A fresh single-use ticket. */
  ticket(): Promise<string>;
  readonly role: Role;
  /** For tests outside a browser. */
  readonly WebSocket?: typeof WebSocket;
  /** First wait before another try, doubled up to thirty times that. */
  readonly retryMs?: number;
  /** How long what an earlier page kept may wait for what it builds on. */
  readonly patienceMs?: number;
}

export interface SessionState {
  readonly save: SaveState;
  /** The document was in step with the server at least once. */
  readonly loaded: boolean;
  readonly role: Role | null;
  readonly user: { readonly id: string; readonly name: string; readonly color: number } | null;
  /** Why this session will not reconnect; null while it lives. */
  readonly ended: string | null;
  /** It ended because the board is no longer there: opening it again is of no use. */
  readonly gone: boolean;
  /** The server refused a change of ours: this page's document is ahead of the board and must be opened anew. */
  readonly refused: string | null;
  /** Changes that an earlier page kept, and that this one has sent. */
  readonly recovered: number;
  /** This browser keeps what is unsaved beyond the page. */
  readonly keeps: boolean;
}

/** Origin of changes that an earlier page kept. */
const RECOVERED = 'recovered';
const PATIENCE_MS = 10_000;
/** Changes that are sent in one message, and their bytes: well below what the server takes at once. */
const MESSAGE_LIMITS = { changes: 500, bytes: 2 ** 20 };
const UNREAD =
  'The browser does not give back what an earlier page kept. If something is missing here, reload the page; it is kept for 30 days.';
const DAMAGED =
  'Some changes that an earlier page kept can no longer be read. They are not on the board; all others were sent.';
const MISSING_BASE =
  'Changes that an earlier page kept build on changes that this board does not have. They are not on the board.';

const LATER =
  'This board was written by a later version of Interlayer than this page: reload the page. If that does not help, update the server.';

type Listener = (message: ServerMessage) => void;
/** Another try cannot mend these. */
const CLOSE_REASONS: Readonly<Record<number, string>> = {
  [CLOSE.forbidden]: 'You may not open this board. Ask an owner of the project.',
  [CLOSE.notFound]:
    'This board was deleted. What it showed last is still on this page, but nothing is saved any more.',
  [CLOSE.costly]:
    'The last change was more than the server can take in at once, or too many came together. Copy what you wrote, wait a minute and open the board anew.',
  [CLOSE.tooLarge]: 'The last change was too large for the board. Open the board anew and split the change.',
};

export class BoardSession {
  readonly doc = new Y.Doc();
  readonly provider: WebsocketProvider;
  readonly presence: PresenceChannel;
  readonly items: ItemsStore;
  readonly undo: Y.UndoManager;
  readonly removedTexts: RemovedTextsWatch;
  readonly store: StoreApi<SessionState>;
  /** From the first welcome on, which says whose changes they are. */
  private kept: KeptChanges | null = null;
  private readonly tracker = new SaveTracker();
  private readonly listeners = new Set<Listener>();
  private retry: ReturnType<typeof setTimeout> | null = null;
  private attempts = 0;
  private destroyed = false;

  constructor(private readonly options: SessionOptions) {
    this.store = createStore<SessionState>(() => ({
      save: this.tracker.state,
      loaded: false,
      role: options.role,
      user: null,
      ended: null,
      gone: false,
      refused: null,
      recovered: 0,
      keeps: false,
    }));

    // Before the provider's own listener, so that a change is known before its frame leaves.
    this.doc.on('update', this.onUpdate);
    const Socket = options.WebSocket ?? globalThis.WebSocket;
    this.provider = new WebsocketProvider(options.url, options.board, this.doc, {
      connect: false,
      disableBc: true,
      WebSocketPolyfill: countingSends(Socket, (all) => {
        this.tracker.sent(all);
        this.publish();
      }),
      // This session reconnects by itself: each try needs its own ticket.
      shouldReconnect: () => false,
    });
    this.provider.messageHandlers[SERVER_MESSAGE] = (_encoder, decoder) => this.receive(decoder);
    this.provider.on('status', ({ status }) => {
      if (status === 'connected') this.tracker.opened();
      if (status === 'disconnected') this.tracker.disconnected();
      this.publish();
    });
    this.provider.on('sync', (synced) => {
      if (!synced) return;
      this.attempts = 0;
      this.tracker.connected();
      if (!this.store.getState().loaded) void this.recover();
      this.store.setState({ loaded: true });
      if (this.savedEarly) this.settleSaved();
      this.publish();
    });
    this.provider.on('connection-close', (event) => {
      this.provider.shouldConnect = false;
      const final = event ? CLOSE_REASONS[event.code] : undefined;
      // What came together may be taken in parts by the next page; what was sent in parts would be refused for ever.
      if (event?.code === CLOSE.tooLarge && this.recovering) this.kept?.confirmed();
      if (final) this.end(final, event?.code === CLOSE.notFound);
      else this.reconnectLater();
    });
    this.doc.on('afterTransaction', this.refuseLater);
    this.presence = new PresenceChannel(this.provider.awareness);
    this.items = itemsStore(this.doc);
    this.removedTexts = new RemovedTextsWatch(this.doc, (origin) => origin === this.provider);
    this.undo = undoManager(this.doc);
    globalThis.addEventListener?.('online', this.reconnectNow);
    globalThis.addEventListener?.('offline', this.onOffline);
    void this.connect();
  }

  on(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Cuts the connection without ending the session; `connect` resumes it. */
  disconnect(): void {
    if (this.retry !== null) clearTimeout(this.retry);
    this.retry = null;
    this.paused = true;
    this.provider.disconnect();
  }
  private paused = false;

  readonly connect = async (): Promise<void> => {
    this.paused = false;
    if (this.destroyed || this.provider.wsconnected || this.provider.wsconnecting) return;
    let ticket: string;
    try {
      ticket = await this.options.ticket();
    } catch (error) {
      const { code, message } = describeError(error);
      if (code === 'forbidden' || code === 'not_found' || code === 'unauthenticated')
        this.end(message, code === 'not_found');
      else this.reconnectLater();
      return;
    }
    if (this.destroyed || this.paused) return;
    this.provider.params = { ticket };
    this.provider.connect();
  };

  destroy(): void {
    this.destroyed = true;
    if (this.retry !== null) clearTimeout(this.retry);
    globalThis.removeEventListener?.('online', this.reconnectNow);
    globalThis.removeEventListener?.('offline', this.onOffline);
    this.presence.destroy();
    this.items.destroy();
    this.removedTexts.destroy();
    this.undo.destroy();
    this.closeKept();
    this.provider.destroy();
    this.provider.awareness.destroy();
    this.doc.destroy();
    this.listeners.clear();
  }

  private readonly onUpdate = (update: Uint8Array, origin: unknown, _doc: Y.Doc, change: Y.Transaction) => {
    if (origin === this.provider) return;
    this.tracker.changed();
    // What was recovered is kept already.
    if (origin !== RECOVERED)
      this.kept?.add(update, this.removedTexts.writtenBy(itemsTouched(this.doc, change)));
    this.publish();
  };

  private openKept(user: string): void {
    if (this.kept) return;
    this.kept = new KeptChanges(this.options.board, user, Date.now, (keeps) => {
      if (!this.destroyed) this.store.setState({ keeps });
    });
  }

  /** What is kept stays there, for a page of this person that may send it. */
  private closeKept(): void {
    this.kept?.close();
    this.kept = null;
  }

  /** Changes of an earlier page, made on what the server has now. What it has already changes nothing. */
  private async recover(): Promise<void> {
    // Who may not edit any more keeps them, should that change again.
    if (!may(this.store.getState().role ?? 'viewer', 'edit')) return;
    let changes = this.kept ? await this.kept.take() : [];
    const missing = changes?.filter(isReadable).map(({ update }) => update) ?? [];
    if (changes && !this.destroyed && missing.length > 0 && !isBased(this.doc, missing)) {
      // Not answered for meanwhile: they are not sent.
      this.kept?.leave(changes);
      await untilBased(this.doc, missing, this.options.patienceMs ?? PATIENCE_MS);
      changes = this.kept ? await this.kept.take() : [];
    }
    if (this.destroyed) return;
    if (changes === null) this.store.setState({ refused: UNREAD });
    if (changes === null || changes.length === 0) return;
    const before = this.tracker.pending;
    this.recovering = true;
    const readable = changes.filter(isReadable);
    for (const update of inMessages(readable)) Y.applyUpdate(this.doc, update, RECOVERED);
    if (readable.length < changes.length) this.store.setState({ refused: DAMAGED });
    this.removedTexts.recall(changes.flatMap(({ written }) => written));
    if (this.tracker.pending > before) this.store.setState({ recovered: changes.length });
    if (this.doc.store.pendingStructs || this.doc.store.pendingDs)
      this.store.setState({ refused: MISSING_BASE });
    if (this.tracker.pending === 0) this.kept?.confirmed();
    this.publish();
  }
  /** What earlier pages kept has been sent. */
  private recovering = false;
  /** Something was saved before what others did had come. */
  private savedEarly = false;

  /** A socket without a network dies unheard, and half a minute is long to show "saving"; tries go on meanwhile. */
  private readonly onOffline = () => this.provider.disconnect();

  private readonly reconnectNow = () => {
    this.attempts = 0;
    if (this.retry === null) return;
    clearTimeout(this.retry);
    this.retry = null;
    void this.connect();
  };

  private reconnectLater(): void {
    if (this.destroyed || this.paused || this.retry !== null || this.store.getState().ended !== null) return;
    const base = this.options.retryMs ?? 500;
    // Half of the wait is random, so that a restarted server is not met by everyone at once.
    const wait = base * Math.min(30, 2 ** this.attempts++) * (0.5 + Math.random() / 2);
    this.retry = setTimeout(() => {
      this.retry = null;
      void this.connect();
    }, wait);
    this.publish();
  }

  private end(reason: string, gone = false): void {
    this.store.setState({ ended: reason, gone });
    this.provider.disconnect();
    this.publish();
  }

  /** A page that stayed open while the server was updated would read a board of the new version as if it were of its own. */
  private readonly refuseLater = () => {
    if (this.store.getState().ended === null && isOfLaterVersion(this.doc)) this.end(LATER);
  };

  private publish(): void {
    if (!this.destroyed) this.store.setState({ save: this.tracker.state });
  }

  /**
   * Nothing of this page waits to be saved, and what others did meanwhile is here: a note that somebody removed while one
   * was offline has been offered back. What was saved before that came is not settled yet.
   */
  private settleSaved(): void {
    this.savedEarly = !this.provider.synced;
    if (this.tracker.pending > 0 || this.savedEarly) return;
    this.kept?.confirmed();
    this.removedTexts.confirmed();
  }

  private receive(decoder: decoding.Decoder): void {
    let json: unknown;
    try {
      json = JSON.parse(decoding.readVarString(decoder));
    } catch {
      return;
    }
    const parsed = serverMessageSchema.safeParse(json);
    // A message of a newer server is not for this page.
    if (!parsed.success) return;
    const message = parsed.data;
    switch (message.type) {
      case 'welcome':
        this.store.setState({ user: message.user, role: message.role });
        this.openKept(message.user.id);
        break;
      case 'saved':
        this.tracker.saved(message.count);
        this.settleSaved();
        break;
      case 'save-failing':
        this.tracker.failing(message.message);
        break;
      case 'refused':
        // It would be refused again each time: the page says so, and does not keep it. A role may be given back.
        if (message.code === 'forbidden') this.closeKept();
        else this.kept?.confirmed();
        this.store.setState({ refused: message.message });
        break;
      case 'role':
        this.store.setState({ role: message.role });
        if (message.role === null) this.end('You are no longer a member of this project.');
        break;
      default:
        break;
    }
    this.publish();
    for (const listener of [...this.listeners]) listener(message);
  }
}

/** False for what the browser's disk has damaged, or a page of another version wrote: it takes no other change with it. */
function isReadable({ update }: KeptChange): boolean {
  try {
    Y.decodeUpdate(update);
    return true;
  } catch {
    return false;
  }
}

/** What earlier pages kept, in as few updates as the server surely takes. */
function inMessages(changes: readonly KeptChange[]): Uint8Array[] {
  const messages: Uint8Array[][] = [];
  let bytes = 0;
  for (const { update } of changes) {
    const last = messages.at(-1);
    bytes += update.length;
    if (last && last.length < MESSAGE_LIMITS.changes && bytes <= MESSAGE_LIMITS.bytes) last.push(update);
    else {
      messages.push([update]);
      bytes = update.length;
    }
  }
  return messages.map((updates) => Y.mergeUpdates(updates));
}

/** Ids of the items in which a transaction changed something. */
function itemsTouched(doc: Y.Doc, change: Y.Transaction): Set<string> {
  const ids = new Set<string>();
  const items: unknown = itemsOf(doc);
  for (const type of change.changed.keys()) {
    let inner: { readonly parent: unknown; readonly _item: Y.Item | null } = type;
    while (inner.parent instanceof Y.AbstractType && inner.parent !== items) inner = inner.parent;
    const id = inner.parent === items ? inner._item?.parentSub : null;
    if (id) ids.add(id);
  }
  return ids;
}

/** Tells of each sync message with updates that leaves: type 0, then 1 (what the server lacked) or 2 (a change). */
function countingSends(Base: typeof WebSocket, sent: (all: boolean) => void): typeof WebSocket {
  return class extends Base {
    override send(data: string | ArrayBufferLike | Blob | ArrayBufferView<ArrayBufferLike>): void {
      super.send(data as Uint8Array<ArrayBuffer>);
      if (data instanceof Uint8Array && data[0] === 0 && (data[1] === 1 || data[1] === 2))
        sent(data[1] === 1);
    }
  };
}
