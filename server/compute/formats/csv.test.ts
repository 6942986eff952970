import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeSafetensors } from '../../../core/result/index.ts';
import type { UploadedFile } from '../contract.ts';
import { importDataset } from './index.ts';
import { type Workbench, workbench } from './testing/bench.ts';

let bench: Workbench;
beforeAll(async () => {
  bench = await workbench();
});

const run = (...files: UploadedFile[]) => importDataset(files, bench.context);
const open = (file: string) => decodeSafetensors(readFileSync(file)).tensors;
const refused = (promise: Promise<unknown>, message: RegExp, code = 'invalid') =>
  expect(promise).rejects.toMatchObject({ name: 'UserError', code, message: expect.stringMatching(message) });

/** Imports one table; examples row by row, labels by name. */
async function table(text: string | Buffer, name = 't.csv') {
  const outcome = await run(bench.upload(name, text));
  const tensors = open(outcome.splits[0]!.file);
  const width = outcome.shape[0]!;
  const x = Array.from(tensors.x!.data);
  return {
    ...outcome,
    tensors,
    x: x.flatMap((_, i) => (i % width === 0 ? [x.slice(i, i + width)] : [])),
    y: tensors.y ? Array.from(tensors.y.data, (at) => outcome.classes[at]) : null,
  };
}

describe('CSV', () => {
  it('labels by name, features in order, quotes, semicolons, a byte order mark and Windows line ends', async () => {
    const text = '\ufeff"a ""x""";species;Class\r\n1.5;-2e3;"setosa, ""wild"""\r\n0;7;virginica\r\n';
    const outcome = await run(bench.upload('iris.csv', text));
    expect(outcome).toMatchObject({
      shape: [2],
      classes: ['setosa, "wild"', 'virginica'],
      columns: ['a "x"', 'species'],
      ...{ dtype: 'F32', declaredScale: null },
      warnings: [],
    });
    const tensors = open(outcome.splits[0]!.file);
    expect(Array.from(tensors.x!.data)).toEqual([1.5, -2000, 0, 7]);
    expect(Array.from(tensors['column.species']!.data)).toEqual([-2000, 7]);
    expect(Array.from(tensors.y!.data)).toEqual([0, 1]);
  });

  it('train and test share their classes; whole numbers keep their value as class index', async () => {
    const outcome = await run(
      bench.upload('train.csv', 'x,label\n1,3\n2,0\n'),
      bench.upload('test.csv', 'x,label\n1,1.0\n'),
    );
    expect(outcome.classes).toEqual(['0', '1', '2', '3']);
    expect(outcome.splits.map(({ file }) => Array.from(open(file).y!.data))).toEqual([[3, 0], [1]]);
  });

  it.each([
    ['a,b\n1,2\n3\n', /^t\.csv: row 3 has 1 cells; the header has 2/],
    ['a,b\n1,2\n3,x y\n', /row 3, column b: found "x y", expected a number/],
    ['a,b\n1,0x10\n2,3\n', /row 2, column b: found "0x10", expected a number/],
    ['a,b\n1,"1,234"\n', /row 2, column b: found "1,234", which may be a decimal or thousands/],
    ['a;b\n1;1.234,5\n', /row 2, column b: found "1\.234,5"; write numbers without separators of thousands/],
    ['a;b\n1;1,234\n2;2,345\n', /row 2, column b: found "1,234", which may be a decimal or thousands/],
    ['a;b\n1;1 234\n2;2\n', /found "1 234"; write numbers without separators of thousands/],
    ['a;b\n0,5;1\n1.5;1\n', /row 2, column a: found "0,5", but row 3, column a holds "1\.5"/],
    [
      '5.1,3.5,setosa\n4.9,3,setosa\n',
      /row 1 holds numbers \(5\.1 and 3\.5\); the first row must name the columns/,
    ],
    ['a,label\n1,2\n2,NA\n', /row 3, column label: found "NA", so the label is missing/],
    ['a,label\n1,-1\n2,1\n', /label of all\[0\] is -1; labels are class indices from 0/],
    ['a,\n1.5,2\n2.5,2\n', /row 1, column 2: the column has no name/],
    [',a\n1.5,2\n2.5,2\n', /row 1, column 1: the column has no name/],
    ['a,a\n1,2\n', /two columns are named a/],
    ['1,2\n3,4\n', /the first row must name the columns/],
    ['a,b\n', /a header but no rows/],
    ['label\n1\n', /no column of features \(numbers\) beside the label\. One column was found/],
    [
      'a label\n1 0\n',
      /the column a label holds text, such as "1 0"\. One column was found; separate cells by/,
    ],
    [
      'p,label\n10%,x\n',
      /no column of features \(numbers\) beside the label: the column p holds text, such as "10%"$/,
    ],
    ['a,label\n1,\n', /row 2, column label: the label is empty/],
    ['a,b\n"1,2\n', /row 2: a quote is opened and never closed/],
    ['a,b\n"1"x,2\n', /row 2: text follows a closing quote/],
    ['a,\n1,2\n', /row 1, column 2: the column has no name/],
  ])('%j names row and column', async (text, message) => {
    await refused(run(bench.upload('t.csv', text)), message);
  });

  it('reads back what any writer of RFC 4180 writes', async () => {
    const cell = fc
      .string({ minLength: 1, maxLength: 6 })
      .filter((text) => text.trim() === text && text !== '');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.float({ noNaN: true, noDefaultInfinity: true }), cell), {
          minLength: 1,
          maxLength: 6,
        }),
        async (rows) => {
          const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
          const text = ['v,label', ...rows.map(([value, label]) => `${value},${quoted(label)}`)].join('\n');
          const outcome = await run(bench.upload('t.csv', text));
          const { x, y } = open(outcome.splits[0]!.file);
          expect(Array.from(x!.data)).toEqual(rows.map(([value]) => value + 0)); // JavaScript prints -0 as 0.
          const whole = rows.every(([, label]) => /^(0|[1-9]\d{0,4})(\.0*)?$/.test(label));
          expect(Array.from(y!.data, (at) => outcome.classes[at])).toEqual(
            rows.map(([, label]) => (whole ? String(Number(label)) : label)),
          );
        },
      ),
      {
        numRuns: 60,
        examples: [
          [
            [
              [1, ':'],
              [2, '00'],
            ],
          ],
        ],
      },
    );
  });
});

