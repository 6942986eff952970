/** The browser's only way to /api/v1: every answer is parsed, every failure is an ApiError written for users. */
import { z } from 'zod';
import { type ErrorCode, errorBodySchema, type Place } from '@/core/errors/index.ts';

export type ApiErrorCode = ErrorCode | 'network' | 'malformed';

export class ApiError extends Error {
  override name = 'ApiError';
  constructor(
    readonly code: ApiErrorCode,
    message: string,
    readonly at?: Place | string,
    readonly status = 0,
  ) {
    super(message);
  }
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
export interface RequestOptions {
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

const BASE = '/api/v1';

/** Path parts are encoded: api path`projects/${slug}/models`. */
export function path(parts: TemplateStringsArray, ...values: readonly (string | number)[]): string {
  return parts.reduce(
    (text, part, i) => text + part + (i < values.length ? encodeURIComponent(values[i]!) : ''),
    '',
  );
}

/** Throws ApiError: the server's own, `network` when it cannot be reached, `malformed` when its answer breaks the contract. */
export async function request<T>(
  method: Method,
  route: string,
  schema: z.ZodType<T>,
  options: RequestOptions = {},
): Promise<T> {
  const response = await send(method, route, options, 'application/json');
  if (response.status === 204) return parseAs(schema, undefined);
  const body: unknown = await response.json().catch(() => undefined);
  return parseAs(schema, body);
}

/** For requests whose answer says nothing more than that it was done. */
export async function act(method: Method, route: string, options: RequestOptions = {}): Promise<void> {
  await send(method, route, options, 'application/json');
}

export async function bytes(route: string, accept: string, signal?: AbortSignal): Promise<Uint8Array> {
  const response = await send('GET', route, signal ? { signal } : {}, accept);
  return new Uint8Array(await response.arrayBuffer());
}

async function send(
  method: Method,
  route: string,
  options: RequestOptions,
  accept: string,
): Promise<Response> {
  const json: Record<string, string> =
    options.body === undefined ? {} : { 'content-type': 'application/json' };
  let response: Response;
  try {
    response = await fetch(`${BASE}/${route}`, {
      method,
      headers: { accept, ...json },
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      ...(options.signal ? { signal: options.signal } : {}),
    });
  } catch (cause) {
    if (options.signal?.aborted) throw new ApiError('cancelled', 'The request was cancelled.');
    throw new ApiError(
      'network',
      'The server cannot be reached. Check the connection, then try again.',
      undefined,
      cause instanceof ApiError ? cause.status : 0,
    );
  }
  if (!response.ok) throw errorFrom(response.status, await response.text().catch(() => ''));
  return response;
}

/** What a failed answer says; an answer that is not ours (a proxy's page) is named by its status. */
export function errorFrom(status: number, text: string): ApiError {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    body = null;
  }
  const parsed = errorBodySchema.safeParse(body);
  if (!parsed.success)
    return new ApiError(
      'malformed',
      `The server answered ${status} without a reason. Try again, or look at the server's log.`,
      undefined,
      status,
    );
  const { code, message, at } = parsed.data.error;
  return new ApiError(code, message, at, status);
}

export function parseAs<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (!parsed.success)
    throw new ApiError(
      'malformed',
      `The server's answer does not fit this page: ${z.prettifyError(parsed.error)}. Reload the page; it may be of another version.`,
    );
  return parsed.data;
}

/** Uploads with progress (0 to 1), which fetch cannot report. */
export function upload<T>(
  route: string,
  form: FormData,
  schema: z.ZodType<T>,
  options: { signal?: AbortSignal; onProgress?: (done: number) => void } = {},
): Promise<T> {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    xhr.open('POST', `${BASE}/${route}`);
    xhr.setRequestHeader('accept', 'application/json');
    xhr.upload.onprogress = (event) => {
      if (event.lengthComputable) options.onProgress?.(event.loaded / event.total);
    };
    xhr.onerror = () =>
      reject(
        new ApiError('network', 'The upload broke off: the server cannot be reached. Drop the file again.'),
      );
    xhr.onabort = () => reject(new ApiError('cancelled', 'The upload was cancelled.'));
    xhr.onload = () => {
      if (xhr.status < 200 || xhr.status >= 300) return reject(errorFrom(xhr.status, xhr.responseText));
      try {
        const body: unknown = JSON.parse(xhr.responseText);
        resolve(parseAs(schema, body));
      } catch (error) {
        reject(error instanceof ApiError ? error : errorFrom(xhr.status, ''));
      }
    };
    options.signal?.addEventListener('abort', () => xhr.abort(), { once: true });
    xhr.send(form);
  });
}

/** Any thrown thing as words for a person. */
export function describeError(error: unknown): { code: ApiErrorCode; message: string; at?: Place | string } {
  if (error instanceof ApiError)
    return {
      code: error.code,
      message: error.message,
      ...(error.at === undefined ? {} : { at: error.at }),
    };
  return { code: 'internal', message: error instanceof Error ? error.message : String(error) };
}

/** Runs a request for a dialog: null when it went well, else what to tell. */
export async function problemOf(work: Promise<unknown>): Promise<string | null> {
  try {
    await work;
    return null;
  } catch (error) {
    return describeError(error).message;
  }
}
