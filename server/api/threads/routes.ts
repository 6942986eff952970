import { z } from 'zod';
import { newCommentSchema, newThreadSchema, threadSchema } from '../../../core/api/index.ts';
import { type Route, route } from '../http/route.ts';
import {
  addComment,
  deleteComment,
  editComment,
  listThreads,
  react,
  readThread,
  setResolved,
  startThread,
} from './threads.ts';

export const threadRoutes: readonly Route[] = [
  route('GET /projects/{project}/threads', {
    summary: 'Threads; with `at` those at an address',
    query: z.object({ at: z.string().max(500).optional() }),
    answer: z.array(threadSchema),
    run: ({ app, project, caller, query }) => listThreads(app, project, caller, query.at),
  }),
  route('POST /projects/{project}/threads', {
    summary: 'Start a thread at an address, a view, or a region of a view',
    body: newThreadSchema,
    answer: threadSchema,
    status: 201,
    limit: 'write',
    run: ({ app, project, caller, body }) => startThread(app, project, caller, body),
  }),
  route('GET /threads/{id}', {
    summary: 'A thread',
    answer: threadSchema,
    run: ({ app, thread, caller }) => readThread(app, thread.id, caller),
  }),
  route('POST /threads/{id}/comments', {
    summary: 'Reply; @name tells a member',
    body: newCommentSchema,
    answer: threadSchema,
    status: 201,
    limit: 'write',
    run: ({ app, thread, caller, body }) => addComment(app, thread, caller, body.body),
  }),
  route('POST /threads/{id}/resolve', {
    summary: 'Resolve a thread',
    answer: threadSchema,
    run: ({ app, thread, caller }) => setResolved(app, thread, caller, true),
  }),
  route('POST /threads/{id}/reopen', {
    summary: 'Reopen a thread',
    answer: threadSchema,
    run: ({ app, thread, caller }) => setResolved(app, thread, caller, false),
  }),
  route('POST /threads/{id}/read', {
    summary: 'Mark a thread as read',
    run: ({ app, thread, caller }) => app.store.threads.markRead(thread.id, caller.user.id),
  }),
  route('PATCH /comments/{id}', {
    summary: 'Edit an own comment',
    body: newCommentSchema,
    answer: threadSchema,
    run: ({ app, thread, comment, caller, body }) => editComment(app, thread, comment, caller, body.body),
  }),
  route('DELETE /comments/{id}', {
    summary: 'Delete an own comment',
    run: ({ app, thread, comment, caller }) => deleteComment(app, thread, comment, caller),
  }),
  route('PUT /comments/{id}/reactions/{emoji}', {
    summary: 'React with an emoji',
    limit: 'write',
    run: ({ app, thread, comment, caller, params }) =>
      react(app, thread, comment, caller, params.emoji, true),
  }),
  route('DELETE /comments/{id}/reactions/{emoji}', {
    summary: 'Take a reaction back',
    run: ({ app, thread, comment, caller, params }) =>
      react(app, thread, comment, caller, params.emoji, false),
  }),
];
