/** What a table's numbers lose on their way into float32, and labels that differ as texts only. */
import { readFileSync } from 'node:fs';
import { beforeAll, expect, it } from 'vitest';
import { decodeSafetensors } from '../../../core/result/index.ts';
import { importDataset } from './index.ts';
import { npy, type Workbench, workbench, zipOf } from './testing/bench.ts';

let bench: Workbench;
beforeAll(async () => {
  bench = await workbench();
});

async function tables(...texts: string[]) {
  const names = ['train.csv', 'test.csv'];
  const outcome = await importDataset(
    texts.map((text, i) => bench.upload(names[i]!, text)),
    bench.context,
  );
  const tensors = outcome.splits.map(({ file }) => decodeSafetensors(readFileSync(file)).tensors);
  const y = tensors.map((each) => Array.from(each.y?.data ?? [], (at) => outcome.classes[at]));
  return { ...outcome, tensors, y };
}

it('says what float32 makes of numbers that are too small, too large or too long for it, and keeps columns exact', async () => {
  const { tensors, warnings } = await tables(
    'a,b,c,label\n1e-60,1e39,16777217,0\n0.5,-2,3,1\n0,inf,16777216,1\n',
  );
  expect(warnings).toEqual([
    'train.csv: train holds 1 values that are NaN or infinite, the first in train[2].',
    'train.csv: train holds 1 values that are beyond the range of float32 (3.4e38) and become infinite, the first in train[0].',
    'train.csv: train holds 1 values that are nearer to 0 than float32 holds (1e-45) and become 0, the first in train[0].',
    'train.csv: train holds 1 values that are whole numbers that float32 does not hold exactly and are rounded, the first in train[0].',
  ]);
  expect(Array.from(tensors[0]!.x!.data)).toEqual([
    ...[0, Number.POSITIVE_INFINITY, 16777216],
    ...[0.5, -2, 3],
    ...[0, Number.POSITIVE_INFINITY, 16777216],
  ]);
  expect(tensors[0]!['column.a']).toMatchObject({ dtype: 'F64', data: Float64Array.of(1e-60, 0.5, 0) });
  expect(tensors[0]!['column.c']).toMatchObject({ data: Int32Array.of(16777217, 3, 16777216) });
});

it('says where float32 merges values that are close beside their size, and only there', async () => {
  const rows = Array.from({ length: 20 }, (_, i) => `${100000000.0625 + i / 8},${(i % 7) / 8},${i % 2}`);
  const { warnings } = await tables(`big,small,label\n${rows.join('\n')}\n`);
  expect(warnings).toEqual([
    'train.csv: in train, the values of feature 0 lie so close together beside their size that float32 merges them (20 different values of feature 0 become 1); subtract a constant from them before saving.',
  ]);
});

it('says which number no double holds', async () => {
  const { warnings } = await tables('a,b,label\n1,2,0\n1e-400,3,1\n');
  expect(warnings).toEqual([
    'train.csv: row 3, column a holds 1e-400, beyond what float64 holds: it is read as 0.',
  ]);
  expect((await tables('a,b,label\n1,2,0\n-1e400,3,1\n')).warnings[0]).toBe(
    'train.csv: row 3, column a holds -1e400, beyond what float64 holds: it is read as -Infinity.',
  );
});

it('labels 01 and 1 stay two classes, in every split; labels without leading zeros are numbers', async () => {
  const one = await tables('a,label\n7,01\n2,1\n3,10\n');
  expect([one.y, one.classes]).toEqual([[['01', '1', '10']], ['01', '1', '10']]);
  expect(one.warnings).toEqual([
    'train.csv: labels such as 01 begin with a 0, so all are taken for names, in plain order, not for numbers: texts that differ are different classes.',
  ]);
  const two = await tables('a,label\n7,00\n2,01\n3,10\n', 'a,label\n5,10\n1,10\n');
  expect([two.y, two.classes]).toEqual([
    [
      ['00', '01', '10'],
      ['10', '10'],
    ],
    ['00', '01', '10'],
  ]);
  expect((await tables('a,label\n7,0\n2,1\n')).warnings).toEqual([]);
});

it('labels 1 and 1.0 are one number: one class, and it says so', async () => {
  const { y, warnings } = await tables('a,label\n7,1\n2,1.0\n3,0\n');
  expect(y).toEqual([['1', '1', '0']]);
  expect(warnings).toContain(
    'train.csv: the labels 1 and 1.0 are the same number, so they are one class; if they are two, name them by words.',
  );
});

it('refuses examples that are a single number, by what is wrong with them', async () => {
  const scalar = npy('<f4', [], Buffer.from(Float32Array.of(3).buffer));
  const zip = zipOf([{ name: 'x.npy', data: scalar }]);
  for (const file of [bench.upload('d.npz', zip), bench.upload('x.npy', scalar)])
    await expect(importDataset([file], bench.context)).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringMatching(
        /the examples of all are a single number \(an array without axes\); save an array whose first axis counts the examples/,
      ),
    });
});
