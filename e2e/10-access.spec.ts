/** Every screen passes axe, in both themes; what the mouse does, the keyboard does. */
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { ADA, stateOf } from './people.ts';
import { makePlaces, type Places, screensOf } from './screens.ts';

let places: Places;
test.beforeAll(async ({ browser }) => {
  places = await makePlaces(browser);
});

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** What breaks WCAG 2.2 A and AA, told in one line a place. */
async function violations(page: Page): Promise<string[]> {
  const all = await new AxeBuilder({ page }).withTags(RULES).disableRules('target-size').analyze();
  // On a canvas that is zoomed out everything is small; what can be done there can be done at full size, or in a panel.
  const sizes = await new AxeBuilder({ page })
    .withRules('target-size')
    .exclude('.react-flow__viewport')
    .analyze();
  return [...all.violations, ...sizes.violations].flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.target.join(' ')}`),
  );
}

for (const theme of ['light', 'dark'] as const)
  for (const signedIn of [false, true])
    test(`no screen has a barrier: ${signedIn ? 'members' : 'visitors'}, ${theme}`, async ({ browser }) => {
      test.setTimeout(240_000);
      const context = await browser.newContext({
        colorScheme: theme,
        ...(signedIn ? { storageState: stateOf(ADA) } : {}),
      });
      for (const screen of screensOf(places).filter((one) => one.signedIn === signedIn))
        await test.step(screen.name, async () => {
          const page = await context.newPage();
          await screen.open(page);
          expect.soft(await violations(page), screen.name).toEqual([]);
          await page.close();
        });
      await context.close();
    });

test('a board can be worked on without a mouse', async ({ browser }) => {
  const context = await browser.newContext({ storageState: stateOf(ADA) });
  const page = await context.newPage();
  await page.goto(places.empty);
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
