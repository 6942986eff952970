/** Computations of the project that run now or ended lately (rule B4: who waits for which job). */
import { z } from 'zod';
import { createStore, type StoreApi } from 'zustand/vanilla';
import { type Job, jobSchema, type ServerMessage } from '@/core/api/index.ts';
import { act, path, request } from '../api.ts';

const MAX_JOBS = 30;

export class JobList {
  readonly store: StoreApi<{ readonly jobs: readonly Job[] }> = createStore(() => ({ jobs: [] }));

  constructor(private readonly slug: string) {}

  readonly load = async (): Promise<void> => {
    const jobs = await request('GET', path`projects/${this.slug}/jobs`, z.array(jobSchema)).catch(() => null);
    if (jobs) this.store.setState({ jobs: jobs.slice(0, MAX_JOBS) });
  };

  readonly onMessage = (message: ServerMessage): void => {
    if (message.type !== 'job') return;
    const { job } = message;
    const others = this.store.getState().jobs.filter((known) => known.id !== job.id);
    this.store.setState({ jobs: [job, ...others].slice(0, MAX_JOBS) });
  };

  cancel(id: string): Promise<void> {
    return act('DELETE', path`jobs/${id}`);
  }
}

export function unfinishedJobs(jobs: readonly Job[]): Job[] {
  return jobs.filter((job) => job.state === 'queued' || job.state === 'running');
}
