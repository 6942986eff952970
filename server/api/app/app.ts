/** What every use case is given: the parts of the server, and who asks. */
import type { Logger } from 'pino';
import type { Person } from '../../../core/api/index.ts';
import { UserError } from '../../../core/errors/index.ts';
import type { Role } from '../../../core/roles/index.ts';
import type { ComputePool } from '../../compute/contract.ts';
import type {
  BoardRow,
  CommentRow,
  ProjectRow,
  ResultRow,
  RunRow,
  SnapshotRow,
  Store,
  ThreadRow,
  UserRow,
} from '../../store/contract.ts';
import type { SyncServer } from '../../sync/contract.ts';
import type { Config } from '../settings/config.ts';
import type { Catalogs } from './catalog.ts';
import type { ImportProgress } from './import-progress.ts';
import type { Jobs } from './jobs.ts';
import type { RateLimiter } from './limits.ts';
import type { Tickets } from './tickets.ts';

export interface App {
  readonly config: Config;
  readonly store: Store;
  readonly pool: ComputePool;
  readonly sync: SyncServer;
  readonly jobs: Jobs;
  readonly tickets: Tickets;
  readonly imports: ImportProgress;
  readonly catalogs: Catalogs;
  readonly limiter: RateLimiter;
  readonly log: Logger;
  /** Key of the session cookies. */
  readonly authSecret: string;
  /** Exact origins of this server: for links, same-origin checks and sockets. The first is the public one. */
  readonly origins: readonly string[];
  /** How often the process that serves was replaced, and how often because of an error that nobody caught. */
  readonly past: { readonly restarts: number; readonly uncaught: number };
  /** True once pages can be served. */
  pagesReady: boolean;
}

/** Who asks, and by which key. */
export interface Caller {
  readonly user: UserRow;
  /** Session of the browser; null for a token. */
  readonly sessionId: string | null;
  readonly tokenId: string | null;
}

/** The caller's place in the project that the request is about. */
export interface Membership {
  readonly project: ProjectRow;
  readonly role: Role;
}

export type FullThread = ThreadRow & {
  comments: CommentRow[];
  reactions: { commentId: string; userId: string; emoji: string }[];
};

/** What a route's path names, found and checked before the route runs. */
export interface Resources {
  project: object;
  board: { board: BoardRow };
  snapshot: { snapshot: SnapshotRow };
  thread: { thread: FullThread };
  comment: { thread: FullThread; comment: CommentRow };
  run: { run: RunRow };
  job: { jobId: string };
  result: { result: ResultRow };
}
export type Resource = keyof Resources;

export function personOf(user: UserRow): Person {
  return { id: user.id, name: user.name, color: user.color };
}

/** One text for what is not there and what may not be seen, so that ids cannot be probed. */
export function notFound(noun: string): UserError {
  return new UserError('not_found', `There is no such ${noun}, or it is not shared with you.`);
}
