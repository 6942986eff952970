import { z } from 'zod';
import { jobSchema, queryRequestSchema, queryResponseSchema } from '../../../core/api/index.ts';
import { notFound } from '../app/app.ts';
import { Answered, type Route, route } from '../http/route.ts';
import { numbersOf } from '../results/numbers.ts';
import { planQuery } from './plan.ts';

/** Numbers that may travel within an answer, in bytes; larger ones are fetched by the result's id. */
const MOST_INLINE = 262_144;
/** Longest time that a request may wait for its answer, in seconds: proxies close what is silent for a minute. */
const MOST_SECONDS = 50;

export const queryRoutes: readonly Route[] = [
  route('POST /projects/{project}/queries', {
    summary:
      'Ask: 200 with the result (and its numbers, where they are no more than `inline` bytes), or 202 with the job when it takes longer than `wait` seconds',
    query: z.object({
      wait: z.coerce.number().min(0).max(300).default(30),
      inline: z.coerce.number().int().min(0).max(MOST_INLINE).default(0),
    }),
    body: queryRequestSchema,
    answer: queryResponseSchema,
    also: [202],
    limit: 'query',
    run: async ({ app, project, role, caller, query, body, signal }) => {
      const plan = await planQuery(app, project.id, body);
      const waitMs = Math.min(query.wait, MOST_SECONDS) * 1000;
      const asker = { userId: caller.user.id, projectId: project.id, role, waitMs, signal };
      const answer = await app.jobs.ask(plan, asker);
      if ('result' in answer) {
        const { result, cached } = answer;
        const numbers =
          result.bytes > query.inline
            ? undefined
            : Buffer.from(await numbersOf(app, result)).toString('base64');
        return {
          status: 'done' as const,
          result: result.meta,
          cached,
          ...(numbers === undefined ? {} : { numbers }),
        };
      }
      const { id, state, progress } = answer.job;
      return new Answered(202, {
        status: state === 'queued' ? ('queued' as const) : ('running' as const),
        job: id,
        progress,
      });
    },
  }),
  route('GET /projects/{project}/jobs', {
    summary: 'Computations under way, then those that ended lately',
    answer: z.array(jobSchema),
    run: async ({ app, project }) => app.jobs.ofProject(project.id),
  }),
  route('GET /jobs/{id}', {
    summary: 'A computation',
    answer: jobSchema,
    run: async ({ app, jobId, caller }) => {
      const job = app.jobs.get(jobId, caller.user.id);
      if (!job) throw notFound('job');
      return job;
    },
  }),
  route('DELETE /jobs/{id}', {
    summary:
      'Wait no longer; the computation ends when nobody else waits for it. An owner ends what others of the project asked',
    answer: jobSchema,
    run: async ({ app, jobId, caller, project, role }) => {
      const job = app.jobs.giveUp(jobId, caller.user.id, role === 'owner' ? project.id : null);
      if (!job) throw notFound('job');
      return job;
    },
  }),
];
