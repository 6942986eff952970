/** The demo as a new installation has it, with a real store and a real worker, for tests. */
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { bind, parse, print, type QueryBindings } from '../../../../core/algebra/index.ts';
import { queryResponseSchema } from '../../../../core/api/index.ts';
import {
  decodeSafetensors,
  type NamedTensor,
  type Result,
  type ResultMeta,
} from '../../../../core/result/index.ts';
import { createPool } from '../../../compute/client.ts';
import { type Bench, startBench, type Visitor, visitor } from '../../testing/harness.ts';
import { demoBoardSchema, seedDemo } from '../demo.ts';

export const EXAMPLES = fileURLToPath(new URL('../../../../examples/digits', import.meta.url));
const TASKS = fileURLToPath(new URL('../../../../docs/tasks', import.meta.url));
const WORKER = fileURLToPath(new URL('../../../compute/worker.ts', import.meta.url));

export interface Demo {
  readonly folder: string;
  readonly bench: Bench;
  /** Owner of the demo project. */
  readonly ada: Visitor;
  /** Throws with the server's answer where the query is not answered within 50 s. */
  ask(query: string, bindings?: QueryBindings): Promise<ResultMeta>;
  numbers(id: string): Promise<Readonly<Record<string, NamedTensor>>>;
  result(query: string, bindings?: QueryBindings): Promise<Result>;
  close(): Promise<void>;
}

export async function startDemo(): Promise<Demo> {
  const folder = await mkdtemp(path.join(tmpdir(), 'interlayer-demo-'));
  await mkdir(path.join(folder, 'spool'));
  const pool = createPool({
    ...{ workers: 1, blobs: path.join(folder, 'blobs'), spool: path.join(folder, 'spool') },
    ...{ memoryBytes: 2 * 1024 ** 3, backend: 'auto' },
    entry: { file: WORKER, args: [], execArgv: ['--import', 'tsx'] },
  });
  const bench = await startBench({ folder, pool });
  await seedDemo(bench.app, EXAMPLES);
  const project = await bench.store.projects.bySlug('digits');
  const ada = await visitor(bench, 'Ada', { projectId: project?.id ?? '', role: 'owner' });

  const ask: Demo['ask'] = async (query, bindings = {}) => {
    const answer = await ada.ask('POST', 'projects/digits/queries?wait=50', { query, bindings });
    const parsed = queryResponseSchema.safeParse(answer.body);
    if (!parsed.success || parsed.data.status !== 'done')
      throw new Error(`${query}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return parsed.data.result;
  };
  const numbers: Demo['numbers'] = async (id) => {
    const response = await fetch(`${bench.base}/results/${id}`, {
      headers: { ...ada.headers, accept: 'application/x-safetensors' },
    });
    return decodeSafetensors(new Uint8Array(await response.arrayBuffer())).tensors;
  };
  return {
    ...{ folder, bench, ada, ask, numbers },
    async result(query, bindings) {
      const meta = await ask(query, bindings);
      return { meta, tensors: await numbers(meta.id) };
    },
    async close() {
      await bench.close();
      await pool.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** One of the demo's boards, as its file has it. */
export interface Walk {
  readonly bindings: QueryBindings;
  readonly slices: Readonly<Record<string, string>>;
  /** A note of the board, and the page in docs/tasks that tells the same; throws where there is no such note. */
  told(note: string): readonly [string, string];
  /** The queries that the page shows, as it shows them. */
  readonly shown: readonly string[];
  /** Query of a view, its names bound; throws where there is none. */
  query(id: string): string;
}

export async function walkOf(file: string): Promise<Walk> {
  const text = await readFile(path.join(EXAMPLES, 'boards', `${file}.json`), 'utf8');
  const { content } = demoBoardSchema.parse(JSON.parse(text));
  const { items, slices } = content;
  const written = await readFile(path.join(TASKS, `${file.replace(/^\d+-/, '')}.md`), 'utf8');
  const page = written.replace(/\s+/g, ' ');
  const { f, x, "x'": second, data } = content.bindings;
  const bindings: QueryBindings = { f, x, "x'": second, data, slices };
  const missing = (id: string): never => {
    throw new Error(`${file} has no item ${id}`);
  };
  return {
    ...{ bindings, slices, shown: written.split('\n').filter((line) => line.startsWith('select ')) },
    told(id) {
      const item = items.find((other) => other.id === id);
      return item?.kind === 'note' ? [item.text, page] : missing(id);
    },
    query(id) {
      const item = items.find((other) => other.id === id);
      return item?.kind === 'view' ? print(bind(parse(item.query), bindings)) : missing(id);
    },
  };
}

/** What a test has found out is what the board's note and the page say. */
export function expectTold(walk: Walk, note: string, text: string): void {
  for (const written of walk.told(note)) expect(written).toContain(text);
}
