/** The store: rows in a database, blobs in a folder. Nothing else in the house knows Prisma. */
import { join } from 'node:path';
import { datasets } from './artifacts/datasets.ts';
import { models } from './artifacts/models.ts';
import { preprocessings } from './artifacts/preprocessings.ts';
import { results } from './artifacts/results.ts';
import { runs } from './artifacts/runs.ts';
import { boards } from './boards/boards.ts';
import { journal } from './boards/journal.ts';
import { leases } from './boards/leases.ts';
import { snapshots } from './boards/snapshots.ts';
import type { Context } from './context.ts';
import type { Store } from './contract.ts';
import { clockOf, openDatabase } from './database/database.ts';
import { refusingNul } from './database/text.ts';
import { transactOn } from './database/transactions.ts';
import { openBlobs } from './files/blobs.ts';
import { sessions } from './people/sessions.ts';
import { setup } from './people/setup.ts';
import { tokens } from './people/tokens.ts';
import { users } from './people/users.ts';
import { invites } from './projects/invites.ts';
import { projects } from './projects/projects.ts';
import { notifications } from './threads/notifications.ts';
import { threads } from './threads/threads.ts';

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
