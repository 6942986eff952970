/** The store: rows in a database, blobs in a folder. Nothing else in the house knows Prisma. */
import { join } from 'node:path';
import { openBlobs } from './blobs.ts';
import { boards } from './boards.ts';
import { type Context, transactOn } from './context.ts';
import type { Store } from './contract.ts';
import { clockOf, openDatabase } from './database.ts';
import { datasets } from './datasets.ts';
import { invites } from './invites.ts';
import { journal } from './journal.ts';
import { leases } from './leases.ts';
import { models } from './models.ts';
import { notifications } from './notifications.ts';
import { preprocessings } from './preprocessings.ts';
import { projects } from './projects.ts';
import { results } from './results.ts';
import { runs } from './runs.ts';
import { sessions } from './sessions.ts';
import { setup } from './setup.ts';
import { snapshots } from './snapshots.ts';
import { refusingNul } from './text.ts';
import { threads } from './threads.ts';
import { tokens } from './tokens.ts';
import { users } from './users.ts';

export type * from './contract.ts';

export interface StoreOptions {
  /** `postgresql://...` or `file:PATH`; without one, SQLite in `dataDir`. */
  url?: string | undefined;
  /** Holds `interlayer.db` (unless a URL is given) and `blobs/`. */
  dataDir: string;
  /** A blob that was put within this time is not deleted, because the row that needs it may be on its way. */
  blobGraceMs?: number;
  /** How long a board stays with a server that does not renew its lease, and how often it is renewed. */
  leaseMs?: number;
  renewMs?: number;
  /** Folder of migrations; by default the one that belongs to this build. */
  migrations?: string | undefined;
}

const HOUR = 3_600_000;

/** Opens or makes the database and brings it up to date. Throws UserError when it belongs to a newer version. */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { db, provider } = await openDatabase(options);
  const blobs = await openBlobs(join(options.dataDir, 'blobs'));
  const context: Context = {
    ...{ db, blobs, transact: transactOn(db), blobGraceMs: options.blobGraceMs ?? HOUR },
    clock: clockOf(db, provider),
  };
  const held = leases(context, options);
  const log = journal(context, held);
  return {
    blobs,
    users: refusingNul(users(context)),
    setup: refusingNul(setup(context)),
    sessions: refusingNul(sessions(context)),
    tokens: refusingNul(tokens(context)),
    projects: refusingNul(projects(context)),
    invites: refusingNul(invites(context)),
    models: refusingNul(models(context)),
    runs: refusingNul(runs(context)),
    datasets: refusingNul(datasets(context)),
    preprocessings: refusingNul(preprocessings(context)),
    results: refusingNul(results(context)),
    boards: refusingNul(boards(context)),
    journal: log.methods,
    snapshots: refusingNul(snapshots(context)),
    threads: refusingNul(threads(context)),
    notifications: refusingNul(notifications(context)),
    async close() {
      await log.idle();
      await held.close();
      await db.$disconnect();
    },
  };
}
