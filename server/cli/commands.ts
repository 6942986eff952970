/** The commands. Each reads its own arguments; what goes wrong is a CommandError or a Usage, written for people. */
import { openAsBlob } from 'node:fs';
import { stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import {
  importDatasetResponseSchema,
  importModelResponseSchema,
  newTokenSchema,
  type PairInShort,
  receivedQueryResponseSchema,
} from '../../core/api/index.ts';
import type { ResultMeta } from '../../core/result/index.ts';
import { readConfig } from '../api/settings/config.ts';
import { CommandError, type Connection, connect } from './connection.ts';
import { filesAt } from './model-files.ts';
import { Usage } from './usage.ts';

export { CommandError } from './connection.ts';
export { Usage } from './usage.ts';

export const HELP = `interlayer: models, data and questions from the command line

  interlayer import FILE... --project P [--name N] [--step S]   a model: its files, its folder, or a zip of them
  interlayer import FILE... --project P [--name N] --dataset    a data set: idx(.gz), npz, npy, csv, safetensors, zip
  interlayer query 'select ...' --project P [--json | --out F]  ask; F gets the numbers as safetensors
  interlayer inspect FILE... [--data FILE] [--json]             look at a model without a server: does it run, what do
                                                                its layers put out; exit code 0 only if it ran
  interlayer token create --email E [--name N] [--days D]       a token, made on the server's own data folder

P is the project as in its address: /p/P. Settings:
  INTERLAYER_URL    address of the server (http://127.0.0.1:3000)
  INTERLAYER_TOKEN  a token, made in the settings or by token create
  INTERLAYER_DATA, DATABASE_URL  where the server keeps its data, for token create`;

function required(value: string | undefined, flag: string): string {
  if (value === undefined || value === '') throw new Usage(`${flag} is missing.`);
  return value;
}

export async function importFiles(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      project: { type: 'string' },
      name: { type: 'string' },
      step: { type: 'string' },
      dataset: { type: 'boolean', default: false },
    },
  });
  if (positionals.length === 0) throw new Usage('Which files? None was given.');
  const project = encodeURIComponent(required(values.project, '--project'));
  const form = new FormData();
  for (const at of positionals)
    for (const file of await filesAt(at)) form.append('files', await openAsBlob(file.path), file.name);
  const query = new URLSearchParams();
  if (values.name !== undefined) query.set('name', values.name);
  if (values.step !== undefined) query.set('step', values.step);
  const server = connect(process.env);
  const route = `projects/${project}/${values.dataset ? 'datasets' : 'models'}?${query}`;
  if (values.dataset) {
    const answer = await server.send('POST', route, importDatasetResponseSchema, form);
    console.log(
      `${answer.name}: ${answer.splits.map(({ name, size }) => `${name} ${size}`).join(', ')}, examples of shape [${answer.shape.join(', ')}], ${answer.classes.length} classes`,
    );
    tellPairs(answer.preprocessing);
    warn(answer.warnings);
  } else {
    const answer = await server.send('POST', route, importModelResponseSchema, form);
    const params = answer.layers.reduce((sum, layer) => sum + layer.params, 0);
    console.log(`${answer.address}: ${answer.format}, ${answer.layers.length} layers, ${params} parameters`);
    tellPairs(answer.preprocessing);
    warn(answer.warnings);
  }
}

/** How the new one goes with each of the others. */
function tellPairs(pairs: readonly PairInShort[]): void {
  for (const { model, dataset, fits, words, evidence } of pairs)
    console.log(fits ? `${dataset} for ${model}: ${words}. ${evidence.join(' ')}` : `does not fit: ${words}`);
}

function warn(warnings: readonly string[]): void {
  for (const warning of warnings) console.error(`warning: ${warning}`);
}

export async function query(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      project: { type: 'string' },
      json: { type: 'boolean', default: false },
      out: { type: 'string' },
    },
  });
  const [text, ...more] = positionals;
  if (text === undefined || more.length > 0)
    throw new Usage("One query is expected, in quotes: 'select graph() from digits-cnn'");
  const server = connect(process.env);
  const result = await ask(server, required(values.project, '--project'), text);
  if (values.out !== undefined)
    await writeFile(values.out, await server.bytes(`results/${result.id}`, 'application/x-safetensors'));
  console.log(values.json ? JSON.stringify(result, null, 2) : summary(result, values.out));
  warn(result.warnings);
}

/** Asks again while the computation lasts; asking again is how one waits. */
async function ask(server: Connection, project: string, text: string): Promise<ResultMeta> {
  const route = `projects/${encodeURIComponent(project)}/queries?wait=30`;
  for (;;) {
    const answer = await server.send('POST', route, receivedQueryResponseSchema, { query: text });
    if (answer.status === 'done') return answer.result;
    console.error(`${Math.round(answer.progress.done * 100)} % ${answer.progress.note}`);
  }
}

function summary(result: ResultMeta, out: string | undefined): string {
  const tensors = Object.entries(result.tensors).map(
    ([name, { dtype, shape, axes }]) =>
      `  ${name}  ${dtype} [${shape.map((size, i) => `${axes[i] ?? '?'} ${size}`).join(', ')}]`,
  );
  return [
    `${result.title}  (${result.type})`,
    `  ${result.provenance.query}`,
    ...tensors,
    `  ${result.reading}`,
    ...(out === undefined ? [] : [`  numbers in ${out}`]),
  ].join('\n');
}

export async function makeToken(args: string[]): Promise<void> {
  const [verb, ...rest] = args;
  if (verb !== 'create') throw new Usage('token create is the one thing that can be done with tokens here.');
  const { values } = parseArgs({
    args: rest,
    options: {
      email: { type: 'string' },
      name: { type: 'string', default: 'command line' },
      days: { type: 'string' },
    },
  });
  const email = required(values.email, '--email').trim().toLowerCase();
  const request = newTokenSchema.safeParse({
    name: values.name,
    ...(values.days === undefined ? {} : { expiresInDays: Number(values.days) }),
  });
  if (!request.success)
    throw new Usage('--days is a whole number from 1 to 3650, --name at most 80 characters.');
  // INTERLAYER_URL may name a server elsewhere; here only where the data is matters.
  const { dataFolder, databaseUrl } = readConfig({
    INTERLAYER_DATA: process.env.INTERLAYER_DATA,
    DATABASE_URL: process.env.DATABASE_URL,
  });
  const known =
    databaseUrl !== undefined || (await stat(path.join(dataFolder, 'interlayer.db')).catch(() => null));
  if (!known)
    throw new CommandError(
      `There is no data in ${dataFolder}. Set INTERLAYER_DATA to the server's data folder.`,
    );
  // Only this command needs the database, which takes longer to load than the others to run.
  const [{ openStore }, { createToken }] = await Promise.all([
    import('../store/index.ts'),
    import('../api/account/tokens.ts'),
  ]);
  const store = await openStore({ url: databaseUrl, dataDir: dataFolder });
  try {
    const user = await store.users.byEmail(email);
    if (!user) throw new CommandError(`There is no account with the e-mail address ${email}.`);
    const { secret } = await createToken(store, user.id, request.data);
    console.error(`A token of ${user.name}. It is shown this once; it can be revoked in the settings.`);
    console.log(secret);
  } finally {
    await store.close();
  }
}
