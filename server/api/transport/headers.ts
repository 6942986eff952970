/** Headers that every answer bears, and the content security policy of the pages. */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

export function setSecurityHeaders(response: ServerResponse, https: boolean): void {
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('x-frame-options', 'DENY');
  // Addresses of boards and invitations tell other sites nothing.
  response.setHeader('referrer-policy', 'same-origin');
  response.setHeader('cross-origin-opener-policy', 'same-origin');
  response.setHeader('cross-origin-resource-policy', 'same-origin');
  response.setHeader('permissions-policy', 'camera=(), microphone=(), geolocation=(), payment=(), usb=()');
  if (https) response.setHeader('strict-transport-security', 'max-age=31536000');
}

/** For answers of the API: nothing in them may run or be framed, should a browser show one as a page. */
export const API_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/** `sockets`: origins with ws: or wss:, because not every browser counts them as 'self'. */
export function pagePolicy(nonce: string, sockets: readonly string[], development: boolean): string {
  return [
    "default-src 'self'",
    // Scripts by nonce only; what they load themselves is trusted by them (strict-dynamic).
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${development ? " 'unsafe-eval'" : ''}`,
    // The canvas positions its items by style attributes, which no nonce can allow.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    // An IPv6 address is no valid source; there the browser's own 'self' has to do.
    `connect-src 'self' ${sockets.filter((origin) => !origin.includes('[')).join(' ')}`,
    "worker-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** Next reads the nonce from the request's policy, and puts it on its own scripts. */
export function setPagePolicy(
  request: IncomingMessage,
  response: ServerResponse,
  origins: readonly string[],
  development: boolean,
): void {
  const nonce = randomBytes(18).toString('base64');
  const sockets = origins.map((origin) => origin.replace(/^http/, 'ws'));
  const policy = pagePolicy(nonce, sockets, development);
  request.headers['content-security-policy'] = policy;
  response.setHeader('content-security-policy', policy);
}