describe('CSV as programs write it', () => {
  it('reads UTF-8, UTF-16 with its mark and Windows-1252, which it says; letters never merge', async () => {
    const text = 'a,label\n7,Münch\n2,Mönch\n3,Manch\n';
    const wide = Buffer.from(`\ufeff${text}`, 'utf16le');
    for (const bytes of [Buffer.from(text), Buffer.from(`\ufeff${text}`), wide, Buffer.from(wide).swap16()])
      expect(await table(bytes)).toMatchObject({ y: ['Münch', 'Mönch', 'Manch'], warnings: [] });
    const latin = await table(Buffer.from(text, 'latin1'));
    expect(latin.classes).toEqual(['Manch', 'Mönch', 'Münch']);
    expect(latin.warnings).toEqual([
      expect.stringMatching(/not valid UTF-8, so it was read as Windows-1252/),
    ]);
    const western = Buffer.from('a,label\n7,\x80\n2,\x93x\x94\n3,\x8a\x96\x81\n', 'latin1');
    expect((await table(western)).y).toEqual(['€', '“x”', 'Š–\x81']);
    expect((await table('a,label\n1,n\ufffd\n2,n\ufffd\n')).warnings[0]).toMatch(
      /stands for letters that were lost before the file came here/,
    );
    await refused(
      table(Buffer.from(text, 'utf16le')),
      /zero bytes, as text in UTF-16 without a byte order mark/,
    );
  });

  it.each([
    ['"width, cm";"height, cm, avg";label\n1;2;x\n3;4;y\n'],
    ['"a;b"|c|label\n1|2|x\n3|4|y\n'],
    ['a\tb, in cm, or so\tlabel\n1\t2\tx\n3\t4\ty\n'],
    ['a, b, label\n1, 2, "x"\n3, 4, "y"\n'],
    ['sep=;\na;b;label\n1;2;x\n3;4;y'],
    ['# a,b,label\n1,2,x\n3,4,y\n'],
    ['a,b,label\r1,2,x\r\n\r\n3,4,y\r\n'],
    ['a,b,label,\n1,2,x,\n,,,\n3,4,y,\n'],
  ])('finds cells in %j', async (text) => {
    expect(await table(text)).toMatchObject({
      x: [
        [1, 2],
        [3, 4],
      ],
      y: ['x', 'y'],
    });
  });

  it('says what of a row or column it left out', async () => {
    expect((await table('a,b,label,\n1,2,x,\n,,,\n3,4,y,\n')).warnings).toEqual([
      't.csv: left out 1 rows that hold no value.',
      't.csv: left out column 4 (without a name), which holds no value.',
    ]);
    expect((await table('# a,label\n7,x\n2,y\n')).warnings).toEqual([
      't.csv: the # before the header is left out.',
    ]);
  });

  it.each([
    [
      ',a,label\n0,2,x\n1,3,y\n',
      /left out the first column \(without a name\): it numbers the rows, as pandas \(its index\) and R \(row\.names\) write them/,
    ],
    ['Unnamed: 0,a,label\n5,2,x\n0,3,y\n', /left out the first column \(Unnamed: 0\): it numbers the rows/],
    ['"",a,label\nr1,2,x\nr2,3,y\n', /left out the first column \(without a name\): it names the rows/],
    [
      'id,a,label\n1,2,x\n2,3,y\n',
      /left out the first column \(id\): it counts the rows from 1\. If it is a feature/,
    ],
  ])('%j: row numbers are no feature', async (text, said) => {
    const outcome = await table(text);
    expect(outcome).toMatchObject({ columns: ['a'], x: [[2], [3]], y: ['x', 'y'] });
    expect(outcome.warnings).toEqual([expect.stringMatching(said)]);
  });

  it('keeps a first column that may be a feature, though it counts', async () => {
    const outcome = await table('t,a,label\n0,2,x\n1,3,y\n2,3,y\n');
    expect(outcome.columns).toEqual(['t', 'a']);
    expect(outcome.warnings).toEqual([
      expect.stringMatching(/first column \(t\) counts the rows from 0; it is kept/),
    ]);
    expect((await table('id,a,label\n7,2,x\n3,3,y\n')).columns).toEqual(['id', 'a']);
  });

  it('takes the header that pandas numbers for names, and says so where nothing else tells', async () => {
    expect(await table('0,1,2,label\n5,6,7,x\n8,9,1,y\n')).toMatchObject({
      columns: ['0', '1', '2'],
      warnings: [],
    });
    expect((await table('0,1,2\n5,6,7\n')).warnings[0]).toMatch(
      /first row \(0, 1 and 2\) is taken for the columns' names/,
    );
  });

  it('decimal commas are read where a semicolon separates, and said', async () => {
    const outcome = await table('a;b;label\n1,5;-0,25;x\n2;1,125e1;y\n');
    expect(outcome.x).toEqual([
      [1.5, -0.25],
      [2, 11.25],
    ]);
    expect(outcome.warnings).toEqual(['t.csv: numbers have a decimal comma; "1,5" is read as 1.5.']);
  });

  it('missing values are NaN, counted by column', async () => {
    const outcome = await table('a,b,label\n,?,x\nNA,1,x\n3,nan,y\n');
    expect(outcome.x).toEqual([
      [Number.NaN, Number.NaN],
      [Number.NaN, 1],
      [3, Number.NaN],
    ]);
    expect(outcome.warnings[0]).toBe(
      't.csv: values are missing (a 2 of 3 and b 2 of 3); they are NaN, and so is what a model makes of them.',
    );
    expect((await table('a,label\n7,None\n2,Zoe\n')).warnings).toEqual([
      't.csv: 1 labels are None, which is taken for the name of a class.',
    ]);
  });

  it('columns of text are left out by name, or are the class where they alone can be; booleans are numbers', async () => {
    const two = await table('name,sex,age,label\nAnn,f,3,x\nBob,m,4,y\n');
    expect(two).toMatchObject({ columns: ['age'], y: ['x', 'y'] });
    expect(two.warnings).toEqual([
      expect.stringMatching(/Left out the columns name and sex: text is no number/),
    ]);
    const iris = await table('w,species\n7,b\n2,a\n3,b\n4,a\n');
    expect(iris).toMatchObject({ columns: ['w'], y: ['b', 'a', 'b', 'a'] });
    expect(iris.warnings).toEqual([
      expect.stringMatching(/species, the only column of text, is taken for the class/),
    ]);
    const keys = await table('w,key\n1,b\n2,a\n');
    expect(keys).toMatchObject({ columns: ['w'], y: null });
    const flags = await table('w,flag,label\n7,True,a\n2,false,b\n');
    expect([flags.x, flags.warnings]).toEqual([
      [
        [7, 1],
        [2, 0],
      ],
      ['In flag, true is read as 1 and false as 0.'],
    ]);
  });

  it('a quantity is no class: it is kept as a column, apart from the features', async () => {
    const outcome = await table('rooms,target\n3,24.5\n4,21.6\n5,250000\n');
    expect(outcome).toMatchObject({ shape: [1], columns: ['rooms', 'target'], classes: [], y: null });
    expect(outcome.warnings).toEqual([
      expect.stringMatching(
        /target\[0\] is 24\.5, which is no class index\. It is kept as the column target/,
      ),
    ]);
    expect(outcome.tensors['column.target']).toMatchObject({
      dtype: 'F64',
      data: Float64Array.of(24.5, 21.6, 250000),
    });
    const none = await table('a,price\n7,24.5\n2,21.6\n');
    expect(none.warnings).toEqual([
      expect.stringMatching(
        /No column is named label, class, target or y, so the examples have no labels: all 2/,
      ),
    ]);
  });

  it('columns by names that every data set has are kept, with how to ask for them', async () => {
    const outcome = await table('index,loss,label\n7,0.5,0\n3,1.5,1\n');
    expect(outcome.columns).toEqual(['index', 'loss']);
    expect(outcome.warnings).toEqual([
      'index and loss are also the name of columns that every data set has; in a condition or an order, write column.index and column.loss for the one of this data set.',
    ]);
  });

  it('label goes before y where a table has both, and says so', async () => {
    const outcome = await table('x,y,label\n0.5,1.5,0\n2.5,3.5,1\n');
    expect(outcome).toMatchObject({ columns: ['x', 'y'], y: ['0', '1'] });
    expect(outcome.warnings).toEqual([
      'The class is read from label; y could be it too, and is kept as a feature.',
    ]);
    expect((await table('a,class,label\n7,u,0\n9,v,1\n')).warnings).toEqual([
      'The class is read from label; class could be it too.',
      'Left out the column class: text is no number that a model can be given. If one is the class, name it label.',
    ]);
    expect((await table('a,class,y,label\n7,u,3,0\n9,v,4,1\n')).warnings[0]).toBe(
      'The class is read from label; class and y could be it too; y is kept as a feature.',
    );
  });

  it('keeps every number of a column as it was written: in float64, or in whole numbers', async () => {
    const { tensors } = await table('a,b,c,label\n5.1,255,-3,0\n0.2,0,70000,1\n');
    expect([tensors['column.a'], tensors['column.b'], tensors['column.c']]).toEqual([
      { dtype: 'F64', shape: [2], data: Float64Array.of(5.1, 0.2) },
      { dtype: 'U8', shape: [2], data: Uint8Array.of(255, 0) },
      { dtype: 'I32', shape: [2], data: Int32Array.of(-3, 70000) },
    ]);
  });

  it('leaves out spaces around labels and says so, but merges no labels', async () => {
    const outcome = await table('a, label\n7, x\n3, y\n');
    expect([outcome.y, outcome.warnings]).toEqual([
      ['x', 'y'],
      ['t.csv: the spaces around labels are left out, of their order too.'],
    ]);
    await refused(
      table('a,label\n7,x\n3," x"\n'),
      /the labels "x" and " x" differ in the spaces around them only; write them alike/,
    );
  });

  it('says which columns are constant and which numbers are too large to be exact', async () => {
    expect((await table('a,b,label\n1,9007199254740993,0\n1,2,1\n')).warnings).toEqual([
      't.csv: the column (a) holds one value only.',
      expect.stringMatching(
        /row 2, column b holds 9007199254740993; whole numbers beyond 2\^53 are not kept exactly/,
      ),
    ]);
  });

  it('class names in plain order, with a word where natural order differs', async () => {
    const outcome = await table('a,label\n7,class_10\n2,class_2\n3,Zebra\n4,apple\n');
    expect(outcome.classes).toEqual(['Zebra', 'apple', 'class_10', 'class_2']);
    expect(outcome.warnings).toEqual([
      'Classes are in plain order (Zebra, apple, class_10 and class_2), as Keras, scikit-learn and torchvision sort names; in natural order (apple, class_2, class_10 and Zebra) their indices would differ.',
    ]);
  });
});

const cases = path.join(import.meta.dirname, '../../../../shared/cases');
describe.skipIf(!existsSync(cases))(
  'tables that once were read wrong (skipped without ../shared/cases)',
  () => {
    it.each([
      ['latin1.csv', 2, 3],
      ['quoted-header.csv', 2, 2],
      ['pandas-index.csv', 2, 2],
    ])('%s', async (name, features, classes) => {
      const outcome = await run(bench.existing(path.join(cases, name)));
      expect([outcome.shape, outcome.classes.length]).toEqual([[features], classes]);
    });
  },
);
