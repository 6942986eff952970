/** One route in the OpenAPI document. */

import type { RouteConfig } from '@hono/zod-openapi';
import { z } from '@hono/zod-openapi';
import type { Route } from './route.ts';
import { ACCESS } from './table.ts';

const TAGS: Readonly<Record<string, string>> = {
  me: 'account',
  setup: 'account',
  register: 'account',
  auth: 'account',
};

/** The path's first noun, below the project where there is one. */
function tagOf(path: string): string {
  const nouns = path.split('/').filter((part) => part !== '' && !part.startsWith('{'));
  const noun = nouns[0] === 'projects' ? (nouns[1] ?? 'projects') : (nouns[0] ?? 'server');
  return TAGS[noun] ?? noun;
}

export function describeRoute({ key, spec }: Route, error: z.ZodType): RouteConfig {
  const [method = 'GET', path = '/'] = key.split(' ');
  const names = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
  const access = ACCESS[key];
  const content = spec.answer ? { 'application/json': { schema: spec.answer } } : undefined;
  const usual = spec.answer || spec.media ? (spec.status ?? 200) : 204;
  const further = Object.fromEntries(
    (spec.media ?? []).map((media) => [media, { schema: z.string().openapi({ format: 'binary' }) }]),
  );
  const request: RouteConfig['request'] = {
    ...(names.length > 0
      ? { params: z.object(Object.fromEntries(names.map((name) => [name, z.string()]))) }
      : {}),
    ...(spec.query instanceof z.ZodObject ? { query: spec.query } : {}),
    ...(spec.body
      ? { body: { required: true, content: { 'application/json': { schema: spec.body } } } }
      : spec.upload
        ? {
            body: {
              required: true,
              content: {
                'multipart/form-data': {
                  schema: z.object({ files: z.array(z.string().openapi({ format: 'binary' })) }),
                },
              },
            },
          }
        : {}),
  };
  return {
    method: method.toLowerCase() as Lowercase<'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'>,
    path,
    operationId: key
      .replaceAll(/[^A-Za-z]+/g, '_')
      .replace(/_$/, '')
      .toLowerCase(),
    summary: spec.summary,
    tags: [tagOf(path)],
    description:
      access === 'public'
        ? 'Open to anybody.'
        : access === 'user'
          ? 'Needs a signed-in person.'
          : `Needs a member of the project who may "${access.action}".`,
    ...(access === 'public' ? { security: [] } : {}),
    request,
    responses: {
      [usual]: {
        description: 'Done.',
        ...(content || spec.media ? { content: { ...content, ...further } } : {}),
      },
      ...Object.fromEntries(
        (spec.also ?? []).map((status) => [status, { description: 'Under way.', content }]),
      ),
      default: {
        description: 'What was found, what was expected, what to do.',
        content: { 'application/json': { schema: error } },
      },
    },
  };
}
