import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodeSafetensors } from '../../core/result/index.ts';
import { type Bench, startBench } from '../api/testing/harness.ts';
import { ARCHITECTURE, type Cast, cast, furnish, outcomeOf } from '../api/testing/project.ts';
import type { UploadedFile } from '../compute/contract.ts';

const CLI = fileURLToPath(new URL('../cli.ts', import.meta.url));

let bench: Bench;
let people: Cast;
let scratch: string;
beforeAll(async () => {
  bench = await startBench();
  people = await cast(bench);
  await furnish(bench, people.project);
  scratch = await mkdtemp(path.join(tmpdir(), 'interlayer-cli-'));
});
afterAll(async () => {
  await bench.close();
  await rm(scratch, { recursive: true, force: true });
});

/** Runs the command as a process of its own. */
function run(args: string[], env: Record<string, string> = {}) {
  return new Promise<{ code: number | null; out: string; err: string }>((resolve) => {
    const { PATH = '' } = process.env;
    const token = people.editor.headers.authorization?.replace('Bearer ', '') ?? '';
    const child = spawn(process.execPath, ['--import', 'tsx', CLI, ...args], {
      env: { NODE_ENV: 'test', PATH, INTERLAYER_URL: bench.origin, INTERLAYER_TOKEN: token, ...env },
    });
    let [out, err] = ['', ''];
    child.stdout.on('data', (text) => {
      out += text;
    });
    child.stderr.on('data', (text) => {
      err += text;
    });
    child.on('close', (code) => resolve({ code, out, err }));
  });
}

test('help is given when asked for, and when misused with exit code 2', async () => {
  const help = await run(['--help']);
  expect(help.code).toBe(0);
  expect(help.out).toContain('interlayer query');
  const [none, unknown, missing, flag] = await Promise.all([
    run([]),
    run(['explode']),
    run(['query', 'select graph() from net']),
    run(['import', 'x', '--nonsense']),
  ]);
  expect(none.code).toBe(0);
  expect(unknown).toMatchObject({ code: 2, out: '' });
  expect(unknown.err).toContain('There is no command explode.');
  expect(missing).toMatchObject({ code: 2 });
  expect(missing.err).toContain('--project is missing.');
  expect(flag.code).toBe(2);
  const [files, verb] = await Promise.all([run(['import', '--project', 'p']), run(['token', 'show'])]);
  expect(files).toMatchObject({ code: 2, err: expect.stringContaining('Which files? None was given.') });
  expect(verb.code).toBe(2);
  expect(verb.err).toContain('token create is the one thing that can be done with tokens here.');
});

test('query prints what it found, --json all of it, --out the numbers; a bad query its place', async () => {
  bench.pool.answer = (task) => outcomeOf(bench, task);
  const project = ['--project', people.project.slug];
  const plain = await run(['query', 'select stats(dense_1) from net(data.test)', ...project]);
  expect(plain).toMatchObject({ code: 0, err: '' });
  expect(plain.out).toContain('values  F32 [unit 2]');
  const file = path.join(scratch, 'out.safetensors');
  const json = await run([
    'query',
    'select stats(dense_1) from net(data.test)',
    ...project,
    '--json',
    '--out',
    file,
  ]);
  expect(JSON.parse(json.out)).toMatchObject({ type: 'graph' });
  expect(decodeSafetensors(await readFile(file)).tensors.values?.data).toEqual(Float32Array.of(1, 2));
  const bad = await run(['query', 'select stats(dense_9) from net(data.test)', ...project]);
  expect(bad).toMatchObject({ code: 1, out: '' });
  expect(bad.err).toMatch(/^line 1, column 14: no layer dense_9/);
});

