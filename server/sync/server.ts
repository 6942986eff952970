/** The socket server: upgrades, open boards, and what the rest of the server may tell them. */
import type { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import { UserError } from '../../core/errors/index.ts';
import type { Role } from '../../core/roles/index.ts';
import { CLOSE_REASONS } from './close-reasons.ts';
import { type Answer, admit, isSyncPath, refuse, writeRefusal } from './connection/admission.ts';
import { Connection } from './connection/connection.ts';
import type { Admission, Log, SyncLimits, SyncOptions, SyncServer } from './contract.ts';
import { BoardDocument } from './document/document.ts';
import { LIMITS, PENALTY } from './limits.ts';
import { ownCloseCode } from './messages.ts';
import { BoardProcesses } from './processes.ts';
import { RateLimit } from './rate-limit.ts';
import { withTimeout } from './retry.ts';

const RECHECK_MS = 1_000;
/** For a whole document, which may be as large as boards may be. */
const READ_MS = 20_000;
/** How long a socket may take to answer the closing handshake when the server stops. */
const GOODBYE_MS = 1_000;

/** Gives our close codes where `ws` would choose one. */
class BoardSocket extends WebSocket {
  override close(code?: number, data?: string | Buffer): void {
    super.close(ownCloseCode(code), data);
  }
}

/** A change of rights that came while a ticket was being redeemed. */
type RightsChange = { projectId: string | null; userId: string; role: Role | null };

interface Upgrade {
  readonly changes: RightsChange[];
  /** Boards that were deleted meanwhile. */
  readonly deleted: Set<string>;
}

export function createSyncServer(options: SyncOptions): SyncServer {
  return new Server(options);
}

class Server implements SyncServer {
  private readonly limits: SyncLimits;
  private readonly log: Log;
  private readonly boards: BoardProcesses;
  /** What each person's messages may still cost, ms. */
  private readonly work = new Map<string, RateLimit>();
  /** Who may not come to which board yet, by person and board: until when, ms, and how often so far. */
  private readonly penalties = new Map<string, { readonly until: number; readonly times: number }>();
  private readonly sockets: WebSocketServer;
  private readonly documents = new Map<string, BoardDocument>();
  private readonly connections = new Set<Connection>();
  /** Upgrades under way. */
  private readonly pending = new Set<Upgrade>();
  private readonly heart: NodeJS.Timeout;
  private readonly rechecks: NodeJS.Timeout;
  private rechecking: Promise<void> | null = null;
  private closing: Promise<void> | null = null;

  constructor(private readonly options: SyncOptions) {
    this.limits = { ...LIMITS, ...options.limits };
    this.log = options.log ?? (() => undefined);
    this.boards = options.boards ?? new BoardProcesses();
    this.sockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      maxPayload: this.limits.messageBytes,
      WebSocket: BoardSocket,
    });
    options.journal.onLost?.((boardId) => this.documents.get(boardId)?.lost());
    this.heart = setInterval(() => {
      for (const connection of this.connections) connection.heartbeat();
    }, this.limits.heartbeatMs);
    this.heart.unref();
    this.rechecks = setInterval(() => void this.recheck(), RECHECK_MS);
    this.rechecks.unref();
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    if (!isSyncPath(request.url)) return false;
    socket.on('error', () => socket.destroy());
    this.open(request, socket, head).catch((error) => {
      this.log('error', 'an upgrade failed', { error: String(error) });
      socket.destroy();
    });
    return true;
  }

  announce: SyncServer['announce'] = (boardId, message) => {
    this.documents.get(boardId)?.tellAll(message);
  };

  announceProject: SyncServer['announceProject'] = (projectId, message) => {
    for (const connection of this.connections)
      if (connection.projectId === projectId) connection.tell(message);
  };

  setRole: SyncServer['setRole'] = (projectId, userId, role) => {
    for (const { changes } of this.pending) changes.push({ projectId, userId, role });
    for (const connection of [...this.connections])
      if (connection.projectId === projectId && connection.user.id === userId) connection.setRole(role);
  };

  disconnectUser: SyncServer['disconnectUser'] = (userId) => {
    for (const { changes } of this.pending) changes.push({ projectId: null, userId, role: null });
    for (const connection of [...this.connections])
      if (connection.user.id === userId) connection.end(CLOSE_REASONS.signedOut);
  };

  recheck: SyncServer['recheck'] = async () => {
    // What is asked already may have been answered before what has just changed: once more after it.
    await this.rechecking;
    this.rechecking ??= this.recheckOnce().finally(() => {
      this.rechecking = null;
    });
    return this.rechecking;
  };

  private async recheckOnce(): Promise<void> {
    if (this.connections.size === 0 || !this.options.standing) return;
    const open = [...this.connections];
    const before = open.map((connection) => connection.currentRole);
    try {
      const standings = await this.options.standing(open.map(({ admission }) => admission));
      for (const [at, connection] of open.entries()) {
        const standing = standings[at];
        if (standing === undefined || standing === 'signed-out') connection.end(CLOSE_REASONS.signedOut);
        else if (standing === 'deleted') connection.end(CLOSE_REASONS.deleted);
        // A role that was set while this was asked is newer than the answer.
        else if (connection.currentRole === before[at])
          connection.setRole(standing === 'removed' ? null : standing);
      }
    } catch (error) {
      // The store does not answer: nothing is saved meanwhile either.
      this.log('warn', 'who may stay on boards could not be asked', { error: String(error) });
    }
  }

  closeBoard: SyncServer['closeBoard'] = (boardId) => {
    for (const { deleted } of this.pending) deleted.add(boardId);
    this.documents.get(boardId)?.discard();
  };

  state: SyncServer['state'] = (boardId) => this.use(boardId, (document) => document.state());

  read: SyncServer['read'] = async (state) => {
    try {
      return await this.boards.read(state, READ_MS);
    } catch (error) {
      // Of a later version: nothing is wrong with it.
      if (error instanceof UserError && error.code === 'conflict') throw error;
      this.log('error', 'a stored document could not be read', { error: String(error) });
      throw new UserError(
        'overloaded',
        'What this board holds could not be read, or took too long to read. Remove items from the board, or try again later.',
      );
    }
  };

  edit: SyncServer['edit'] = (boardId, userId, edit) =>
    this.use(boardId, (document) => document.edit(userId, edit));

  stats: SyncServer['stats'] = () => ({
    documents: this.documents.size,
    connections: this.connections.size,
  });

  close: SyncServer['close'] = () => {
    this.closing ??= this.shutDown();
    return this.closing;
  };

  private async open(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const upgrade: Upgrade = { changes: [], deleted: new Set() };
    this.pending.add(upgrade);
    let answer: Answer;
    try {
      answer = isWebSocket(request)
        ? await admit(request, this.options)
        : refuse(426, 'bad_request', 'This address answers WebSocket handshakes only.');
    } finally {
      this.pending.delete(upgrade);
    }
    // From here to the registered connection nothing waits: caps and roles cannot change in between.
    const decided = this.decide(answer, upgrade);
    if ('refusal' in decided) {
      this.log('warn', 'a socket was refused', {
        status: decided.refusal.status,
        code: decided.refusal.code,
      });
      writeRefusal(socket, decided.refusal);
      return;
    }
    if (socket.destroyed) return;
    this.sockets.handleUpgrade(request, socket, head, (ws) =>
      // What comes here are sockets of the system's; others are not counted.
      this.connect(ws, decided.admission, () => (socket instanceof Socket ? socket.bytesRead : 0)),
    );
  }

  private decide(answer: Answer, { changes, deleted }: Upgrade): Answer {
    if ('refusal' in answer) return answer;
    let { admission } = answer;
    if (deleted.has(admission.boardId)) return refuse(404, 'not_found', CLOSE_REASONS.deleted.reason);
    for (const { projectId, userId, role } of changes) {
      if (userId !== admission.user.id || (projectId !== null && projectId !== admission.projectId)) continue;
      if (role === null) return refuse(403, 'forbidden', 'Your access was ended.');
      admission = { ...admission, role };
    }
    if (this.closing) return refuse(503, 'overloaded', 'The server is stopping. Try again in a moment.');
    if (this.penalised(admission.user.id, admission.boardId))
      return refuse(
        429,
        'rate_limited',
        'A change of yours took this server too long. Wait a minute, then open the board again.',
      );
    if ((this.work.get(admission.user.id)?.left ?? 0) < 0)
      return refuse(429, 'rate_limited', CLOSE_REASONS.tooMuchWork.reason);
    let onBoard = 0;
    let ofUser = 0;
    for (const connection of this.connections) {
      if (connection.boardId === admission.boardId) onBoard++;
      if (connection.user.id === admission.user.id) ofUser++;
    }
    if (onBoard >= this.limits.connectionsPerBoard)
      return refuse(
        429,
        'rate_limited',
        `At most ${this.limits.connectionsPerBoard} windows on one board. Whoever runs this server can raise INTERLAYER_SOCKETS_PER_BOARD.`,
      );
    if (ofUser >= this.limits.connectionsPerUser)
      return refuse(
        429,
        'rate_limited',
        `At most ${this.limits.connectionsPerUser} windows per person. Close one, or ask whoever runs this server to raise INTERLAYER_SOCKETS_PER_PERSON.`,
      );
    return { admission };
  }

  private connect(ws: WebSocket, admission: Admission, bytesRead: () => number): void {
    const document = this.document(admission.boardId);
    const { user, boardId } = admission;
    const work = this.work.get(user.id) ?? new RateLimit(this.limits.workMsPerSecond);
    this.work.set(user.id, work);
    const allowance = {
      work,
      penalise: () => {
        const key = `${user.id} ${boardId}`;
        const times = (this.penalties.get(key)?.times ?? 0) + 1;
        const ms = Math.min(PENALTY.mostMs, PENALTY.firstMs * 2 ** (times - 1));
        this.penalties.set(key, { until: performance.now() + ms, times });
      },
    };
    const connection: Connection = new Connection(
      ws,
      admission,
      document,
      this.limits,
      allowance,
      () => this.connections.delete(connection),
      bytesRead,
    );
    this.connections.add(connection);
  }

  /** Who has cost a process waits before coming to that board again. */
  private penalised(userId: string, boardId: string): boolean {
    const now = performance.now();
    for (const [key, { until }] of this.penalties)
      if (until + PENALTY.mostMs < now) this.penalties.delete(key);
    for (const [id, work] of this.work) if (work.isFull) this.work.delete(id);
    return (this.penalties.get(`${userId} ${boardId}`)?.until ?? 0) > now;
  }

  /** The live document, also while its last save is under way (rule S1). */
  private document(boardId: string): BoardDocument {
    let document = this.documents.get(boardId);
    if (!document) {
      const fresh = new BoardDocument(
        boardId,
        this.options.journal,
        this.boards,
        this.limits,
        this.log,
        () => {
          if (this.documents.get(boardId) === fresh) this.documents.delete(boardId);
        },
      );
      document = fresh;
      this.documents.set(boardId, fresh);
    }
    return document;
  }

  private async use<T>(boardId: string, work: (document: BoardDocument) => Promise<T>): Promise<T> {
    if (this.closing) throw new UserError('overloaded', 'The server is stopping. Try again in a moment.');
    const document = this.document(boardId);
    return document.hold(() => {
      if (!document.usable)
        throw new UserError('overloaded', 'The board is being loaded again. Try again in a moment.');
      return work(document);
    });
  }

  private async shutDown(): Promise<void> {
    clearInterval(this.heart);
    clearInterval(this.rechecks);
    for (const connection of this.connections) connection.stopReading();
    const saves = Array.from(this.documents.values(), (document) =>
      withTimeout(document.saved(), this.limits.storageMs).catch(() => {
        this.log('error', 'the server stops with unsaved changes', { boardId: document.boardId });
      }),
    );
    await Promise.all(saves);
    for (const connection of [...this.connections]) connection.end(CLOSE_REASONS.restart);
    await this.goodbye();
    for (const document of this.documents.values()) document.destroy();
    this.documents.clear();
    if (!this.options.boards) this.boards.close();
    this.sockets.close();
  }

  private async goodbye(): Promise<void> {
    const end = performance.now() + GOODBYE_MS;
    while (this.connections.size > 0 && performance.now() < end)
      await new Promise((resolve) => setTimeout(resolve, 10));
    for (const connection of [...this.connections]) connection.terminate();
  }
}

function isWebSocket({ headers, method }: IncomingMessage): boolean {
  return method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket';
}
