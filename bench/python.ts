/** Peers in Python: a script beside this file prints its figures as the last line. */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { z } from 'zod';

const here = path.dirname(new URL(import.meta.url).pathname);

export const figureSchema = z.object({ value: z.number(), versions: z.string() });

/** What the script printed; null where there is no Python with what it imports. */
export function python<T>(script: string, runs: number, schema: z.ZodType<T>): T | null {
  try {
    const text = execFileSync(
      process.env.INTERLAYER_PYTHON ?? 'python3',
      [path.join(here, script), String(runs)],
      {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
        env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3', PYTHONDONTWRITEBYTECODE: '1' },
      },
    );
    return schema.parse(JSON.parse(text.trim().split('\n').at(-1) ?? ''));
  } catch {
    return null;
  }
}

export const NO_PYTHON =
  'peer not measured: no Python with keras, tensorflow and shap (set INTERLAYER_PYTHON)';
