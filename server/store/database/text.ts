/**
 * PostgreSQL's text cannot hold the character NUL, SQLite's is cut off at it by many tools, and nobody means it. So it
 * is refused for both, in words, before it gets there.
 */
import { UserError } from '../../../core/errors/index.ts';

/** Arguments are strings, records of strings, or lists of these; what lies deeper is stored as JSON, which escapes. */
function holdsNul(value: unknown, depth = 2): boolean {
  if (typeof value === 'string') return value.includes('\0');
  if (typeof value !== 'object' || value === null || depth === 0 || ArrayBuffer.isView(value)) return false;
  return Object.values(value).some((inner) => holdsNul(inner, depth - 1));
}

/** The same methods; those called with such a text reject. */
export function refusingNul<T extends object>(methods: T): T {
  return new Proxy(methods, {
    get(target, key) {
      const method: unknown = Reflect.get(target, key);
      if (typeof method !== 'function') return method;
      return async (...args: unknown[]) => {
        if (args.some((argument) => holdsNul(argument))) {
          throw new UserError(
            'bad_request',
            'The text holds the character NUL (U+0000), which cannot be kept. Leave it out.',
          );
        }
        return Reflect.apply(method, target, args);
      };
    },
  });
}
