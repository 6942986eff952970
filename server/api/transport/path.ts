/** The path of a request as it was sent, before anything has made it shorter or decoded it. */
import { UserError } from '../../../core/errors/index.ts';

const LONGEST_PART = 500;

/**
 * A part of a path is one name: "." and ".." (also written %2e), slashes, backslashes and control characters in it are
 * refused before routes are matched. Otherwise the address parser of the platform would take `models/%2e%2e` for the
 * folder above, and a route other than the one written would answer.
 */
export function pathFault(method: string, url: string): UserError | null {
  const path = url.split(/[?#]/, 1)[0] ?? '';
  const nothing = () =>
    new UserError('not_found', `There is nothing at ${method} ${path.slice(0, LONGEST_PART)}.`);
  for (const part of path.split('/')) {
    let name: string;
    try {
      name = decodeURIComponent(part);
    } catch {
      return new UserError(
        'bad_request',
        'The address is not valid: a % in it begins no character of UTF-8.',
      );
    }
    if (name === '.' || name === '..' || name.length > LONGEST_PART || /[/\\\p{Cc}]/u.test(name))
      return nothing();
  }
  return null;
}

/** What is asked for is a path of this server; `*` and whole addresses are for proxies, and this is none. */
export function targetFault(url: string): UserError | null {
  if (url.startsWith('/')) return null;
  return new UserError(
    'bad_request',
    'The request asks for no path of this server: it must begin with a slash.',
  );
}
