/** Story 6: one checkpoint, one class, one selection, seen in every view, and on the screens of those who follow. */
import { expect, type Locator, type Page, test } from '@playwright/test';
import { boxOf } from './hands.ts';
import { ADA, browserOf, GRACE, newBoard, stateOf } from './people.ts';
import { ask, lookOf } from './together.ts';
import { choose, complaintsOf, enter, expectPicture, viewOf } from './views.ts';

test.use({ storageState: stateOf(ADA) });

test('the checkpoint slider changes f, and every view of f follows', async ({ page, browser }) => {
  const address = await newBoard(page, 'Checkpoints');
  await enter(page, address);
  const other = await browserOf(browser, GRACE);
  const grace = await other.newPage();
  await enter(grace, address);
  await ask(page, 'select confusion() from f(data)');
  await ask(page, 'select stats(dense_1) from f(data)');
  const at20 = await expectPicture(viewOf(page, 'digits-cnn@20 · confusion · digits.test'), 'Confusion');
  await expect(at20).toContainText('accuracy 98.6 %');

  const slider = page.getByRole('slider', { name: 'Checkpoint of digits-cnn' });
  await slider.focus();
  await page.keyboard.press('Home');
  const at0 = await expectPicture(viewOf(page, 'digits-cnn@0 · confusion · digits.test'), 'Confusion');
  await expect(at0).toContainText('accuracy 11.7 %');
  await expect(page.getByText('step 0 · val_accuracy 0.117')).toBeVisible();
  await expectPicture(viewOf(page, 'dense_1 · unit statistics · digits.test'), 'Unit statistics');
  // The board's own: everyone sees it.
  await page.keyboard.press('Shift+1');
  await expectPicture(viewOf(grace, 'digits-cnn@0 · confusion · digits.test'), 'Confusion');

  // By hand, to the right end.
  const track = await boxOf(slider);
  await page.mouse.move(track.x + track.width / 2, track.y + track.height / 2);
  await page.mouse.down();
  await page.mouse.move(track.x + 90, track.y + track.height / 2, { steps: 5 });
  await expect(page.getByText(/step [1-9]\d* · val_accuracy/)).toBeVisible();
  await page.mouse.move(track.x + 300, track.y + track.height / 2, { steps: 5 });
  await page.mouse.up();
  await expectPicture(viewOf(page, 'digits-cnn@20 · confusion · digits.test'), 'Confusion');
  await other.close();
});

test('the class selector narrows what can be narrowed', async ({ page }) => {
  await enter(page, await newBoard(page, 'Classes'));
  await ask(page, 'select images() from f(data) limit 359');
  await ask(page, 'select predict() from f(data)');
  const pictures = await expectPicture(viewOf(page, 'digits-cnn@20 · examples · digits.test'), 'Pictures');
  await expectPicture(viewOf(page, 'digits-cnn@20 · prediction · digits.test'), 'Examples');
  await expect(pictures).toContainText('359 examples');
  await choose(page.getByRole('combobox', { name: 'Class' }), '7');
  await expect(pictures).toContainText('36 examples');
  await expect(page.getByRole('grid', { name: 'Predictions for 36 examples' })).toBeVisible();
  await choose(page.getByRole('combobox', { name: 'Class' }), 'All classes');
  await expect(pictures).toContainText('359 examples');
});

