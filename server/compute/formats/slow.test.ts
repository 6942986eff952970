/** Files made to be read for long: refused in a sentence within a second. */
import { zipSync } from 'fflate';
import { beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../../core/errors/index.ts';
import { importDataset, importModel } from './index.ts';
import { type Workbench, workbench } from './testing/bench.ts';

let bench: Workbench;
beforeAll(async () => {
  bench = await workbench();
});

const MB = 2 ** 20;
/** A second on an idle machine; these run beside others. */
const SOON = 2500;

const entries = (count: number, name: (i: number) => string, content: Uint8Array) =>
  zipSync(Object.fromEntries(Array.from({ length: count }, (_, i) => [name(i), content])), { level: 0 });
function withHeader(size: number, fill: string): Buffer {
  const bytes = Buffer.alloc(8 + size, fill);
  bytes.writeBigUInt64LE(BigInt(size), 0);
  return bytes;
}
function npyHeader(size: number): Buffer {
  const bytes = Buffer.alloc(12 + size, ' ');
  bytes.write('\x93NUMPY\x02\x00', 'latin1');
  bytes.writeUInt32LE(size, 8);
  return bytes;
}
function hugePicture(): Buffer {
  const bytes = Buffer.alloc(100);
  Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex').copy(bytes);
  bytes.writeUInt32BE(60_000, 16);
  bytes.writeUInt32BE(60_000, 20);
  return bytes;
}
const LONG = 'a cell has more than 1,000,000 characters; is a quote missing, or is this no table?';
const WIDE = 'has more than 20000 cells, the limit; is a line break missing, or is this no table?';

describe('data that would be read for long', () => {
  it.each<[string, string, () => Uint8Array, string | RegExp]>([
    ['quotes', 'a.csv', () => Buffer.alloc(60 * MB, '"'), `row 1: ${LONG}`],
    ['quotes and commas', 'a.csv', () => Buffer.alloc(60 * MB, '",'), /row 1: |row 1 has/],
    [
      'quotes and lines',
      'a.csv',
      () => Buffer.alloc(60 * MB, '"\n'),
      /more than 100,000 empty rows before row/,
    ],
    ['empty quotes', 'a.csv', () => Buffer.alloc(60 * MB, '""\n'), /more than 100,000 empty rows before row/],
    ['one line', 'a.csv', () => Buffer.alloc(60 * MB, 'a'), `row 1: ${LONG}`],
    ['spaces', 'a.csv', () => Buffer.alloc(60 * MB, ' '), `row 1: ${LONG}`],
    ['a million columns', 'a.csv', () => Buffer.from('name,'.repeat(1_000_000)), `row 1 ${WIDE}`],
    ['commas', 'a.csv', () => Buffer.alloc(60 * MB, ','), `row 1 ${WIDE}`],
    ['a wide second row', 'a.csv', () => Buffer.from(`a\n${'1,'.repeat(20 * MB)}`), `row 2 ${WIDE}`],
    ['lines', 'a.csv', () => Buffer.alloc(60 * MB, '\n'), /more than 100,000 empty rows before row/],
    ['empty rows', 'a.csv', () => Buffer.from(`a,b\n${',\n'.repeat(20 * MB)}`), /100,000 empty rows/],
    [
      'a quote left open',
      'a.csv',
      () => Buffer.from(`a,b\n"${'x,y\n'.repeat(10 * MB)}`),
      /row 2: a quote is opened/,
    ],
    ['a long quote', 'a.csv', () => Buffer.from(`a,b\n"${'x,y\n'.repeat(10 * MB)}",1`), `row 2: ${LONG}`],
    ['a NumPy header', 'a.npy', () => npyHeader(100 * MB), /header says it is/],
    [
      'a safetensors header',
      'a.safetensors',
      () => withHeader(60 * MB, '['),
      /its header has 62914560 bytes, at most 8388608 are read/,
    ],
    ['a deep safetensors header', 'a.safetensors', () => withHeader(8 * MB, '['), /not JSON/],
    [
      '65,535 empty files',
      'a.zip',
      () => entries(65_535, (i) => `c/${i}.png`, new Uint8Array()),
      /it has more than 1000 empty files; leave them out/,
    ],
    ['a picture of 3.6 billion points', 'a.png', () => hugePicture(), /checksum|too large|limit/],
  ])('%s', { timeout: 60_000 }, async (_, name, make, message) => {
    const { said, ms } = await refusal(importDataset, name, make());
    expect(said).toMatch(message);
    expect(ms).toBeLessThan(SOON);
  });
});

describe('models that would be read for long', () => {
  const deep = (levels: number) =>
    Buffer.from(`{"modelTopology":${'{"a":'.repeat(levels)}1${'}'.repeat(levels)},"weightsManifest":[]}`);
  it.each<[string, string, () => Uint8Array, string | RegExp]>([
    [
      'a deep model.json',
      'model.json',
      () => deep(100_000),
      'nested 100001 levels deep, at most 200 are read',
    ],
    [
      'a cut model.json',
      'model.json',
      () => Buffer.from('{"a": 1'),
      /^model\.json: not valid JSON \(.*\); copy it again$/,
    ],
    ['a model.json of brackets', 'model.json', () => Buffer.alloc(20 * MB, '['), /levels deep, at most 200/],
    [
      'a deep config.json',
      'a.keras',
      () => zipSync({ 'config.json': Buffer.from(deep(9000)), 'model.weights.h5': Buffer.alloc(9) }),
      /config\.json is nested 9001 levels deep/,
    ],
    [
      'thousands of .json',
      'a.zip',
      () => entries(5000, (i) => `${i}.json`, Buffer.from('{}')),
      'found 5000 files named .json, at most 100 are looked into; send the model.json with its weight files only',
    ],
    [
      '65,535 empty files',
      'a.zip',
      () => entries(65_535, (i) => `${i}.bin`, new Uint8Array()),
      /more than 1000 empty files/,
    ],
  ])('%s', { timeout: 60_000 }, async (_, name, make, message) => {
    const { said, ms } = await refusal(importModel, name, make());
    expect(said).toMatch(message);
    expect(ms).toBeLessThan(SOON);
  });
});

it('what is large and sound is read still', async () => {
  const rows = Array.from({ length: 150_000 }, (_, i) => `${i % 7},"a ""quoted"" cell",${i % 2}`);
  const table = ['x,note,label', ...Array.from({ length: 1000 }, () => ''), ...rows].join('\n');
  const outcome = await importDataset([bench.upload('a.csv', table)], bench.context);
  expect(outcome.splits).toMatchObject([{ size: 150_000 }]);
  const wide = Array.from({ length: 20_000 }, (_, i) => `c${i}`);
  const sound = `${wide.join(',')}\n${wide.map(() => 1).join(',')}\n`;
  const began = performance.now();
  expect((await importDataset([bench.upload('b.csv', sound)], bench.context)).shape).toEqual([20_000]);
  expect(performance.now() - began).toBeLessThan(10_000);
});

async function refusal(read: typeof importDataset | typeof importModel, name: string, bytes: Uint8Array) {
  const file = bench.upload(name, bytes);
  const began = performance.now();
  try {
    await read([file], bench.context);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { said: error.message, ms: performance.now() - began };
  }
  throw new Error('it was read');
}
