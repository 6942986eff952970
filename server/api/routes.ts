/** All routes. The router refuses to start when one of the table of access is missing. */
import { accountRoutes } from './account/routes.ts';
import { boardRoutes } from './boards/routes.ts';
import { datasetRoutes } from './datasets/routes.ts';
import { healthRoutes } from './health/routes.ts';
import type { Route } from './http/route.ts';
import { modelRoutes } from './models/routes.ts';
import { preprocessingRoutes } from './preprocessing/routes.ts';
import { projectRoutes } from './projects/routes.ts';
import { queryRoutes } from './queries/routes.ts';
import { resultRoutes } from './results/routes.ts';
import { runRoutes } from './runs/routes.ts';
import { snapshotRoutes } from './snapshots/routes.ts';
import { threadRoutes } from './threads/routes.ts';

export const ROUTES: readonly Route[] = [
  ...healthRoutes,
  ...accountRoutes,
  ...projectRoutes,
  ...modelRoutes,
  ...datasetRoutes,
  ...preprocessingRoutes,
  ...runRoutes,
  ...queryRoutes,
  ...resultRoutes,
  ...boardRoutes,
  ...snapshotRoutes,
  ...threadRoutes,
];
