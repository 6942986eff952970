/** Sessions of browsers: listed and ended by their owner. */
import type { Session } from '../../../core/api/index.ts';
import { type App, type Caller, notFound } from '../app/app.ts';

export async function listSessions(app: App, caller: Caller): Promise<Session[]> {
  const now = Date.now();
  const rows = await app.store.sessions.ofUser(caller.user.id);
  return rows
    .filter((row) => row.revokedAt === null && row.expiresAt.getTime() > now)
    .sort((a, b) => b.lastSeenAt.getTime() - a.lastSeenAt.getTime())
    .map((row) => ({
      id: row.id,
      userAgent: row.userAgent,
      createdAt: row.createdAt.toISOString(),
      lastSeenAt: row.lastSeenAt.toISOString(),
      expiresAt: row.expiresAt.toISOString(),
      current: row.id === caller.sessionId,
    }));
}

/** Its sockets end too. */
export async function endSession(app: App, caller: Caller, id: string): Promise<void> {
  const row = await app.store.sessions.byId(id);
  if (!row || row.userId !== caller.user.id) throw notFound('session');
  await app.store.sessions.revoke(id);
  await app.sync.recheck();
}
