/** "Firefox on Linux" out of a browser's user agent; the text itself when it is no browser that we know. */
export function describeAgent(agent: string): string {
  const browser = [
    ['Edge', /\bEdg\//],
    ['Opera', /\bOPR\//],
    ['Firefox', /\bFirefox\//],
    ['Chrome', /\b(Headless)?Chrom(e|ium)\//],
    ['Safari', /\bSafari\//],
  ] as const;
  const system = [
    ['Android', /Android/],
    ['iOS', /iPhone|iPad/],
    ['Windows', /Windows/],
    ['macOS', /Mac OS X/],
    ['Linux', /Linux/],
  ] as const;
  const name = browser.find(([, mark]) => mark.test(agent))?.[0];
  if (!name) return agent.slice(0, 80) || 'An unknown browser';
  const place = system.find(([, mark]) => mark.test(agent))?.[0];
  return place ? `${name} on ${place}` : name;
}
