/** Every picture of the query algebra, on the demo's own model and data. */
import { expect, test } from '@playwright/test';
import { ALGEBRA_CASES } from './lenses.ts';
import { ADA, newBoard, stateOf } from './people.ts';
import { ask, views } from './together.ts';
import { complaintsOf, enter, expectPicture, viewOf } from './views.ts';

test.use({ storageState: stateOf(ADA) });

test('every lens of the algebra shows its picture', async ({ page }) => {
  test.setTimeout(180_000);
  const complaints = complaintsOf(page);
  await enter(page, await newBoard(page, 'Every lens of the algebra'));
  for (const { query, title, lens, says } of ALGEBRA_CASES) {
    await ask(page, query);
    const picture = await expectPicture(viewOf(page, title), lens);
    await expect(picture).toContainText(says);
  }
  await page.keyboard.press('Shift+1');
  await expect(views(page)).toHaveCount(ALGEBRA_CASES.length);
  expect(complaints).toEqual([]);
});
