/**
 * How deep objects and lists lie in one another, and how many values there are at most; what is in strings does not
 * count. In linear time, before anything is parsed.
 */
export function shapeOfJson(text: string): { depth: number; values: number } {
  let [depth, deepest, values] = [0, 0, 1];
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (inString) {
      if (code === 0x5c) at++;
      else if (code === 0x22) inString = false;
    } else if (code === 0x22) inString = true;
    else if (code === 0x5b || code === 0x7b) {
      deepest = Math.max(deepest, ++depth);
      values++;
    } else if (code === 0x5d || code === 0x7d) depth--;
    else if (code === 0x2c) values++;
  }
  return { depth: deepest, values };
}
