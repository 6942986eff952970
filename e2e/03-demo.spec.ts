/** Story 3: the demo project, its four models, and boards that walk to the neurons at fault; numbers that are known. */
import { readFile } from 'node:fs/promises';
import { expect, type Locator, test } from '@playwright/test';
import { ADA, openBoard, stateOf } from './people.ts';
import { notes, views } from './together.ts';
import { complaintsOf, expectPicture, viewOf } from './views.ts';

test.use({ storageState: stateOf(ADA) });

test('the project holds four models with their checkpoints and metrics, and two data sets', async ({
  page,
}) => {
  const complaints = complaintsOf(page);
  await page.goto('/p/digits#models');
  // Layers, parameters, checkpoints, validation.
  for (const [name, ...facts] of [
    ['digits-cnn', '9', /^9.258$/, '10', '98.6 %'],
    ['digits-cnn-relu', '10', /^9.258$/, '10', '60.2 %'],
    ['digits-vae', '8', /^9.936$/, '10', /^loss \d/],
    ['suspect-cnn', '9', /^9.258$/, '6', '97.2 %'],
  ] as const) {
    const row = page.getByRole('row').filter({ has: page.getByRole('link', { name, exact: true }) });
    const cells = row.getByRole('cell');
    for (const [i, fact] of facts.entries()) await expect(cells.nth(i + 2)).toHaveText(fact);
  }
  await page.getByRole('tab', { name: /^Data/ }).click();
  const sets = page.getByRole('list', { name: 'Data sets' }).getByRole('listitem');
  const clean = sets.filter({ hasText: /^digits/ });
  await expect(clean).toContainText(/train: 1.438 · test: 359/);
  await expect(clean).toContainText('8 × 8 × 1');
  await expect(clean).toContainText('10 classes');
  await expect(clean).toContainText('UCI');
  await expect(sets.filter({ hasText: /^suspect/ })).toContainText(
    /train: 1.438 · test: 359 · triggered: 322/,
  );
  expect(complaints).toEqual([]);
});

test('the walk shows every picture, and the numbers that are known', async ({ page }) => {
  const complaints = complaintsOf(page);
  await openBoard(page, 'Why is B worse than A?');
  await page.keyboard.press('Shift+1');
  await expect(notes(page)).toHaveCount(6);
  await expect(views(page)).toHaveCount(12);

  const a = await expectPicture(viewOf(page, 'digits-cnn · training curves'), 'Metrics');
  await expect(a.getByRole('img', { name: /val_accuracy ends at 0.986/ })).toBeVisible();
  const b = await expectPicture(viewOf(page, 'digits-cnn-relu · training curves'), 'Metrics');
  await expect(b.getByRole('img', { name: /val_accuracy ends at 0.602/ })).toBeVisible();

  const good = await expectPicture(viewOf(page, 'digits-cnn@20 · confusion · digits.test'), 'Confusion');
  await expect(good).toContainText('accuracy 98.6 %');
  const bad = await expectPicture(viewOf(page, 'digits-cnn-relu@20 · confusion · digits.test'), 'Confusion');
  await expect(bad).toContainText('n = 359');
  await expect(bad).toContainText('accuracy 60.2 %');

  const graph = await expectPicture(viewOf(page, 'digits-cnn-relu@20 · architecture'), 'Architecture');
  await expect(graph.getByRole('button', { name: /^relu, Activation/ })).toBeVisible();
  await expectPicture(viewOf(page, 'logits · units by class · digits.test'), 'Class means');
  const stats = await expectPicture(viewOf(page, 'relu · unit statistics · digits.test'), 'Unit statistics');
  for (const unit of [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]) {
    const row = stats.getByRole('row', { name: new RegExp(`^relu#${unit} `) });
    await expect(row).toHaveAccessibleName([1, 4, 8, 9].includes(unit) ? /dead/ : /^(?!.*dead)/);
  }
  const spread = await expectPicture(viewOf(page, 'relu · distribution · digits.test'), 'Distribution');
  await expect(spread.getByRole('img', { name: /90.7 % zeros/ })).toBeVisible();
  for (const layer of ['logits', 'relu']) {
    const space = await expectPicture(
      viewOf(page, `${layer} · example space · digits.test`),
      'Example space',
    );
    await expect(space.getByRole('img', { name: new RegExp(`^359 examples of ${layer}`) })).toBeVisible();
    await expect(space.getByText('This browser gives no WebGL')).toHaveCount(0);
  }
  await expectPicture(viewOf(page, 'conv2d_1 · activations · digits.test[14]'), 'Feature maps');
  const wrong = await expectPicture(
    viewOf(page, 'digits-cnn-relu@20 · prediction · digits.test[14]'),
    'Prediction',
  );
  await expect(wrong).toContainText('4 taken for 0');
  expect(complaints).toEqual([]);
});

