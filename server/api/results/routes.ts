import { resultSchema, storedResult } from '../../../core/result/index.ts';
import { noteUse } from '../app/use.ts';
import { type Route, route } from '../http/route.ts';
import { numbersStream } from './numbers.ts';
import { withStanding } from './superseded.ts';

export const SAFETENSORS = 'application/x-safetensors';

export const resultRoutes: readonly Route[] = [
  route('GET /results/{id}', {
    summary: `A result: its facts as JSON, or its numbers with Accept: ${SAFETENSORS}`,
    answer: resultSchema,
    media: [SAFETENSORS],
    run: async ({ app, result, request }) => {
      if (!wantsNumbers(request)) return withStanding(result.meta);
      // A result never changes, only the version of its shape does: who has it need not fetch it again, but must still be
      // allowed to.
      const tag = `"${result.id}.${storedResult.newest}"`;
      const headers = {
        etag: tag,
        'cache-control': 'private, no-cache',
        vary: 'accept, cookie, authorization',
      };
      if (request.headers.get('if-none-match') === tag) return new Response(null, { status: 304, headers });
      await noteUse(app.store, result);
      const { bytes, body } = await numbersStream(app, result);
      return new Response(body, {
        headers: { ...headers, 'content-type': SAFETENSORS, 'content-length': String(bytes) },
      });
    },
  }),
];

function wantsNumbers(request: Request): boolean {
  return (request.headers.get('accept') ?? '')
    .split(',')
    .some((part) => part.split(';')[0]?.trim().toLowerCase() === SAFETENSORS);
}
