import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

/** Types are gone when the program runs. */
const IMPORT =
  /(?:^|\n)\s*(?:import|export)\b(?!\s+type\b)[^'"`;]*?from\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/g;

/** Everything that `entry` reaches by import: our files, and the names of packages. */
function reached(entry: string): { files: Set<string>; packages: Set<string> } {
  const files = new Set<string>();
  const packages = new Set<string>();
  const visit = (file: string): void => {
    if (files.has(file)) return;
    files.add(file);
    for (const [, from, dynamic] of readFileSync(file, 'utf8').matchAll(IMPORT)) {
      const target = from ?? dynamic ?? '';
      if (target.startsWith('.')) visit(resolve(dirname(file), target));
      else packages.add(target);
    }
  };
  visit(entry);
  return { files, packages };
}

describe('S10 the process that holds the sockets does not load TensorFlow', () => {
  const { files, packages } = reached(new URL('./index.ts', import.meta.url).pathname);

  it('S10 server/sync reaches no TensorFlow package and no part of the server but itself', () => {
    expect([...packages].filter((name) => /tensorflow|tfjs/i.test(name))).toEqual([]);
    const parts = new Set([...files].map((file) => /\/(server\/\w+|core)\//.exec(file)?.[1]));
    expect([...parts].sort()).toEqual(['core', 'server/sync']);
    // The search itself sees what there is.
    expect(packages).toContain('ws');
    // Nor does it decode documents: that is done by processes of their own.
    expect(packages).not.toContain('yjs');
    expect([...files].map((file) => file.split('/').at(-1))).toContain('saver.ts');
  });
});
