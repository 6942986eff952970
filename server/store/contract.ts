/**
 * What the rest of the server knows of the store. Ids are opaque text; times are Dates; one method, one transaction.
 * Methods return null where nothing was found; they throw UserError('conflict') where a unique name is taken.
 */
import type {
  BlobStore,
  CheckpointManifest,
  DatasetManifest,
  ModelManifest,
} from '../../core/artifacts/index.ts';
import type { Anchor } from '../../core/board/index.ts';
import type { PreprocessingChoice } from '../../core/preprocessing/index.ts';
import type { ResultMeta } from '../../core/result/index.ts';
import type { Role } from '../../core/roles/index.ts';
import type {
  BoardRow,
  CheckpointRow,
  CommentRow,
  DatasetRow,
  InviteRow,
  Listed,
  MemberRow,
  MetricRow,
  ModelRow,
  NotificationRow,
  PreprocessingRow,
  ProjectRow,
  ResultRow,
  RunRow,
  SessionRow,
  SnapshotRow,
  ThreadRow,
  TokenRow,
  UserRow,
} from './rows.ts';

export type * from './rows.ts';

export interface VerifyingBlobs extends BlobStore {
  /** The bytes as they come from the disk, never all in memory. Throws UserError('not_found'). */
  stream(hash: string): Promise<{ readonly bytes: number; readonly body: ReadableStream<Uint8Array> }>;
  /** As `read`; throws UserError('internal') when the bytes are not those that the name says. */
  verify(hash: string): Promise<Uint8Array>;
  /** In bytes; 0 when it is not there. */
  size(hash: string): Promise<number>;
}

