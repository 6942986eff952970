import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeSafetensors } from '../../../../core/result/index.ts';
import { importDataset } from '../index.ts';
import { npy, type Workbench, workbench, zipOf } from '../testing/bench.ts';

let bench: Workbench;
beforeAll(async () => {
  bench = await workbench();
});

const f4 = (shape: number[], ...values: number[]) =>
  npy('<f4', shape, Buffer.from(Float32Array.from(values).buffer));
const f8 = (shape: number[], ...values: number[]) =>
  npy('<f8', shape, Buffer.from(Float64Array.from(values).buffer));
const i8 = (...values: number[]) =>
  npy('<i8', [values.length], Buffer.from(BigInt64Array.from(values, BigInt).buffer));
const text = (descr: string, width: number, ...values: string[]) =>
  npy(
    descr,
    [values.length],
    Buffer.concat(
      values.map((value) => {
        const out = Buffer.alloc(width * (descr[1] === 'U' ? 4 : 1));
        if (descr[1] === 'U')
          for (const [i, letter] of [...value].entries()) out.writeUInt32LE(letter.codePointAt(0)!, 4 * i);
        else out.write(value, 'latin1');
        return out;
      }),
    ),
  );

/** Imports x (n, 2) with the given arrays beside it; gives labels, columns and warnings. */
async function labelled(n: number, arrays: Record<string, Buffer>) {
  const x = f4([n, 2], ...Array.from({ length: 2 * n }, (_, i) => i / 7));
  const zip = zipOf([
    { name: 'x.npy', data: x },
    ...Object.entries(arrays).map(([name, data]) => ({ name: `${name}.npy`, data })),
  ]);
  const outcome = await importDataset([bench.upload('d.npz', zip)], bench.context);
  const { tensors, metadata } = decodeSafetensors(readFileSync(outcome.splits[0]!.file));
  return { ...outcome, tensors, metadata, y: tensors.y ? Array.from(tensors.y.data) : null };
}
const refused = (promise: Promise<unknown>, message: RegExp) =>
  expect(promise).rejects.toMatchObject({ name: 'UserError', message: expect.stringMatching(message) });

