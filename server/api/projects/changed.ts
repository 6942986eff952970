/** Tells everybody in a project that its models, data sets or members changed, and forgets what was known of them. */
import type { App } from '../app.ts';

export function projectChanged(app: App, projectId: string): void {
  app.catalogs.forget(projectId);
  app.sync.announceProject(projectId, { type: 'project' });
}