test('a cell of the confusion matrix selects its examples in every view', async ({ page }) => {
  const complaints = complaintsOf(page);
  await enter(page, await newBoard(page, 'A cell'));
  await ask(page, 'select confusion() from digits-cnn-relu@20(digits.test)');
  await ask(page, 'select examples(relu) from digits-cnn-relu@20(digits.test) using pca(dims=3)');
  await ask(page, 'select predict() from digits-cnn-relu@20(digits.test)');
  await page.keyboard.press('Shift+1');
  const matrix = await expectPicture(
    viewOf(page, 'digits-cnn-relu@20 · confusion · digits.test'),
    'Confusion',
  );
  const space = await expectPicture(viewOf(page, 'relu · example space · digits.test'), 'Example space');
  await expectPicture(viewOf(page, 'digits-cnn-relu@20 · prediction · digits.test'), 'Examples');

  const cells = matrix.getByRole('group', { name: /^Confusion of 10 classes/ });
  await cells.focus();
  for (let i = 0; i < 5; i++) await cells.press('ArrowDown');
  await expect(cells).toContainText('true 4, predicted 0');
  const said = (await cells.textContent()) ?? '';
  const count = Number(/predicted 0\s*(\d+) of 36/.exec(said)?.[1]);
  expect(count).toBeGreaterThan(5);
  await cells.press('Enter');
  await expect(space).toContainText(`${count} selected`);
  await expect(page.getByRole('list', { name: 'Selected points' }).getByRole('listitem')).toHaveCount(count);
  const details = page.getByRole('complementary', { name: 'Details' });
  await expect(details).toContainText(`and ${count - 1} more selected`);
  await page.keyboard.press('Escape');
  await expect(space).not.toContainText('selected');
  expect(complaints).toEqual([]);
});

