/** JSON as clients write it: Python's json.dumps writes NaN and infinities by name, which JSON itself has no word for. */

/** A string, which is left alone, or the name of a number that is none. */
const TOKENS = /"(?:\\.|[^"\\])*"|-?\bInfinity\b|\bNaN\b/g;

/** More than anything that is asked in JSON needs; far less than what the stack of a checker bears. */
export const DEEPEST_JSON = 64;

/** How deep objects and lists lie in one another; brackets in strings do not count. */
export function depthOfJson(text: string): number {
  let [depth, deepest] = [0, 0];
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (inString) {
      if (code === 0x5c) at++;
      else if (code === 0x22) inString = false;
    } else if (code === 0x22) inString = true;
    else if (code === 0x5b || code === 0x7b) deepest = Math.max(deepest, ++depth);
    else if (code === 0x5d || code === 0x7d) depth--;
  }
  return deepest;
}

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
