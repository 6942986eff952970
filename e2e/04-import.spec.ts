/** Story 4: own models and own data, dropped on the window; and what is said of files that cannot be read. */
import { expect, type Page, test } from '@playwright/test';
import { drop, type Files, gzip, idx, kerasFile, npy, png, tfjsModel, zip } from './files.ts';
import { ADA, browserOf, EMMY, newBoard, stateOf } from './people.ts';
import { complaintsOf, enter, expectPicture, viewOf } from './views.ts';

test.use({ storageState: stateOf(ADA) });

/** Names that no run before has taken. */
const stamp = Date.now().toString(36);

test('a Keras 3 file dropped on a board opens its architecture', async ({ page }, info) => {
  const complaints = complaintsOf(page);
  await enter(page, await newBoard(page, 'A Keras file'));
  await drop(page, info, { [`my net ${stamp}.keras`]: await kerasFile() });
  const graph = await expectPicture(viewOf(page, `my-net-${stamp}@0 · architecture`), 'Architecture');
  await expect(graph.getByRole('button', { name: /, Conv2D/ }).first()).toBeVisible();
  await expect(page.getByRole('list', { name: 'Models', exact: true })).toContainText(`my-net-${stamp}`);
  expect(complaints).toEqual([]);
});

test('a TensorFlow.js model comes as a zip, or as its loose files', async ({ page }, info) => {
  await enter(page, await newBoard(page, 'A TensorFlow.js model'));
  await drop(page, info, { [`zipped-${stamp}.zip`]: zip(tfjsModel()) });
  const graph = await expectPicture(viewOf(page, `zipped-${stamp}@0 · architecture`), 'Architecture');
  await expect(graph.getByRole('button', { name: /^hidden, Dense/ })).toBeVisible();
  await drop(
    page,
    info,
    Object.fromEntries(Object.entries(tfjsModel()).map(([n, d]) => [`loose-${stamp}/${n}`, d])),
  );
  await expectPicture(viewOf(page, `loose-${stamp}@0 · architecture`), 'Architecture');
});

test('data sets come as idx, npz, csv and a zip of pictures', async ({ page }, info) => {
  await enter(page, await newBoard(page, 'Own data'));
  await drop(page, info, {
    [`mini-${stamp}-train-images-idx3-ubyte.gz`]: gzip(idx([30, 4, 4], (i) => i % 251)),
    [`mini-${stamp}-train-labels-idx1-ubyte.gz`]: gzip(idx([30], (i) => i % 3)),
  });
  await expectImported(page, `mini-${stamp}-train-images-idx3-ubyte`);
  await drop(page, info, {
    [`arrays-${stamp}.npz`]: zip({
      'x_train.npy': npy([12, 5, 5, 1], (i) => i % 200),
      'y_train.npy': npy([12], (i) => i % 2),
    }),
  });
  await expectImported(page, `arrays-${stamp}`);
  await drop(page, info, {
    [`irises-${stamp}.csv`]: 'length,width,label\n1.5,2,setosa\n3,4.25,virginica\n5,6,setosa\n',
  });
  await expectImported(page, `irises-${stamp}`);
  await drop(page, info, {
    [`pets-${stamp}.zip`]: zip({
      'train/cat/1.png': png(6, 6, 40),
      'train/cat/2.png': png(6, 6, 80),
      'train/dog/1.png': png(6, 6, 200),
    }),
  });
  await expectImported(page, `pets-${stamp}`);

  await page.goto('/p/digits#data');
  const list = page.getByRole('list', { name: 'Data sets' }).getByRole('listitem');
  for (const [name, facts] of [
    [`mini-${stamp}-train-images-idx3-ubyte`, /train: 30.*4\s×\s4.*3\sclasses/],
    [`arrays-${stamp}`, /train: 12.*5\s×\s5\s×\s1.*2\sclasses/],
    [`irises-${stamp}`, /all: 3.*2\sclasses/],
    [`pets-${stamp}`, /train: 3.*6\s×\s6\s×\s1.*2\sclasses/],
  ] as const)
    await expect(list.filter({ has: page.getByText(name, { exact: true }) })).toContainText(facts);
});