export interface Store {
  readonly blobs: VerifyingBlobs;
  users: {
    create(user: { email: string; name: string; passwordHash: string | null }): Promise<UserRow>;
    byId(id: string): Promise<UserRow | null>;
    byIds(ids: readonly string[]): Promise<UserRow[]>;
    byEmail(email: string): Promise<UserRow | null>;
    count(): Promise<number>;
    update(id: string, change: { name?: string; passwordHash?: string }): Promise<UserRow>;
    /**
     * Sets the password and revokes the user's sessions but `keep`, at once: of several who know the old password, one
     * succeeds. False when `from` is not the account's any more.
     */
    changePassword(
      id: string,
      change: { readonly from: string; readonly to: string },
      keep: string | null,
    ): Promise<boolean>;
    /** Creates the account of an OAuth identity, or returns the one linked to it. */
    byIdentity(provider: string, subject: string): Promise<UserRow | null>;
    linkIdentity(userId: string, provider: string, subject: string): Promise<void>;
  };
  /** One-time owner link. Only the SHA-256 of secrets is stored, here and for invites and tokens. */
  setup: {
    /** Remembers a fresh link unless an owner exists; returns false then. */
    offer(secretHash: string): Promise<boolean>;
    /** Creates the first account and makes it owner of every project, once: null when the link is wrong or used. */
    claim(
      secretHash: string,
      user: { email: string; name: string; passwordHash: string },
    ): Promise<UserRow | null>;
    hasOwner(): Promise<boolean>;
  };
  sessions: {
    /** With `passwordHash`, by which the person signed in: `unauthenticated` when the account has another one meanwhile. */
    create(session: {
      userId: string;
      userAgent: string;
      expiresAt: Date;
      passwordHash?: string;
    }): Promise<SessionRow>;
    byId(id: string): Promise<SessionRow | null>;
    /** Those of them that are neither ended nor expired. */
    standing(ids: readonly string[]): Promise<Set<string>>;
    ofUser(userId: string): Promise<SessionRow[]>;
    touch(id: string): Promise<void>;
    revoke(id: string): Promise<void>;
  };
  tokens: {
    /** With `sessionId`, which asks for it: `unauthenticated` when that session was ended meanwhile. */
    create(token: {
      userId: string;
      name: string;
      prefix: string;
      secretHash: string;
      expiresAt: Date | null;
      sessionId?: string;
    }): Promise<TokenRow>;
    /** Those of them that are neither revoked nor expired. */
    standing(ids: readonly string[]): Promise<Set<string>>;
    byHash(secretHash: string): Promise<TokenRow | null>;
    ofUser(userId: string): Promise<TokenRow[]>;
    touch(id: string): Promise<void>;
    revoke(id: string, userId: string): Promise<boolean>;
  };
  projects: {
    create(project: { slug: string; name: string; ownerId: string | null }): Promise<ProjectRow>;
    bySlug(slug: string): Promise<ProjectRow | null>;
    byId(id: string): Promise<ProjectRow | null>;
    ofUser(userId: string): Promise<(ProjectRow & { role: Role })[]>;
    /** Bytes of its checkpoints, data sets, snapshots and boards. */
    bytes(id: string): Promise<number>;
    /**
     * Who answers for a project is its first owner: one person, so that nobody is charged for a project by being made an
     * owner of it. Their name and all projects that they answer for; null when the project has no owner.
     */
    answeredFor(id: string): Promise<{ readonly name: string; readonly projects: readonly string[] } | null>;
    rename(id: string, name: string): Promise<ProjectRow>;
    /** With all that is in it, the results that no other project claims, and the blobs that nothing else needs. */
    delete(id: string): Promise<void>;
    members(projectId: string): Promise<MemberRow[]>;
    role(projectId: string, userId: string): Promise<Role | null>;
    /** Members of any of these projects. */
    memberships(projectIds: readonly string[]): Promise<MemberRow[]>;
    setRole(projectId: string, userId: string, role: Role): Promise<void>;
    /** Throws conflict for the last owner, as does setRole. */
    removeMember(projectId: string, userId: string): Promise<void>;
  };
  invites: {
    create(invite: {
      projectId: string;
      role: Role;
      createdById: string;
      secretHash: string;
      expiresAt: Date;
      maxUses: number | null;
    }): Promise<InviteRow>;
    byHash(secretHash: string): Promise<InviteRow | null>;
    ofProject(projectId: string): Promise<InviteRow[]>;
    revoke(id: string): Promise<void>;
    /** Adds the user with the invite's role (never lowering one): null when expired, revoked or used up. */
    accept(secretHash: string, userId: string): Promise<MemberRow | null>;
    /**
     * Makes the account, its membership and the use of the invitation, all or nothing: null, and no account, when the
     * invitation is expired, revoked or used up.
     */
    register(
      secretHash: string,
      user: { email: string; name: string; passwordHash: string | null },
      identity?: { provider: string; subject: string },
    ): Promise<{ user: UserRow; member: MemberRow } | null>;
  };
  models: {
    /** `color` is the next of the project's, in order of creation. */
    create(model: {
      projectId: string;
      name: string;
      manifest: ModelManifest;
      createdById: string | null;
      parentId?: string | null;
    }): Promise<ModelRow>;
    byName(projectId: string, name: string): Promise<ModelRow | null>;
    /** In order of creation. */
    ofProject(projectId: string): Promise<Listed<ModelRow>>;
    rename(id: string, name: string): Promise<ModelRow>;
    delete(id: string): Promise<void>;
    addCheckpoint(checkpoint: {
      modelId: string;
      step: number;
      manifest: CheckpointManifest;
      bytes: number;
    }): Promise<CheckpointRow>;
    /** By step, which is the name of one of a later version. */
    checkpoints(modelId: string): Promise<Listed<CheckpointRow>>;
  };
  runs: {
    create(run: {
      projectId: string;
      modelId: string;
      name: string;
      metaParameters: RunRow['metaParameters'];
    }): Promise<RunRow>;
    byId(id: string): Promise<RunRow | null>;
    ofModel(modelId: string): Promise<RunRow[]>;
    log(runId: string, metrics: readonly MetricRow[]): Promise<void>;
    metrics(runId: string): Promise<MetricRow[]>;
    update(id: string, change: { bestStep?: number; endedAt?: Date }): Promise<RunRow>;
  };
  datasets: {
    create(dataset: {
      projectId: string;
      name: string;
      manifest: DatasetManifest;
      citation?: string;
    }): Promise<DatasetRow>;
    byName(projectId: string, name: string): Promise<DatasetRow | null>;
    ofProject(projectId: string): Promise<Listed<DatasetRow>>;
    delete(id: string): Promise<void>;
  };
  /** Of pairs of a model and a data set of one project. */
  preprocessings: {
    ofProject(projectId: string): Promise<PreprocessingRow[]>;
    /** Null takes the choice back. What was tried under another one is forgotten. */
    choose(modelId: string, datasetId: string, choice: PreprocessingChoice | null): Promise<void>;
    keepTrial(
      modelId: string,
      datasetId: string,
      trial: NonNullable<PreprocessingRow['trial']>,
    ): Promise<void>;
  };
  results: {
    byId(id: string): Promise<ResultRow | null>;
    save(result: { meta: ResultMeta; blob: string; bytes: number; projectId: string }): Promise<ResultRow>;
    /** True when the project has a claim on the result (asked for it once, or imported it). */
    visible(id: string, projectId: string): Promise<boolean>;
    claim(id: string, projectId: string): Promise<void>;
    projectsOf(id: string): Promise<string[]>;
    touch(id: string): Promise<void>;
    /** Deletes least recently used, unpinned results until their bytes fit the budget; returns how many. */
    evict(budgetBytes: number): Promise<number>;
  };
  boards: {
    create(board: {
      projectId: string;
      title: string;
      createdById: string | null;
      state?: Uint8Array;
    }): Promise<BoardRow>;
    byId(id: string): Promise<BoardRow | null>;
    ofProject(projectId: string): Promise<BoardRow[]>;
    rename(id: string, title: string): Promise<BoardRow>;
    delete(id: string): Promise<void>;
  };
  /** The socket server's journal (rule S2). */
  journal: {
    /**
     * Takes the board's lease, then reads snapshot (if any) and the updates after it, in order. Throws UserError
     * `conflict` while another server has the board open.
     */
    load(
      boardId: string,
    ): Promise<{ state: Uint8Array | null; updates: { seq: number; update: Uint8Array }[] }>;
    /** Whose the board's Yjs client ids are, and who wrote the rows that are there. */
    writers(boardId: string): Promise<{
      clients: { client: number; userId: string }[];
      rows: { seq: number; userId: string }[];
    }>;
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
    release(boardId: string): Promise<void>;
    /** Told when another server has taken a board that was open here. */
    onLost(listener: (boardId: string) => void): void;
    /**
     * Replaces the snapshot and gives up only the rows given, in one transaction. They are kept, with the snapshot
     * before, until the next squash.
     */
    squash(boardId: string, state: Uint8Array, merged: readonly number[]): Promise<void>;
    /**
     * The snapshot before the last squash, and its rows, are the board's again; the one that is there is put aside.
     * False when there is none to go back to.
     */
    revert(boardId: string): Promise<boolean>;
    /** False when no more is kept: of this person, or of this board. What was found in the store is always kept. */
    quarantine(
      boardId: string,
      entry: { update: Uint8Array; userId: string | null; reason: string },
    ): Promise<boolean>;
  };
  snapshots: {
    create(snapshot: Omit<SnapshotRow, 'id' | 'createdAt'>): Promise<SnapshotRow>;
    byId(id: string): Promise<SnapshotRow | null>;
    /** With the pieces of its state that nothing else needs. */
    delete(id: string): Promise<void>;
    countOf(boardId: string): Promise<number>;
    /** Without `state` and `threads` filled in. */
    ofProject(projectId: string): Promise<Omit<SnapshotRow, 'state' | 'threads'>[]>;
  };
  threads: {
    create(thread: {
      projectId: string;
      anchor: Anchor;
      address: string | null;
      boardId: string | null;
      viewId: string | null;
      createdById: string;
      body: string;
      mentions: readonly string[];
    }): Promise<ThreadRow & { comments: CommentRow[] }>;
    byId(id: string): Promise<
      | (ThreadRow & {
          comments: CommentRow[];
          reactions: { commentId: string; userId: string; emoji: string }[];
        })
      | null
    >;
    /** The thread that a comment is part of. */
    byComment(commentId: string): Promise<
      | (ThreadRow & {
          comments: CommentRow[];
          reactions: { commentId: string; userId: string; emoji: string }[];
        })
      | null
    >;
    ofProject(projectId: string): Promise<
      (ThreadRow & {
        comments: CommentRow[];
        reactions: { commentId: string; userId: string; emoji: string }[];
      })[]
    >;
    addComment(
      threadId: string,
      comment: { authorId: string; body: string; mentions: readonly string[] },
    ): Promise<CommentRow>;
    editComment(id: string, authorId: string, body: string): Promise<CommentRow | null>;
    deleteComment(id: string, authorId: string): Promise<CommentRow | null>;
    setResolved(threadId: string, by: string | null): Promise<ThreadRow>;
    react(commentId: string, userId: string, emoji: string): Promise<void>;
    unreact(commentId: string, userId: string, emoji: string): Promise<void>;
    /** Also marks the user's notifications of it. */
    markRead(threadId: string, userId: string): Promise<void>;
    /** Thread ids with comments by others after the user's last reading. */
    unread(projectId: string, userId: string): Promise<string[]>;
  };
  notifications: {
    ofUser(userId: string): Promise<NotificationRow[]>;
    markRead(id: string, userId: string): Promise<void>;
  };
  close(): Promise<void>;
}
