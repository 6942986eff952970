/**
 * Every screen in both themes: no barrier that axe finds, nothing said on the console, and a picture in two sizes kept in
 * artifacts/screens.
 */
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { ADA, stateOf } from './people.ts';
import { makePlaces, type Places, screensOf } from './screens.ts';
import { complaintsOf } from './views.ts';

let places: Places;
test.beforeAll(async ({ browser }) => {
  places = await makePlaces(browser);
});

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const SIZES = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
];
/** What a browser says by itself when a visitor is not signed in, or a page is not there: answers, not faults. */
const EXPECTED = /Failed to load resource: the server responded with a status of (401|404)/;

/** Passes are not described, which takes longer than finding them. */
const axe = (page: Page) => new AxeBuilder({ page }).options({ resultTypes: ['violations'] });

/** What breaks WCAG 2.2 A and AA, told in one line a place. */
async function violations(page: Page, withSizes: boolean): Promise<string[]> {
  const all = await axe(page).withTags(RULES).disableRules('target-size').analyze();
  // On a canvas that is zoomed out everything is small; what can be done there can be done at full size, or in a panel.
  const sizes = withSizes
    ? await axe(page).withRules('target-size').exclude('.react-flow__viewport').analyze()
    : null;
  return [...all.violations, ...(sizes?.violations ?? [])].flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.target.join(' ')}`),
  );
}

/** Resolves when the page has been drawn at its new size. */
const drawnAnew = (page: Page) =>
  page.evaluate(
    () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve(null)))),
  );

test('every screen: no barrier, no complaint, a picture in both themes and sizes', async ({ browser }) => {
  test.setTimeout(400_000);
  for (const screen of screensOf(places))
    await test.step(screen.name, async () => {
      const context = await browser.newContext({
        colorScheme: 'light',
        reducedMotion: 'reduce',
        ...(screen.signedIn ? { storageState: stateOf(ADA) } : {}),
      });
      const page = await context.newPage();
      const complaints = complaintsOf(page);
      await screen.open(page);
      for (const theme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme: theme });
        for (const size of SIZES) {
          await page.setViewportSize(size);
          await drawnAnew(page);
          // More of a board comes into sight on a larger screen.
          await expect(page.locator('article[aria-busy="true"]')).toHaveCount(0, { timeout: 60_000 });
          await page.screenshot({ path: `artifacts/screens/${screen.name}-${theme}-${size.width}.png` });
        }
        // Sizes are the same in both themes.
        const found = await violations(page, theme === 'light');
        expect.soft(found, `${screen.name}, ${theme}`).toEqual([]);
      }
      const faults = complaints.filter((text) => !EXPECTED.test(text));
      expect.soft(faults, screen.name).toEqual([]);
      await context.close();
    });
});