/** What is dropped, and what is said of it: the file, the place, what was expected. */
const WRONG: readonly (readonly [
  what: string,
  files: () => Files | Promise<Files>,
  said: readonly RegExp[],
])[] = [
  [
    'a Keras file that was cut off',
    async () => ({ 'cut.keras': (await kerasFile()).subarray(0, 20_000) }),
    [/cut\.keras/, /its end is missing/],
  ],
  ['a text named .keras', () => ({ 'letter.keras': 'Dear reader,' }), [/letter\.keras/, /no zip archive/]],
  [
    'a model without one of its shards',
    () => without('short', 'group1-shard2of2.bin'),
    [/model\.json|short\.zip/, /group1-shard2of2\.bin/],
  ],
  [
    'a layer that nobody knows',
    () => ({ 'strange.zip': zip(tfjsModel({ layer: 'Quantum' })) }),
    [/model\.json/, /Quantum/, /hidden/],
  ],
  [
    'weights of another shape',
    () => ({ 'askew.zip': zip(tfjsModel({ kernel: [4, 3] })) }),
    [/model\.json/, /hidden\/kernel has the shape \[4, 3\]/],
  ],
  [
    'a zip bomb',
    () => ({ 'bomb.zip': zip({ 'x.npy': new Uint8Array(60 * 2 ** 20) }) }),
    [/bomb\.zip/, /unpack|larger|limit/],
  ],
  [
    'a path that climbs out',
    () => ({ 'climber.zip': zip({ '../../evil.npy': npy([2], () => 1) }) }),
    [/climber\.zip/, /\.\.\/\.\.\/evil\.npy/],
  ],
  [
    'IDX that promises more than it holds',
    () => ({ 'half-images-idx3-ubyte': idx([20, 8, 8], () => 1).subarray(0, 500) }),
    [/half-images-idx3-ubyte/, /\[20, 8, 8\]/, /found 484/],
  ],
  [
    'an archive without examples',
    () => ({ 'nothing.npz': zip({ 'theta.npy': npy([3], () => 1), 'rho.npy': npy([3], () => 1) }) }),
    [/nothing\.npz/, /x_train/, /theta/],
  ],
  [
    'a table with a word among its numbers',
    () => ({ 'typo.csv': 'length,width,label\n1,2,a\n3,oops,b\n' }),
    [/typo\.csv/, /row 3, column width/, /oops/],
  ],
  [
    'a picture that is none',
    () => ({ 'album.zip': zip({ 'cat/1.png': png(4, 4, 9), 'dog/1.png': 'not a picture' }) }),
    [/dog\/1\.png/],
  ],
  ['a paper', () => ({ 'thesis.pdf': '%PDF-1.7' }), [/thesis\.pdf/, /no format that can be read/]],
];

test('wrong, cut and hostile files are named with their place, and leave nothing behind', async ({
  page,
}, info) => {
  await enter(page, await newBoard(page, 'Wrong files'));
  const before = await everythingOf(page);
  const imports = page.getByRole('region', { name: 'Imports' });
  for (const [what, files, said] of WRONG)
    await test.step(what, async () => {
      await drop(page, info, await files());
      const fault = imports.getByRole('alert');
      await expect(fault).toContainText('was not imported');
      for (const words of said) await expect(fault).toContainText(words);
      await fault.getByRole('button', { name: 'Dismiss' }).click();
      await expect(imports).toHaveCount(0);
    });
  expect(await everythingOf(page)).toEqual(before);
  await drop(page, info, { [`sound-${stamp}.zip`]: zip(tfjsModel()) });
  await expectPicture(viewOf(page, `sound-${stamp}@0 · architecture`), 'Architecture');
});

test('a model with NaN in its weights says so', async ({ page }, info) => {
  await enter(page, await newBoard(page, 'NaN'));
  await drop(page, info, { [`sick-${stamp}.zip`]: zip(tfjsModel({ weights: [1, Number.NaN] })) });
  await expect(page.getByText(/hidden\/kernel.*NaN|NaN.*hidden\/kernel/).first()).toBeVisible();
});

test('a viewer is told why nothing is imported', async ({ browser }, info) => {
  const owner = await browserOf(browser, ADA);
  const board = await newBoard(await owner.newPage(), 'Only to look at');
  await owner.close();
  const context = await browserOf(browser, EMMY);
  const page = await context.newPage();
  await enter(page, board);
  const before = await everythingOf(page);
  await drop(page, info, { 'net.zip': zip(tfjsModel()) });
  await expect(page.getByRole('region', { name: 'Imports' })).toContainText('Only editors can import');
  expect(await everythingOf(page)).toEqual(before);
  await context.close();
});

function without(name: string, file: string): Files {
  const { [file]: _, ...rest } = tfjsModel();
  return { [`${name}.zip`]: zip(rest) };
}

/** Names of all models and data sets, and how often a worker had to be started anew. */
async function everythingOf(page: Page): Promise<unknown> {
  const get = async (route: string) => (await page.request.get(`/api/v1/${route}`)).json();
  const names = (all: readonly { name: string }[]) => all.map(({ name }) => name);
  const { status, workers } = await get('health');
  return {
    models: names(await get('projects/digits/models')),
    datasets: names(await get('projects/digits/datasets')),
    status,
    restarts: workers.restarts,
  };
}

async function expectImported(page: Page, name: string): Promise<void> {
  await expect(page.getByText(`${name} is imported`, { exact: true }).first()).toBeVisible();
}
