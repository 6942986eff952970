/** The repository's own source files. Uses nothing but Node: set-up asks before the packages are there. */
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';

const SOURCE = /\.(ts|tsx|mts|mjs)$/;
const SKIP = /^(build|data|artifacts|test-results)$|(^|\/)(node_modules|generated)$/;

/** Files below `folder` whose names fit, relative to the root. */
export function sourceFiles(root, folder = '', fit = SOURCE) {
  const files = [];
  for (const name of readdirSync(path.join(root, folder))) {
    const file = folder ? `${folder}/${name}` : name;
    if (SKIP.test(file) || name.startsWith('.')) continue;
    if (statSync(path.join(root, file)).isDirectory()) files.push(...sourceFiles(root, file, fit));
    else if (fit.test(name) && !name.endsWith('.d.ts')) files.push(file);
  }
  return files;
}
