/** Routes to HTTP: who asks, may they, does it fit, how often, what went wrong; and the OpenAPI document of it all. */
import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { z } from 'zod';
import { errorBodySchema } from '../../../core/api/index.ts';
import { UserError } from '../../../core/errors/index.ts';
import { shapeOfJson } from '../../../core/json/index.ts';
import type { App } from '../app/app.ts';
import { errorResponse, misfit, toUserError } from '../app/errors.ts';
import { authorise } from './authorise.ts';
import { checkSameOrigin, identify, sessionCookie } from './identify.ts';
import { DEEPEST_JSON, keptNameIn, MOST_JSON_VALUES, parseJson } from './json.ts';
import { describeRoute } from './openapi.ts';
import { Answered, type Input, type Route } from './route.ts';
import { ACCESS, type RouteKey } from './table.ts';

export const BASE = '/api/v1';
const JSON_LIMIT = 4 * 1024 * 1024;
/** Names, an e-mail address, a password, the secret of a link: what somebody who is nobody yet has to say. */
const STRANGER_LIMIT = 64 * 1024;
/** The address of the other end of the connection, given by the process that serves. */
export type Env = { Bindings: { address: string } };

export function createRouter(app: App, routes: readonly Route[]): OpenAPIHono<Env> {
  const hono = new OpenAPIHono<Env>({ strict: false }).basePath(BASE);
  const known = new Map(routes.map((found) => [found.key, found]));
  for (const key of Object.keys(ACCESS))
    if (![...known.keys()].some((found) => found === key)) throw new Error(`no route serves ${key}`);
  for (const found of routes) {
    const [method = '', path = ''] = found.key.split(' ');
    hono.openAPIRegistry.registerPath(describeRoute(found, errorBodySchema));
    hono.on(method, path.replaceAll(/\{(\w+)\}/g, ':$1'), (c) => serve(app, found, c));
  }
  hono.openAPIRegistry.registerComponent('securitySchemes', 'bearer', { type: 'http', scheme: 'bearer' });
  hono.openAPIRegistry.registerComponent('securitySchemes', 'session', {
    ...{ type: 'apiKey', in: 'cookie', name: sessionCookie(app).name },
  });
  let document: unknown;
  hono.get('/openapi.json', (c) => {
    document ??= hono.getOpenAPI31Document({
      openapi: '3.1.0',
      info: { title: 'Interlayer', version: app.config.version },
      security: [{ bearer: [] }, { session: [] }],
    });
    return c.json(document as object);
  });
  hono.notFound((c) =>
    errorResponse(new UserError('not_found', `There is nothing at ${c.req.method} ${c.req.path}.`)),
  );
  hono.onError((error) => errorResponse(toUserError(error, app.log, 'a route failed')));
  return hono;
}

async function serve(app: App, { key, spec }: Route, c: Context<Env>): Promise<Response> {
  const request = c.req.raw;
  try {
    const caller = await identify(app, request.headers);
    checkSameOrigin(app, request, caller);
    const params = c.req.param();
    const authorised = await authorise(app, ACCESS[key], caller, params);
    const address = c.env.address;
    if (spec.limit) app.limiter.take(spec.limit, caller?.user.id ?? address);
    const query = spec.query ? parsed('query', spec.query, c.req.query()) : undefined;
    const body = spec.body
      ? parsed('body', spec.body, await readJson(c, caller ? JSON_LIMIT : STRANGER_LIMIT))
      : undefined;
    // Each part was made as the route's key and schemas say (route.ts); only the list of routes has forgotten them.
    const input = {
      ...authorised,
      ...{ app, request, address, params, query, body, signal: request.signal },
    } as unknown as Input<RouteKey, unknown, unknown>;
    const answer = await spec.run(input);
    if (answer instanceof Response) return answer;
    const [status, value] =
      answer instanceof Answered ? [answer.status, answer.value] : [spec.status ?? 200, answer];
    if (!spec.answer) return new Response(null, { status: 204, headers: { 'cache-control': 'no-store' } });
    return c.json(spec.answer.parse(value) as object, status, { 'cache-control': 'no-store' });
  } catch (error) {
    return errorResponse(toUserError(error, app.log, `${key} failed`));
  }
}

function parsed<T>(where: string, schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (!result.success) throw misfit(where, result.error);
  return result.data;
}

/** Reads at most so many bytes. */
async function readJson(c: Context<Env>, limit: number): Promise<unknown> {
  const type = c.req.header('content-type') ?? '';
  if (!/^application\/json\b/i.test(type))
    throw new UserError('unsupported', `The body is ${type || 'of no type'}; application/json was expected.`);
  const { signal } = c.req.raw;
  let text = '';
  const read = async () => {
    text = await c.req.text();
  };
  // What is too large is not cancelled: that would cut the connection before the answer is read.
  const onError = () => {
    throw new UserError('too_large', `The body is larger than ${limit / 1024} KiB.`);
  };
  try {
    await bodyLimit({ maxSize: limit, onError })(c, read);
  } catch (error) {
    if (signal.aborted) throw new UserError('cancelled', 'The request was broken off.');
    throw error;
  }
  const { depth, values } = shapeOfJson(text);
  if (depth > DEEPEST_JSON)
    throw new UserError('bad_request', `The body is nested more than ${DEEPEST_JSON} deep.`, 'body');
  if (values > MOST_JSON_VALUES)
    throw new UserError('too_large', `The body holds more than ${MOST_JSON_VALUES} values.`, 'body');
  let body: unknown;
  try {
    body = parseJson(text);
  } catch {
    throw new UserError('bad_request', 'The body is not JSON.', 'body');
  }
  const place = keptNameIn(body);
  if (place !== null)
    throw new UserError(
      'bad_request',
      `${place}: nothing can be called __proto__, JavaScript keeps that name. Choose another one.`,
      place,
    );
  return body;
}
