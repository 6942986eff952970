/** What the rest of the server knows of the socket server. Storage and authorisation are injected. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Person, ServerMessage } from '../../core/api/index.ts';
import type { BoardContent } from '../../core/board/types.ts';
import type { Role } from '../../core/roles/index.ts';
import type { BoardEdit, HostLimits } from './board/protocol.ts';
import type { BoardProcesses } from './processes.ts';

/** The part of the store that holds documents: Store['journal'] fits as it is. */
export interface Journal {
  /** Throws UserError `conflict` while another server has the board open. */
  load(
    boardId: string,
  ): Promise<{ state: Uint8Array | null; updates: { seq: number; update: Uint8Array }[] }>;
  /** Whose the board's client ids are, and who wrote the rows that are there. */
  writers(boardId: string): Promise<BoardWriters>;
  /**
   * Durable when resolved; `clients` are the author's from then on, unless they are another's already. Throws UserError
   * `conflict` when another server has taken the board.
   */
  append(
    boardId: string,
    entry: { update: Uint8Array; userId: string | null; clients?: readonly number[] },
  ): Promise<number>;
  /** A client id is this person's, though they have written nothing yet. */
  bind(boardId: string, client: number, userId: string): Promise<void>;
  /** The board is not open here any more: another server may have it. */
  release?(boardId: string): Promise<void>;
  /** Told when another server has taken a board that was open here. */
  onLost?(listener: (boardId: string) => void): void;
  /** Replaces the snapshot and deletes only the rows given, in one transaction; the last one can be returned to. */
  squash(boardId: string, state: Uint8Array, merged: readonly number[]): Promise<void>;
  /** The snapshot before the last squash, and its rows, are the board's again; false when there is none. */
  revert(boardId: string): Promise<boolean>;
  /** False when no more is kept: of this person, or of this board. */
  quarantine(
    boardId: string,
    entry: { update: Uint8Array; userId: string | null; reason: string },
  ): Promise<boolean>;
}

export interface BoardWriters {
  readonly clients: readonly { readonly client: number; readonly userId: string }[];
  readonly rows: readonly { readonly seq: number; readonly userId: string }[];
}

/** Who a ticket was made for. */
export interface Admission {
  readonly user: Person;
  readonly role: Role;
  readonly boardId: string;
  readonly projectId: string;
  /** What the person signed in by: when it is ended, so are its sockets. */
  readonly credential: Credential;
}

export interface Credential {
  readonly kind: 'session' | 'token';
  readonly id: string;
}

/** What has become of an admission: the role that the person has now, or why the socket has to go. */
export type Standing = Role | 'signed-out' | 'removed' | 'deleted';

export type Log = (level: 'info' | 'warn' | 'error', message: string, facts?: object) => void;

export interface SyncOptions {
  readonly journal: Journal;
  /** Uses up a single-use ticket: null when unknown, used or expired (rule S4). */
  redeem(ticket: string): Promise<Admission | null>;
  /**
   * What has become of the admissions of open sockets, in their order. Asked every second, so that whatever ends a
   * session, a token or a membership, in whichever process, ends its sockets within 2 s (rule S5).
   */
  standing?(admissions: readonly Admission[]): Promise<readonly Standing[]>;
  /** Exact origins that may connect (rule S4). */
  readonly origins: readonly string[];
  readonly limits?: Partial<SyncLimits>;
  /** Which hold the documents; by default its own, ended with it. */
  readonly boards?: BoardProcesses;
  readonly log?: Log;
}

/** Rule S7. */
export interface SyncLimits extends HostLimits {
  readonly messageBytes: number;
  /** Time in which one update must have been tried, or one question answered: then its process is given up. */
  readonly stepMs: number;
  /** Time in which a board must have been opened, encoded or proved. */
  readonly openMs: number;
  /** What one person's messages may cost on average, ms of a process per second, with a burst of ten times that. */
  readonly workMsPerSecond: number;
  /** Document updates and other messages per second, with a burst of ten times that. */
  readonly messagesPerSecond: number;
  readonly connectionsPerBoard: number;
  readonly connectionsPerUser: number;
  /** Time in which an accepted socket must have sent its first message. */
  readonly firstMessageMs: number;
  /** Between two pings. */
  readonly heartbeatMs: number;
  /** Time for a message that came in part to be whole. */
  readonly messageMs: number;
  /** How long a document without connections is kept loaded. */
  readonly lingerMs: number;
  /** Updates after which snapshot and journal are squashed. */
  readonly squashAfter: number;
  /** How long the store may fail before the sockets that wait for it are closed with CLOSE.storage. */
  readonly storageMs: number;
}

export interface SyncServer {
  /** Takes over upgrades of /sync/:board?ticket=...; false when the path is another's. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean;
  /** To every socket of a board. */
  announce(boardId: string, message: ServerMessage): void;
  /** To every socket of a project. */
  announceProject(projectId: string, message: ServerMessage): void;
  /** Takes effect on open sockets at once (rule S5); null: no longer a member. */
  setRole(projectId: string, userId: string, role: Role | null): void;
  /** Ends a user's sockets, for a password that was changed. */
  disconnectUser(userId: string): void;
  /** Asks now, and not in a second, what has become of the admissions of open sockets. */
  recheck(): Promise<void>;
  /**
   * Call once the board is deleted in the store: closes its sockets with CLOSE.notFound and forgets its document. What
   * is not durable yet is given up; nobody was told that it is saved.
   */
  closeBoard(boardId: string): void;
  /** The live or stored document as one update, loaded if need be. */
  state(boardId: string): Promise<Uint8Array>;
  /**
   * What a document shows, as one update holds it. Throws UserError('overloaded') when it takes too long or cannot be
   * read.
   */
  read(state: Uint8Array): Promise<BoardContent>;
  /** Runs an edit of the server's own on the document (restore, rule H3): journalled, then broadcast. */
  edit(boardId: string, userId: string | null, edit: BoardEdit): Promise<void>;
  stats(): { documents: number; connections: number };
  /** Saves what is under way, then closes all sockets with CLOSE.restart. */
  close(): Promise<void>;
}
