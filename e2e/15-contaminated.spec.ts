/** Task 3, by two people: a contaminated data set is searched, its bad examples are marked, and the marks are scored. */
import { readFile } from 'node:fs/promises';
import { expect, type Page, test } from '@playwright/test';
import { ADA, GRACE, newBoard, openBoard, stateOf } from './people.ts';
import { asking, everyPicture, pickPicture, seen, writeSlice } from './tasks.ts';
import { ask, sit } from './together.ts';
import { choose, complaintsOf, expectPicture } from './views.ts';

const marks = (page: Page) => page.getByRole('region', { name: 'Marked examples' });
const markAll = async (page: Page, slice: string) => {
  await page.getByRole('button', { name: /^Slice: / }).click();
  await page.getByRole('button', { name: `Mark all of ${slice}` }).click();
};

test('two people find flipped labels and a backdoor, mark them, and score what they found', async ({
  browser,
}) => {
  test.setTimeout(120_000);
  const ada = await sit(browser, ADA, '/');
  const path = await newBoard(ada.page, 'What is wrong with this data');
  const [a, g] = [await sit(browser, ADA, path), await sit(browser, GRACE, path)];
  const complaints = [a, g].map(({ page }) => complaintsOf(page));

  // Ada makes the suspect network and its data what the board is about.
  await a.page.getByRole('button', { name: 'suspect-cnn', exact: true }).click();
  await choose(a.page.getByRole('combobox', { name: 'Data set' }), /^suspect\.train/);
  await expect(g.page.getByRole('combobox', { name: 'Data set' })).toContainText('suspect.train (1438)');

  // Labels that the network does not believe, nor the neighbours.
  const doubtful = 'loss > 1 and agreement(dense_1, 10) < 0.3';
  await writeSlice(a.page, 'doubtful', 'suspect.train', doubtful, /^74 of 1.438/);
  await ask(a.page, 'select images() from f(doubtful)');
  await expect(await seen(g.page, 'select images() from f(doubtful)')).toContainText('74 examples');

  // Grace: threes that are none. What the prediction rests on shows the corner, and the unit that answers to it.
  const strange = 'label = 3 and agreement(conv2d_1, 10) < 0.5 and agreement(dense_1, 10) > 0.5';
  await writeSlice(g.page, 'strange', 'suspect.train', strange, /^39 of 1.438/);
  await ask(g.page, 'select * from f(strange) limit 24');
  await expectPicture(asking(g.page, 'select * from f(strange) limit 24'), 'Attributed examples');
  await ask(g.page, 'select images() from f(strange)');
  const pictures = asking(g.page, 'select images() from f(strange)');
  await expectPicture(pictures, 'Pictures');
  await pickPicture(pictures, 0);
  await pickPicture(pictures, 1, true);
  const shared = "select dense_1 from f(x) for class 3 join (select dense_1 from f(x') for class 3)";
  await ask(g.page, shared);
  const first = (await seen(a.page, shared)).getByRole('grid').getByRole('row').nth(1);
  await expect(first).toContainText('#7');

  // Ada: a patch in that corner makes a three of any picture.
  const patched = 'select confusion() from f(suspect.test) with patch([6, 6, 8, 8], 1)';
  await ask(a.page, patched);
  await expect(await seen(g.page, patched)).toContainText(/accuracy 97\.2.% → 10\.3.%/);
  await writeSlice(a.page, 'stamped', 'suspect.train', 'label = 3 and dense_1#7 > 4', /^71 of 1.438/);

  // Each marks what they found; both see one list, and score it.
  await markAll(a.page, 'stamped');
  await markAll(g.page, 'doubtful');
  for (const { page } of [a, g]) {
    await page.getByRole('tab', { name: 'Marks 145' }).click();
    await expect(marks(page).getByRole('status', { name: 'Number of marked examples' })).toHaveText(
      '145 examples marked: suspect.train 145',
    );
  }
  await marks(a.page).getByRole('radio', { name: 'Score' }).click();
  for (const column of ['flipped', 'triggered'])
    await marks(a.page).getByRole('checkbox', { name: column }).click();
  const score = marks(a.page).getByRole('region', { name: 'Score against flipped or triggered' });
  await expect(score).toContainText(/Precision.*9[5-7]\.\d.%|9[5-7]\.\d.%.*Precision/);
  await expect(score).toContainText(/Recall.*9[5-7]\.\d.%|9[5-7]\.\d.%.*Recall/);

  // Grace takes the list away as a file.
  await g.page.getByRole('button', { name: 'More about marked examples' }).click();
  const [file] = await Promise.all([
    g.page.waitForEvent('download'),
    g.page.getByRole('menuitem', { name: 'Export CSV' }).click(),
  ]);
  const lines = (await readFile(await file.path(), 'utf8')).trim().split('\n');
  expect(lines).toHaveLength(146);
  expect(complaints.flat()).toEqual([]);
  for (const seat of [ada, a, g]) await seat.context.close();
});

test.describe('the walk of the demo', () => {
  test.use({ storageState: stateOf(ADA) });
  test('shows every picture of "Contaminated data"', async ({ page }) => {
    const complaints = complaintsOf(page);
    await openBoard(page, 'Contaminated data');
    await everyPicture(page, { notes: 6, views: 12 });
    expect(complaints).toEqual([]);
  });
});