test('import sends files and says what they became', async () => {
  let sent: readonly UploadedFile[] = [];
  bench.pool.answer = async (task) => {
    if (task.kind !== 'import-model') throw new Error('a model was expected');
    sent = task.files;
    const file = path.join(bench.folder, 'spool', 'weights');
    await writeFile(file, new Uint8Array(64));
    const weights = [{ name: 'dense_1/kernel', shape: [4, 4], file }];
    return { kind: task.kind, manifest: { ...ARCHITECTURE, warnings: ['a warning'] }, weights };
  };
  const file = path.join(scratch, 'mine.keras');
  await writeFile(file, 'weights');
  const done = await run(['import', file, '--project', people.project.slug]);
  expect(done).toMatchObject({
    code: 0,
    out: 'mine@0: tfjs-layers, 2 layers, 40 parameters\ndata for mine: values as stored. Values are given as stored: they are floating-point numbers.\n',
  });
  expect(done.err).toContain('warning: a warning');
  const gone = await run(['import', path.join(scratch, 'missing'), '--project', people.project.slug]);
  expect(gone).toMatchObject({ code: 1 });
  expect(gone.err).toContain('There is no file');
  const inside = path.join(scratch, 'folder');
  await mkdir(path.join(inside, 'variables'), { recursive: true });
  const nothing = await run(['import', inside, '--project', people.project.slug]);
  expect(nothing.err).toContain(`The folder ${inside} is empty.`);
  await writeFile(path.join(inside, 'variables', 'one.bin'), 'weights');
  await writeFile(path.join(inside, 'saved.pb'), 'model');
  const folder = await run(['import', inside, '--project', people.project.slug, '--name', 'folder']);
  expect(folder).toMatchObject({ code: 0 });
  expect(sent.map(({ name }) => name).sort()).toEqual(['saved.pb', 'variables/one.bin']);
  const foreign = await run(['import', file, '--project', 'not-mine']);
  expect(foreign.err).toContain('There is no such project');
});

test('a missing token, a wrong token and a server that is not there are told plainly', async () => {
  const ask = ['query', 'select graph() from net', '--project', 'p'];
  const [missing, wrong, away] = await Promise.all([
    run(ask, { INTERLAYER_TOKEN: '' }),
    run(ask, { INTERLAYER_TOKEN: 'il_wrong' }),
    run(ask, { INTERLAYER_URL: 'http://127.0.0.1:9' }),
  ]);
  expect(missing.err).toContain('INTERLAYER_TOKEN is not set');
  expect(wrong.err).toContain('unknown, expired or revoked');
  expect(away.err).toContain('cannot be reached');
  expect([missing.code, wrong.code, away.code]).toEqual([1, 1, 1]);
  const nowhere = await run(ask, { INTERLAYER_URL: 'here' });
  expect(nowhere.err).toContain('INTERLAYER_URL is here; an address was expected.');
});

test('token create makes a token on the data folder that works at once', async () => {
  const data = { INTERLAYER_DATA: bench.folder };
  const email = people.viewer.user.email;
  const made = await run(['token', 'create', '--email', email.toUpperCase(), '--days', '1'], data);
  expect(made).toMatchObject({ code: 0, out: expect.stringMatching(/^il_[\w-]{43}\n$/) });
  const me = await fetch(`${bench.base}/me`, { headers: { authorization: `Bearer ${made.out.trim()}` } });
  expect(await me.json()).toMatchObject({ user: { email } });
  const nobody = await run(['token', 'create', '--email', 'nobody@example.org'], data);
  expect(nobody.code).toBe(1);
  expect(nobody.err).toContain('There is no account with the e-mail address nobody@example.org.');
  const nowhere = await run(['token', 'create', '--email', email], { INTERLAYER_DATA: scratch });
  expect(nowhere.err).toContain('There is no data in');
  expect((await run(['token', 'create', '--email', email, '--days', 'many'], data)).code).toBe(2);
});

test('an answer of another version of the server is told as such', async () => {
  const other = createServer((_, response) => response.end('{"status":"later"}'));
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const address = other.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const told = await run(['query', 'select graph() from net', '--project', 'p'], {
    INTERLAYER_URL: `http://127.0.0.1:${port}`,
  });
  other.close();
  expect(told.err).toContain(
    'The answer does not fit this command: server and command are of different versions.',
  );
});

const GOLDENS = fileURLToPath(new URL('../compute', import.meta.url));

