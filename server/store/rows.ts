/** Rows as the rest of the server sees them. Ids are opaque text; times are Dates. */
import type { CheckpointManifest, DatasetManifest, ModelManifest } from '../../core/artifacts/index.ts';
import type { Anchor } from '../../core/board/index.ts';
import type { PreprocessingChoice, Trial } from '../../core/preprocessing/index.ts';
import type { ResultMeta } from '../../core/result/index.ts';
import type { Role } from '../../core/roles/index.ts';

/** A row that a later version of Interlayer wrote: it stays as it is. */
export interface LaterRow {
  readonly id: string;
  readonly name: string;
  /** One sentence for whoever asks for it. */
  readonly why: string;
}
/** One row of a later version hides no other. */
export interface Listed<T> {
  readonly rows: readonly T[];
  readonly later: readonly LaterRow[];
}

export interface UserRow {
  id: string;
  email: string;
  name: string;
  color: number;
  passwordHash: string | null;
  createdAt: Date;
}
export interface SessionRow {
  id: string;
  userId: string;
  userAgent: string;
  createdAt: Date;
  lastSeenAt: Date;
  expiresAt: Date;
  revokedAt: Date | null;
}
export interface TokenRow {
  id: string;
  userId: string;
  name: string;
  prefix: string;
  createdAt: Date;
  lastUsedAt: Date | null;
  expiresAt: Date | null;
  revokedAt: Date | null;
}
export interface ProjectRow {
  id: string;
  slug: string;
  name: string;
  createdAt: Date;
}
export interface MemberRow {
  projectId: string;
  userId: string;
  role: Role;
  joinedAt: Date;
}
export interface InviteRow {
  id: string;
  projectId: string;
  role: Role;
  createdById: string;
  createdAt: Date;
  expiresAt: Date;
  revokedAt: Date | null;
  uses: number;
  maxUses: number | null;
}
export interface ModelRow {
  id: string;
  projectId: string;
  name: string;
  color: number;
  manifest: ModelManifest;
  createdAt: Date;
  createdById: string | null;
  parentId: string | null;
}
export interface CheckpointRow {
  id: string;
  modelId: string;
  step: number;
  manifest: CheckpointManifest;
  createdAt: Date;
  bytes: number;
}
export interface RunRow {
  id: string;
  projectId: string;
  modelId: string;
  name: string;
  metaParameters: Record<string, string | number | boolean>;
  bestStep: number | null;
  startedAt: Date;
  endedAt: Date | null;
}
export interface MetricRow {
  step: number;
  name: string;
  value: number | null;
}
export interface DatasetRow {
  id: string;
  projectId: string;
  name: string;
  manifest: DatasetManifest;
  citation: string;
  createdAt: Date;
}
export interface PreprocessingRow {
  modelId: string;
  datasetId: string;
  /** Null: all is as proposed. */
  chosen: PreprocessingChoice | null;
  /** What came of giving the checkpoint examples scaled in several ways. */
  trial: { checkpoint: string; outcome: Trial } | null;
  /** Not null where a later version wrote one of them: then neither may be taken for what was kept. */
  later: string | null;
}
export interface ResultRow {
  id: string;
  meta: ResultMeta;
  blob: string;
  bytes: number;
  lastUsedAt: Date;
  pinned: boolean;
}
export interface BoardRow {
  id: string;
  projectId: string;
  title: string;
  createdById: string | null;
  createdAt: Date;
  updatedAt: Date;
  deletedAt: Date | null;
}
export interface SnapshotRow {
  id: string;
  boardId: string;
  projectId: string;
  title: string;
  summary: string;
  authorId: string;
  createdAt: Date;
  state: Uint8Array;
  threads: unknown;
  resultIds: string[];
}
export interface ThreadRow {
  id: string;
  projectId: string;
  anchor: Anchor;
  /** Not null where a later version wrote the anchor: then it is what the other columns tell of the place. */
  later: string | null;
  address: string | null;
  boardId: string | null;
  viewId: string | null;
  createdById: string;
  createdAt: Date;
  resolvedAt: Date | null;
  resolvedById: string | null;
}
export interface CommentRow {
  id: string;
  threadId: string;
  authorId: string;
  body: string;
  createdAt: Date;
  editedAt: Date | null;
  deletedAt: Date | null;
}
export interface NotificationRow {
  id: string;
  userId: string;
  threadId: string;
  commentId: string;
  kind: 'mention' | 'reply';
  createdAt: Date;
  readAt: Date | null;
}
