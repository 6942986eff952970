/** Tells everybody in a project that its models, data sets or members changed, and forgets what was known of them. */
import type { App } from './app.ts';

/** `again`: queries may have other answers now, so that boards ask theirs anew. */
export function projectChanged(app: App, projectId: string, again = false): void {
  app.catalogs.forget(projectId);
  app.sync.announceProject(projectId, { type: 'project', ...(again ? { again } : {}) });
}