test('B predicts 0 for 170 of 359 digits, and 1, 4, 8 and 9 never', async ({ page }) => {
  await openBoard(page, 'Why is B worse than A?');
  await page.keyboard.press('Shift+1');
  const view = viewOf(page, 'digits-cnn-relu@20 · confusion · digits.test');
  const picture = await expectPicture(view, 'Confusion');

  const counts = await matrixOf(view);
  const predicted = columnSums(counts);
  expect(predicted[0]).toBe(170);
  expect(predicted.map((n, label) => (n === 0 ? label : -1)).filter((label) => label >= 0)).toEqual([
    1, 4, 8, 9,
  ]);
  expect(predicted.reduce((a, n) => a + n, 0)).toBe(359);

  // The same by selecting the column of class 0: its examples light up in the space of the last layer.
  const cells = picture.getByRole('group', { name: /^Confusion of 10 classes/ });
  await cells.focus();
  await cells.press('ArrowDown');
  await cells.press('ArrowUp');
  await expect(cells).toContainText('predicted 0');
  await cells.press('Enter');
  await expect(viewOf(page, 'relu · example space · digits.test')).toContainText('170 selected');
});

test('the second board walks through the latent space of the autoencoder', async ({ page }) => {
  const complaints = complaintsOf(page);
  await openBoard(page, 'Dead axes in the latent space');
  await page.keyboard.press('Shift+1');
  await expect(views(page)).toHaveCount(6);
  await expectPicture(viewOf(page, 'digits-vae · training curves'), 'Metrics');
  await expectPicture(viewOf(page, 'digits-vae@20 · architecture'), 'Architecture');
  const stats = await expectPicture(
    viewOf(page, 'z_mean · unit statistics · digits.test'),
    'Unit statistics',
  );
  await expect(stats.getByText(/^\d+ of \d+ dead$/)).toBeVisible();
  await expectPicture(viewOf(page, 'z_mean · units by class · digits.test'), 'Class means');
  await expectPicture(viewOf(page, 'z_mean · example space · digits.test'), 'Example space');
  await expectPicture(viewOf(page, 'encoder_1 · neuron space · digits.test'), 'Neuron space');
  expect(complaints).toEqual([]);
});

/** Counts by true and predicted class, from the file that the view's menu exports. */
async function matrixOf(view: Locator): Promise<number[][]> {
  const page = view.page();
  await view.getByRole('button', { name: /^Menu of/ }).click();
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: 'Export CSV' }).click(),
  ]);
  const lines = (await readFile(await file.path(), 'utf8')).split('\n');
  const counts = Array.from({ length: 10 }, () => Array<number>(10).fill(0));
  const start = lines.findIndex((line) => line.endsWith(',counts')) + 1;
  for (const line of lines.slice(start, start + 100)) {
    const [row = 0, column = 0, count = 0] = line.split(',').map(Number);
    const cells = counts[row];
    if (cells) cells[column] = count;
  }
  return counts;
}

function columnSums(counts: readonly (readonly number[])[]): number[] {
  return (counts[0] ?? []).map((_, column) => counts.reduce((sum, row) => sum + (row[column] ?? 0), 0));
}
