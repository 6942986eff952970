/** Processes for documents, bundled once for a test file: they begin in a tenth of the time that sources take. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { BoardProcesses, type ProcessOptions } from '../processes.ts';

function bundle(): string {
  const folder = mkdtempSync(join(tmpdir(), 'interlayer-boards-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const outfile = join(folder, 'boards.mjs');
  buildSync({
    entryPoints: [fileURLToPath(new URL('../board/main.ts', import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    logLevel: 'error',
  });
  return outfile;
}

let file: string | null = null;

export function boardProcesses(options: Partial<ProcessOptions> = {}): BoardProcesses {
  file ??= bundle();
  return new BoardProcesses({ entry: { file, args: [], execArgv: [] }, ...options });
}