test('inspect looks at a model without a server: what its layers put out, as a table and as JSON', async () => {
  const file = path.join(GOLDENS, 'goldens', 'convolutional.keras');
  const told = await run(['inspect', file], { INTERLAYER_URL: 'http://127.0.0.1:1', INTERLAYER_TOKEN: '' });
  expect(told).toMatchObject({ code: 0 });
  expect(told.out).toContain('It ran on 2 examples of made-up numbers');
  expect(told.out).toMatch(/^written by Keras 3\./m);
  expect(told.out).toMatch(/^\d+ FLOPs for one example$/m);
  expect(told.out).toMatch(/^layer +type +output +parameters +FLOPs +mean/m);
  const json = JSON.parse((await run(['inspect', file, '--json'])).out);
  expect(json).toMatchObject({ format: 'keras', given: { examples: 2, data: null } });
  for (const { output } of json.layers) expect(output.broken).toBe(0);
});

test('inspect gives the model a data set, whose fit is told, and refuses one that does not fit', async () => {
  const file = path.join(GOLDENS, 'goldens', 'attributions_tabular.keras');
  const width = JSON.parse((await run(['inspect', file, '--json'])).out).inputs[0].shape[1];
  const header = Array.from({ length: width }, (_, i) => `c${i}`).join(',');
  const row = (value: number) => Array.from({ length: width }, () => value).join(',');
  const [fits, wider] = [path.join(scratch, 'rows.csv'), path.join(scratch, 'wider.csv')];
  await writeFile(fits, `${header},label\n${[1, 2, 3].map((v) => `${row(v)},${v % 2}`).join('\n')}\n`);
  await writeFile(
    wider,
    `${header},more,label\n${[1, 2, 3].map((v) => `${row(v)},9,${v % 2}`).join('\n')}\n`,
  );
  const { out } = await run(['inspect', file, '--data', fits, '--json']);
  const json = JSON.parse(out);
  expect(json.given).toMatchObject({ examples: 3, data: expect.stringMatching(/^rows\.csv \(/) });
  expect(json.layers[0].output).toMatchObject({ mean: 2, least: 1, largest: 3 });
  const refused = await run(['inspect', file, '--data', wider]);
  expect(refused).toMatchObject({ code: 1, out: '' });
  expect(refused.err).toContain(`wider.csv has examples of ${width + 1}`);
});

test('inspect says why a file cannot be opened, with exit code 1', async () => {
  const broken = path.join(scratch, 'broken.keras');
  await writeFile(broken, 'nothing');
  const [wrong, missing, none] = await Promise.all([
    run(['inspect', broken]),
    run(['inspect', path.join(scratch, 'absent.h5')]),
    run(['inspect']),
  ]);
  expect(wrong).toMatchObject({ code: 1, out: '' });
  expect(wrong.err).toMatch(/^broken\.keras: /m);
  expect(missing.err).toContain('There is no file');
  expect(none).toMatchObject({ code: 2 });
  expect(none.err).toContain('Which model? No file was given.');
});

test('inspect finds the weights that lie beside a model, and takes a folder', async () => {
  const folder = path.join(scratch, 'layers-model');
  await mkdir(folder);
  await writeFile(
    path.join(folder, 'model.json'),
    JSON.stringify({
      modelTopology: {
        class_name: 'Sequential',
        config: {
          name: 'two',
          layers: [
            {
              class_name: 'Dense',
              config: { name: 'd', units: 2, batch_input_shape: [null, 3], use_bias: false },
            },
          ],
        },
      },
      weightsManifest: [
        { paths: ['w.bin'], weights: [{ name: 'd/kernel', shape: [3, 2], dtype: 'float32' }] },
      ],
    }),
  );
  await writeFile(path.join(folder, 'w.bin'), new Uint8Array(Float32Array.of(1, 2, 3, 4, 5, 6).buffer));
  await writeFile(path.join(folder, 'other.keras'), 'of another model');
  const beside = await run(['inspect', path.join(folder, 'model.json'), '--json']);
  expect(beside).toMatchObject({ code: 0 });
  expect(JSON.parse(beside.out)).toMatchObject({ model: 'two', params: 6 });
  await rm(path.join(folder, 'other.keras'));
  expect(JSON.parse((await run(['inspect', folder, '--json'])).out)).toMatchObject({
    model: 'two',
    params: 6,
  });
});
