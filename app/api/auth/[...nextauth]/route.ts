/** next-auth's own addresses: sign in, sign out, providers' callbacks. */

import type { NextRequest } from 'next/server';
import NextAuth from 'next-auth';
import { handles } from '@/server/api/auth/handles.ts';
import { authOptions } from '@/server/api/auth/options.ts';

export const dynamic = 'force-dynamic';

async function handle(
  request: NextRequest,
  context: { params: Promise<{ nextauth: string[] }> },
): Promise<Response> {
  const options = authOptions(handles(), {
    headers: request.headers,
    cookie: (name) => request.cookies.get(name)?.value,
  });
  const response: Response = await NextAuth(request, context, options);
  return response;
}

export { handle as GET, handle as POST };