test('a click on a point selects its example everywhere, and queries about x follow', async ({ page }) => {
  await enter(page, await newBoard(page, 'A point'));
  await ask(page, 'select examples(logits) from f(data) using pca(dims=3)');
  await ask(page, 'select predict() from f(data)');
  await page.keyboard.press('Shift+1');
  const space = await expectPicture(viewOf(page, 'logits · example space · digits.test'), 'Example space');
  const example = await clickPoint(page, space);
  await expect(space).toContainText('1 selected');
  await expect(page.getByRole('region', { name: 'Selected example' })).toContainText(example);
  await expect(page.getByRole('row', { selected: true })).toContainText(example.replace(/^.*\[/, '['));
  await ask(page, 'select activation(conv2d_1) from f(x)');
  await expectPicture(viewOf(page, `conv2d_1 · activations · ${example}`), 'Feature maps');
});

test('a lasso selects many, a legend sets a class apart, a column colours', async ({ page }) => {
  await enter(page, await newBoard(page, 'A lasso'));
  await ask(page, 'select examples(logits) from f(data) using pca(dims=2)');
  const space = await expectPicture(viewOf(page, 'logits · example space · digits.test'), 'Example space');
  const { x, y, width, height } = await boxOf(space.getByRole('img', { name: /^\d+ examples of/ }));
  await page.keyboard.down('Shift');
  await page.mouse.move(x + 20, y + 20);
  await page.mouse.down();
  for (const [dx, dy] of [
    [width / 2, 20],
    [width / 2, height / 2],
    [width / 2, height - 20],
    [20, height - 20],
    [20, 30],
  ] as const)
    await page.mouse.move(x + dx, y + dy, { steps: 4 });
  await page.mouse.up();
  await page.keyboard.up('Shift');
  await expect(space).toContainText(/\d+ selected/);
  const some = Number(/(\d+) selected/.exec((await space.textContent()) ?? '')?.[1]);
  expect(some).toBeGreaterThan(20);
  expect(some).toBeLessThan(339);

  const legend = space.getByRole('list', { name: 'Legend: class' }).getByRole('button', { name: '7 36' });
  await legend.click();
  await expect(legend).toHaveAttribute('aria-pressed', 'true');
  await choose(space.getByRole('combobox', { name: 'Colour by' }), 'prediction');
  await expect(space.getByRole('img', { name: /coloured by prediction/ })).toBeVisible();
});

test('a unit chosen in one picture is chosen in all, and leads to its layer', async ({ page }) => {
  await enter(page, await newBoard(page, 'A unit'));
  await ask(page, 'select graph() from f');
  await ask(page, 'select units(logits) from f(data) using pca(dims=3)');
  await ask(page, 'select stats(logits) from f(data)');
  await page.keyboard.press('Shift+1');
  const stats = await expectPicture(
    viewOf(page, 'logits · unit statistics · digits.test'),
    'Unit statistics',
  );
  const space = await expectPicture(viewOf(page, 'logits · neuron space · digits.test'), 'Neuron space');
  await stats.getByRole('row', { name: /^logits#4 / }).click();
  await expect(space).toContainText('1 selected');
  await expect(space.getByRole('list', { name: 'Selected points' })).toContainText('digits-cnn@20/logits#4');
  await expect(page.getByRole('navigation', { name: 'Levels' })).toContainText('#4');

  // By keyboard from the space: the next unit, and the table follows.
  const cloud = space.getByRole('group', { name: /^Points\./ });
  await cloud.focus();
  await cloud.press('PageDown');
  await cloud.press('Space');
  await expect(stats.getByRole('row', { selected: true })).toHaveAccessibleName(/^logits#0 /);
  await page.getByRole('navigation', { name: 'Levels' }).getByRole('button', { name: 'logits' }).click();
  const graph = viewOf(page, 'digits-cnn@20 · architecture');
  await expect(graph.getByRole('button', { name: /^logits, / })).toHaveAttribute('aria-pressed', 'true');
});

/** Looks for a point with the pointer, as a hand does, and clicks it; the address that its card shows. */
async function clickPoint(page: Page, space: Locator): Promise<string> {
  const { x, y, width, height } = await boxOf(space.getByRole('img', { name: /^\d+ examples of/ }));
  for (let i = 0; i < 200; i++) {
    const angle = i * 0.7;
    const far = (i / 200) * Math.min(width, height) * 0.45;
    await page.mouse.move(x + width / 2 + far * Math.cos(angle), y + height / 2 + far * Math.sin(angle));
    const card = space.getByText(/^digits\.test\[\d+\]$/);
    if ((await card.count()) === 0) continue;
    const text = (await card.first().textContent()) ?? '';
    await page.mouse.down();
    await page.mouse.up();
    return text;
  }
  throw new Error('no point was found');
}

test('who follows sees the same place and the same selection', async ({ page, browser }) => {
  const address = await newBoard(page, 'Following');
  await enter(page, address);
  await ask(page, 'select graph() from f');
  await ask(page, 'select stats(dense_1) from f(data)');
  await page.keyboard.press('Shift+1');
  const other = await browserOf(browser, GRACE);
  const grace = await other.newPage();
  await enter(grace, address);
  await grace.getByRole('button', { name: 'Follow Ada Lovelace' }).click();
  await expect(page.getByText('Grace Hopper follows you')).toBeVisible();

  const graph = await expectPicture(viewOf(page, 'digits-cnn@20 · architecture'), 'Architecture');
  await graph.getByRole('button', { name: /^conv2d_2, / }).click();
  const theirs = await expectPicture(viewOf(grace, 'digits-cnn@20 · architecture'), 'Architecture');
  await expect(theirs.getByRole('button', { name: /^conv2d_2, / })).toHaveAttribute('aria-pressed', 'true');
  const together = async () => (await lookOf(grace)) === (await lookOf(page));
  await expect.poll(together).toBe(true);
  const before = await lookOf(page);
  await page.mouse.move(640, 100);
  await page.mouse.wheel(60, 40);
  await expect.poll(() => lookOf(grace)).not.toBe(before);
  await expect.poll(together).toBe(true);

  // A unit, chosen in a table.
  const stats = await expectPicture(
    viewOf(page, 'dense_1 · unit statistics · digits.test'),
    'Unit statistics',
  );
  await stats.getByRole('row', { name: /^dense_1#3 / }).click();
  await expect(grace.getByRole('row', { selected: true })).toContainText('dense_1#3');
  await expect(grace.getByRole('navigation', { name: 'Levels' })).toContainText('#3');

  // Own movement ends it.
  await grace.mouse.move(640, 60);
  await grace.mouse.wheel(0, 50);
  await expect(page.getByText('Grace Hopper follows you')).toHaveCount(0);
  await other.close();
});
