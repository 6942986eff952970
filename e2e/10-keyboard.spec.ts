/** What the mouse does on a board, the keyboard does. */
import { expect, test } from '@playwright/test';
import { ADA, newBoard, stateOf } from './people.ts';

test('a board can be worked on without a mouse', async ({ browser }) => {
  const context = await browser.newContext({ storageState: stateOf(ADA) });
  const page = await context.newPage();
  await page.goto(await newBoard(page, 'By keyboard'));
  await expect(page.getByRole('status', { name: 'Save state: saved' })).toBeVisible();
  // A view by a query, a note by its key.
  await page.keyboard.press('/');
  await page.keyboard.type('select stats(dense_1) from f(data)');
  await page.keyboard.press('Enter');
  const view = page.getByRole('group', { name: /^View: dense_1 · unit statistics/ });
  await expect(view).toBeVisible();
  // The palette finds commands by their words.
  await page.keyboard.press('Control+k');
  const palette = page.getByRole('dialog', { name: 'Command palette' });
  await palette.getByRole('combobox').fill('add a note');
  await page.keyboard.press('Enter');
  await expect(palette).toHaveCount(0);
  await page.keyboard.type('By hand');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('group', { name: 'Note' }).filter({ hasText: 'By hand' })).toBeVisible();
  // Undo takes back the words, then the note; redo brings both again.
  const notes = page.getByRole('group', { name: 'Note' });
  await page.keyboard.press('Control+z');
  await expect(notes.filter({ hasText: 'By hand' })).toHaveCount(0);
  await page.keyboard.press('Control+z');
  await expect(notes).toHaveCount(0);
  await page.keyboard.press('Control+Shift+z');
  await page.keyboard.press('Control+Shift+z');
  await expect(notes.filter({ hasText: 'By hand' })).toHaveCount(1);
  await context.close();
});
