/** HTTP to a running server: every answer parsed, every failure in words. */
import type { z } from 'zod';
import { errorBodySchema } from '../../core/api/index.ts';

export class CommandError extends Error {
  override name = 'CommandError';
}

export interface Connection {
  send<T>(method: string, route: string, schema: z.ZodType<T>, body?: FormData | object): Promise<T>;
  bytes(route: string, accept: string): Promise<Uint8Array>;
}

export function connect(env: Readonly<Record<string, string | undefined>>): Connection {
  const base = env.INTERLAYER_URL ?? 'http://127.0.0.1:3000';
  const token = env.INTERLAYER_TOKEN;
  if (!URL.canParse(base)) throw new CommandError(`INTERLAYER_URL is ${base}; an address was expected.`);
  if (!token)
    throw new CommandError(
      'INTERLAYER_TOKEN is not set. Make a token in the settings, or on the server: interlayer token create --email YOU',
    );

  async function call(method: string, route: string, init: RequestInit): Promise<Response> {
    const headers = { ...Object.fromEntries(new Headers(init.headers)), authorization: `Bearer ${token}` };
    const response = await fetch(new URL(`/api/v1/${route}`, base), { ...init, method, headers }).catch(
      () => {
        throw new CommandError(
          `The server at ${base} cannot be reached. Is it running? Is INTERLAYER_URL right?`,
        );
      },
    );
    if (response.ok) return response;
    const text = await response.text();
    throw new CommandError(failure(response.status, text));
  }
  return {
    async send(method, route, schema, body) {
      const init: RequestInit =
        body === undefined
          ? {}
          : body instanceof FormData
            ? { body }
            : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
      const parsed = schema.safeParse(await (await call(method, route, init)).json());
      if (!parsed.success)
        throw new CommandError(
          'The answer does not fit this command: server and command are of different versions.',
        );
      return parsed.data;
    },
    async bytes(route, accept) {
      return new Uint8Array(await (await call('GET', route, { headers: { accept } })).arrayBuffer());
    },
  };
}

/** What the server said, with the place where there is one. */
function failure(status: number, text: string): string {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    body = null;
  }
  const parsed = errorBodySchema.safeParse(body);
  if (!parsed.success) return `The server answered ${status} without a reason. Look at its log.`;
  const { message, at } = parsed.data.error;
  return typeof at === 'object' ? `line ${at.line}, column ${at.column}: ${message}` : message;
}
