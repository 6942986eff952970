/** Story 21: nothing that was written is lost without a word: closing the page offline, and removals meanwhile. */
import { expect, test } from '@playwright/test';
import { ADA, GRACE, newBoard, stateOf } from './people.ts';
import { notes, saveMark, sit, writeNote } from './together.ts';
import { enter } from './views.ts';

test.use({ storageState: stateOf(ADA) });

test('what was written offline is there when the board is opened again, also for others', async ({
  page,
  context,
  browser,
}) => {
  const path = await newBoard(page, 'Closed offline');
  await enter(page, path);
  await writeNote(page, 'saved before');
  await expect(saveMark(page)).toHaveText('saved');
  await context.setOffline(true);
  await writeNote(page, 'written offline');
  await expect(saveMark(page)).toContainText(/offline \(\d+ changes? kept here\)/);
  // Leaving asks first; whoever leaves all the same loses nothing.
  let asked = false;
  page.on('dialog', (dialog) => {
    asked = dialog.type() === 'beforeunload';
    void dialog.accept();
  });
  await page.close({ runBeforeUnload: true });
  await expect.poll(() => asked && page.isClosed()).toBe(true);
  await context.setOffline(false);

  const again = await context.newPage();
  await enter(again, path);
  await expect(notes(again).filter({ hasText: 'written offline' })).toBeVisible();
  await expect(again.getByText(/that you made before, and that w(as|ere) not saved/).first()).toBeVisible();
  await expect(saveMark(again)).toHaveText('saved');
  const grace = await sit(browser, GRACE, path);
  await expect(notes(grace.page).filter({ hasText: 'written offline' })).toBeVisible();
  await grace.context.close();
});

test('a note that somebody removed while one wrote in it is offered back', async ({
  page,
  context,
  browser,
}) => {
  const path = await newBoard(page, 'Removed meanwhile');
  await enter(page, path);
  await writeNote(page, 'the first half');
  await expect(saveMark(page)).toHaveText('saved');
  const grace = await sit(browser, GRACE, path);
  await expect(notes(grace.page)).toHaveCount(1);
  await context.setOffline(true);
  await notes(page).filter({ hasText: 'the first half' }).dblclick();
  const editor = page.getByRole('textbox', { name: 'Note text' });
  await editor.press('End');
  await editor.pressSequentially(', and the second');
  await editor.press('Escape');
  await notes(grace.page).click();
  await grace.page.keyboard.press('Delete');
  await expect(notes(grace.page)).toHaveCount(0);
  await expect(saveMark(grace.page)).toHaveText('saved');
  await context.setOffline(false);
  const offered = page.getByRole('region', { name: 'Removed while you wrote' });
  await expect(offered).toContainText('the first half, and the second');
  await page.screenshot({ path: test.info().outputPath('offered.png') });
  await offered.getByRole('button', { name: 'Put it back' }).click();
  await expect(offered).toHaveCount(0);
  await expect(notes(page).filter({ hasText: 'the first half, and the second' })).toBeVisible();
  await expect(notes(grace.page).filter({ hasText: 'the first half, and the second' })).toBeVisible();
  await grace.context.close();
});