describe('labels in whatever form are recognised and said', () => {
  it.each<[string, Buffer, number[], string[], RegExp | null]>([
    ['int64', i8(0, 2, 1), [0, 2, 1], ['0', '1', '2'], null],
    ['bytes', npy('|u1', [3], Buffer.from([2, 0, 1])), [2, 0, 1], ['0', '1', '2'], null],
    [
      'booleans',
      npy('|b1', [3], Buffer.from([1, 0, 1])),
      [1, 0, 1],
      ['0', '1'],
      /booleans: False is class 0 and True class 1/,
    ],
    [
      'booleans that are all False',
      npy('|b1', [2], Buffer.from([0, 0])),
      [0, 0],
      ['0', '1'],
      /one class only/,
    ],
    [
      'float64 whole numbers',
      f8([3], 0, 1, 2),
      [0, 1, 2],
      ['0', '1', '2'],
      /float64 whole numbers, taken as class indices/,
    ],
    [
      '(n, 1)',
      f4([3, 1], 0, 1, 1),
      [0, 1, 1],
      ['0', '1'],
      /float32 whole numbers.*; of the shape \(n, 1\), read as \(n\)/,
    ],
    [
      'one-hot floats',
      f4([2, 3], 0, 0, 1, 1, 0, 0),
      [2, 0],
      ['0', '1', '2'],
      /one-hot, \(n, 3\); the index of the 1 is the class/,
    ],
    [
      'one-hot booleans, last class absent',
      npy('|b1', [2, 3], Buffer.from([0, 1, 0, 1, 0, 0])),
      [1, 0],
      ['0', '1', '2'],
      /one-hot/,
    ],
    [
      'texts',
      text('<U5', 5, 'dog', 'Cat', 'eel'),
      [1, 0, 2],
      ['Cat', 'dog', 'eel'],
      /labels were texts; the classes are their names in plain order/,
    ],
    [
      'texts of digits that differ, though their numbers do not',
      text('<U2', 2, '1', '01', '10'),
      [1, 0, 2],
      ['01', '1', '10'],
      /labels such as 01 begin with a 0, so all are taken for names.*texts that differ are different classes/,
    ],
    ['byte texts', text('|S3', 3, 'b', 'a'), [1, 0], ['a', 'b'], /texts/],
    [
      'texts that are whole numbers',
      text('<U2', 2, '10', '2'),
      [10, 2],
      Array.from({ length: 11 }, (_, i) => String(i)),
      /texts of whole numbers, taken as class indices.*\n.*2 different numbers from 2 to 10/,
    ],
  ])('%s', async (_, array, y, classes, said) => {
    const outcome = await labelled(y.length, { y: array });
    expect([outcome.y, outcome.classes]).toEqual([y, classes]);
    if (said) expect(outcome.warnings.join('\n')).toMatch(said);
    else expect(outcome.warnings).toEqual([]);
  });

  it.each<[string, Buffer, string[], RegExp]>([
    [
      'fractions',
      f8([2], 0.5, 1),
      ['y'],
      /y\[0\] is 0\.5, which is no class index\. It is kept as the column y/,
    ],
    ['large numbers', i8(250_000, 1), ['y'], /y\[0\] is 250000, too large for the index of a class/],
    [
      'several ones',
      f4([2, 3], 1, 1, 0, 0, 0, 1),
      ['y_0', 'y_1', 'y_2'],
      /row 0 has 2 ones.*columns y_0, y_1 and y_2/,
    ],
    ['no one', f4([2, 2], 0, 1, 0, 0), ['y_0', 'y_1'], /row 1 has no 1/],
    ['shares of classes', f4([2, 2], 0.9, 0.1, 0, 1), ['y_0', 'y_1'], /row 0 holds 0\.9/],
    ['no number at all', f4([2, 0]), [], /shape \[2, 0\] and holds no number\. It is left out/],
    [
      'a single number',
      f4([], 3),
      [],
      /y is a single value; labels are one for each example\. It is left out/,
    ],
    ['a mask for each example', f4([2, 2, 2], 0, 1, 0, 0, 1, 1, 0, 0), [], /shape \[2, 2, 2\].*left out/],
  ])('no class label: %s', async (_, array, columns, said) => {
    const outcome = await labelled(2, { y: array });
    expect([outcome.y, outcome.classes, outcome.columns]).toEqual([null, [], columns]);
    expect(outcome.warnings.join('\n')).toMatch(said);
  });

  it('keeps the numbers of a target to the last digit', async () => {
    const { tensors } = await labelled(2, { y: f8([2, 2], 0.1, 24.7, 1e-9, 3) });
    expect([tensors['column.y_0'], tensors['column.y_1']]).toEqual([
      { dtype: 'F64', shape: [2], data: Float64Array.of(0.1, 1e-9) },
      { dtype: 'F64', shape: [2], data: Float64Array.of(24.7, 3) },
    ]);
  });

  it('refuses what may be "no label", with what to do', async () => {
    await refused(
      labelled(2, { y: i8(0, -1) }),
      /label of all\[1\] is -1; labels are class indices from 0\. Number the classes from 0/,
    );
    await refused(
      labelled(2, { y: f4([2], 0, Number.NaN) }),
      /label of all\[1\] is NaN; give each example a label/,
    );
    await refused(labelled(2, { y: text('<U2', 2, 'a', '') }), /label of all\[1\] is empty/);
    await refused(labelled(2, { y: i8(0, 1, 1) }), /all has 2 examples but 3 labels/);
    await refused(
      labelled(2, { y: f4([1, 2], 0, 1) }),
      /all has 2 examples but 1 labels; each example needs one/,
    );
    await refused(
      labelled(2, { y: npy('<i8', [2], Buffer.from(BigInt64Array.of(1n, 2n ** 60n).buffer)) }),
      /beyond 2\^53/,
    );
  });

  it('says when the smallest label is 1, when numbers have holes and when there is one class', async () => {
    expect((await labelled(3, { y: i8(1, 2, 3) })).warnings[0]).toMatch(
      /smallest label is 1.*class 0 has no example.*subtract 1/,
    );
    expect((await labelled(3, { y: i8(3, 7, 9) })).warnings[0]).toMatch(
      /3 different numbers from 3 to 9.*10 classes are kept, and 7 of them \(0, 1, 2, 4, 5 and 2 more\) have no example/,
    );
    expect((await labelled(2, { y: i8(4, 4) })).warnings[0]).toMatch(
      /Every label is 4: there is one class only/,
    );
  });

  it('keeps further arrays of one number for each example as columns, and names what is left out', async () => {
    const outcome = await labelled(2, {
      y: i8(0, 1),
      age: f8([2], 5.1, 6),
      ids: text('<U2', 2, 'a', 'b'),
      w: f4([3], 1, 2, 3),
    });
    expect(outcome.columns).toEqual(['age']);
    expect(outcome.tensors['column.age']).toEqual({
      dtype: 'F64',
      shape: [2],
      data: Float64Array.of(5.1, 6),
    });
    expect(outcome.warnings).toEqual([
      expect.stringMatching(/left out the arrays ids and w: neither examples/),
    ]);
    const half = await labelled(2, {
      age: npy('<f2', [2], Buffer.from(Uint16Array.of(0x4519, 0x3c00).buffer)),
    });
    expect(half.metadata).toEqual({ 'column.age': 'float16' });
    expect(half.warnings).toEqual([expect.stringMatching(/no labels were found/)]);
  });

  it('an array alone is what its name says: a split of examples, or labels, which are refused', async () => {
    const alone = (name: string, data: Buffer) =>
      importDataset([bench.upload('d.npz', zipOf([{ name: `${name}.npy`, data }]))], bench.context);
    expect((await alone('x_test', f4([2, 1], 1, 2))).splits).toMatchObject([{ name: 'test' }]);
    expect((await alone('arr_0', f4([2, 1], 1, 2))).splits).toMatchObject([{ name: 'all' }]);
    await refused(
      alone('y_train', i8(0, 1)),
      /^d\.npz\/y_train\.npy: the array y_train holds labels by its name, and there are no examples beside it; save both with numpy\.savez\(file, x=\.\.\., y=\.\.\.\), or name it x if it holds examples$/,
    );
  });

  it('says why rows of several numbers are no classes', async () => {
    expect((await labelled(2, { y: f4([2, 3], 0, 1, 0, 0.25, 0.5, 0.25) })).warnings.join()).toMatch(
      /row 1 holds 0\.25, so the rows are not one-hot/,
    );
  });

  it('says what float32 does to the values of examples', async () => {
    const of = async (x: Buffer) =>
      (await importDataset([bench.upload('x.npy', x)], bench.context)).warnings.slice(1);
    expect(await of(f8([3, 1], 1, Number.NaN, 1e39))).toEqual([
      'x.npy: all holds 1 values that are NaN or infinite, the first in all[1].',
      'x.npy: all holds 1 values that are beyond the range of float32 (3.4e38) and become infinite, the first in all[2].',
    ]);
    expect(await of(f8([4, 1], 0, 1e-44, -1e-60, 2e-60))).toEqual([
      'x.npy: all holds 2 values that are nearer to 0 than float32 holds (1e-45) and become 0, the first in all[2].',
    ]);
    expect(await of(i8(1, 2 ** 40 + 1, 3))).toEqual([
      'x.npy: all holds 1 values that are whole numbers that float32 does not hold exactly and are rounded, the first in all[1].',
    ]);
    expect(await of(i8(1, 16_777_217))).toEqual([
      'x.npy: all holds 1 values that are whole numbers that float32 does not hold exactly and are rounded, the first in all[1].',
    ]);
    expect(await of(i8(1, 16_777_216))).toEqual([]);
    // 1e8 and noise: float32 has steps of 8 there. The other feature keeps all its values.
    const noisy = Array.from({ length: 40 }, (_, i) => [1e8 + 0.05 + i / 10, i / 10]).flat();
    expect(await of(f8([40, 2], ...noisy))).toEqual([
      'x.npy: in all, the values of feature 0 lie so close together beside their size that float32 merges them (40 different values of feature 0 become 1); subtract a constant from them before saving.',
    ]);
  });

  it('reads splits of their own forms, and refuses one without', async () => {
    const x = f4([2, 2], 1, 2, 3, 4);
    const files = (y: Record<string, Buffer>) =>
      bench.upload(
        'd.npz',
        zipOf([
          { name: 'x_train.npy', data: x },
          { name: 'x_test.npy', data: x },
          ...Object.entries(y).map(([name, data]) => ({ name: `${name}.npy`, data })),
        ]),
      );
    const outcome = await importDataset(
      [
        files({
          y_train: f4([2, 3], 0, 1, 0, 1, 0, 0),
          y_test: i8(2, 0),
          w_train: i8(1, 2),
          w_test: i8(3, 4),
        }),
      ],
      bench.context,
    );
    expect(outcome).toMatchObject({ classes: ['0', '1', '2'], columns: ['w'] });
    await refused(importDataset([files({ y_train: i8(0, 1) })], bench.context), /test has no labels/);
    await refused(
      importDataset([files({ y_train: i8(0, 1), y_test: text('<U1', 1, 'a', 'b') })], bench.context),
      /its labels are numbers, those of another split are texts/,
    );
  });
});
