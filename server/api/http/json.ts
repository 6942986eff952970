/** JSON as clients write it: Python's json.dumps writes NaN and infinities by name, which JSON itself has no word for. */

/**
 * A string, which is left alone, or the name of a number that is none. A string that nothing closes ends with the text:
 * were it not matched, each quote in it would be tried as the beginning of another, in quadratic time.
 */
const TOKENS = /"(?:\\[\s\S]|[^"\\])*"?|-?\bInfinity\b|\bNaN\b/g;

/** More than anything that is asked in JSON needs; far less than what the stack of a checker bears. */
export const DEEPEST_JSON = 64;
const KEPT_NAME = '__proto__';
/** More would hold up the process that reads them, and with it everybody. */
export const MOST_JSON_VALUES = 50_000;

/** NaN, Infinity and -Infinity outside of strings are read as null. Throws SyntaxError for what is no JSON beyond that. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const named = text.replace(TOKENS, (token) => (token.startsWith('"') ? token : 'null'));
    if (named === text) throw error;
    return JSON.parse(named);
  }
}

/**
 * Where a parsed text has the key `__proto__`, as "metrics.__proto__"; null where nowhere. JavaScript keeps that name: what is
 * called so gets lost wherever an object is copied. `constructor` and all others are names like any other.
 */
export function keptNameIn(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return null;
  if (Object.hasOwn(value, KEPT_NAME)) return KEPT_NAME;
  for (const [key, inner] of Object.entries(value)) {
    const below = keptNameIn(inner);
    if (below !== null) return `${key}.${below}`;
  }
  return null;
}
