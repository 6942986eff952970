/** Story 19: how values reach a model is shown with its evidence, changed for everybody, and put back. */
import { expect, test } from '@playwright/test';
import { ADA, browserOf, EMMY, newBoard, stateOf } from './people.ts';
import { ask } from './together.ts';
import { enter, expectPicture, viewOf } from './views.ts';

test.use({ storageState: stateOf(ADA) });

const TITLE = 'digits-cnn@20 · confusion · suspect.test';

test('preprocessing has its evidence, is changed for everybody, and is put back as proposed', async ({
  page,
  browser,
}) => {
  const board = await newBoard(page, 'How values are given');
  await enter(page, board);
  await ask(page, 'select confusion() from digits-cnn@20(suspect.test)');
  const foot = viewOf(page, TITLE).getByText(/^accuracy/);
  await expectPicture(viewOf(page, TITLE), 'Confusion');
  const before = await foot.textContent();

  await page.getByRole('button', { name: 'Preprocessing' }).click();
  const dialog = page.getByRole('dialog', { name: 'Preprocessing' });
  await expect(dialog).toContainText('The data file says that its values are to be divided by 16.');
  await dialog.getByRole('radio', { name: '−1 to 1' }).click();
  await expect(dialog).toContainText('Chosen by a member of the project');
  await dialog.getByRole('button', { name: 'Done' }).click();
  await expect(foot).not.toHaveText(before ?? '');

  // A viewer sees the same numbers and what they rest on, and changes nothing.
  const context = await browserOf(browser, EMMY);
  const other = await context.newPage();
  await enter(other, board);
  const shown = viewOf(other, TITLE);
  await expectPicture(shown, 'Confusion');
  await expect(shown.getByText(/^accuracy/)).toHaveText((await foot.textContent()) ?? '');

  await page.getByRole('button', { name: 'Preprocessing' }).click();
  await dialog.getByRole('button', { name: 'All as proposed' }).click();
  await expect(dialog.getByRole('button', { name: 'All as proposed' })).toHaveCount(0);
  await dialog.getByRole('button', { name: 'Done' }).click();
  await expect(foot).toHaveText(before ?? '');
  await expect(shown.getByText(/^accuracy/)).toHaveText(before ?? '');
  await context.close();
});
