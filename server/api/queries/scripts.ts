/** Runs generated scripts in one Python interpreter, for tests. */
import { spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { NamedTensor } from '../../../core/result/index.ts';

/** A Python with tensorflow and keras; npm test makes one where it can be had. */
export const PYTHON = process.env.INTERLAYER_PYTHON;

const arraysSchema = z.record(
  z.string(),
  z.object({ shape: z.array(z.number()), data: z.array(z.number().nullable()) }),
);
export type Arrays = z.infer<typeof arraysSchema>;
/** What a script's `result` holds, or its last words. */
export type Said = Arrays | { readonly error: string };

/** Runs each script of the folder in one interpreter and writes what `result` holds, or the error, beside it. */
const DRIVER = `import glob, io, json, os, runpy, sys, traceback, urllib.request
import numpy as np
fetch, kept = urllib.request.urlopen, {}
class Answer(io.BytesIO):
    headers = {}
def remembered(request):
    # Scripts ask for the same models and data again and again.
    if request.full_url not in kept:
        with fetch(request) as response:
            kept[request.full_url] = (response.read(), response.headers)
    answer = Answer(kept[request.full_url][0])
    answer.headers = kept[request.full_url][1]
    return answer
urllib.request.urlopen = remembered
for path in sorted(glob.glob(os.path.join(sys.argv[1], "*.py"))):
    if path == os.path.abspath(__file__):
        continue
    try:
        result = runpy.run_path(path)["result"]
        out = {name: {"shape": list(np.shape(a)), "data": [v if np.isfinite(v) else None for v in np.asarray(a, float).ravel().tolist()]} for name, a in result.items()}
    except SystemExit as end:
        out = {"error": str(end)}
    except Exception:
        out = {"error": traceback.format_exc()[-1500:]}
    json.dump(out, open(path + ".json", "w"))
`;

/** What each script comes to, in order. The token is the reader's. */
export async function runScripts(
  folder: string,
  scripts: readonly string[],
  authorization: string,
): Promise<Said[]> {
  await mkdir(folder);
  const file = (i: number) => path.join(folder, `${String(i).padStart(4, '0')}.py`);
  for (const [i, code] of scripts.entries()) await writeFile(file(i), code);
  await writeFile(path.join(folder, 'run.py'), DRIVER);
  await interpreted(path.join(folder, 'run.py'), folder, authorization);
  return Promise.all(
    scripts.map(async (_, i): Promise<Said> => {
      const said: unknown = JSON.parse(await readFile(`${file(i)}.json`, 'utf8'));
      const error = z.object({ error: z.string() }).safeParse(said);
      return error.success ? error.data : arraysSchema.parse(said);
    }),
  );
}

function interpreted(file: string, folder: string, authorization: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(PYTHON ?? '', [file, folder], {
      env: {
        ...process.env,
        INTERLAYER_TOKEN: authorization.replace('Bearer ', ''),
        TF_CPP_MIN_LOG_LEVEL: '3',
        CUDA_VISIBLE_DEVICES: '',
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let errors = '';
    child.stderr.on('data', (chunk) => {
      errors = (errors + String(chunk)).slice(-4000);
    });
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(errors))));
  });
}

/** What is wrong with a script's arrays, in a line; null where nothing is. Relative to the largest number. */
export function apart(
  script: Arrays,
  server: Readonly<Record<string, NamedTensor>>,
  near: number,
): string | null {
  if (Object.keys(script).length === 0) return 'the script has no result';
  for (const [name, { shape, data }] of Object.entries(script)) {
    const own = server[name];
    if (own === undefined) return `the server has no ${name}; it has ${Object.keys(server).join(', ')}`;
    if (String(shape) !== String(own.shape))
      return `${name} has the shape [${shape}], the server's [${own.shape}]`;
    const sizes = Array.from(own.data, (v) => (Number.isFinite(v) ? Math.abs(v) : 0));
    const largest = sizes.reduce((a, b) => Math.max(a, b), 1e-3);
    for (const [i, value] of data.entries()) {
      const other = own.data[i] ?? Number.NaN;
      const alike =
        value === null || !Number.isFinite(other)
          ? value === null && !Number.isFinite(other)
          : Math.abs(value - other) <= near * largest;
      if (!alike) return `${name}[${i}] is ${value}, the server's ${other} (largest ${largest})`;
    }
  }
  return null;
}
