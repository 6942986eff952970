/** A picture of every screen in both themes and two sizes, kept in artifacts/screens; none complains on the console. */
import { expect, test } from '@playwright/test';
import { ADA, stateOf } from './people.ts';
import { makePlaces, type Places, screensOf } from './screens.ts';
import { complaintsOf } from './views.ts';

let places: Places;
test.beforeAll(async ({ browser }) => {
  places = await makePlaces(browser);
});

/** What a browser says by itself when a visitor is not signed in, or a page is not there: answers, not faults. */
const EXPECTED = /Failed to load resource: the server responded with a status of (401|404)/;

for (const theme of ['light', 'dark'] as const)
  for (const [width, height] of [
    [1280, 800],
    [1920, 1080],
  ] as const)
    test(`every screen, ${theme}, ${width}x${height}`, async ({ browser }) => {
      test.setTimeout(240_000);
      for (const screen of screensOf(places))
        await test.step(screen.name, async () => {
          const context = await browser.newContext({
            viewport: { width, height },
            colorScheme: theme,
            reducedMotion: 'reduce',
            ...(screen.signedIn ? { storageState: stateOf(ADA) } : {}),
          });
          const page = await context.newPage();
          const complaints = complaintsOf(page);
          await screen.open(page);
          await page.screenshot({ path: `artifacts/screens/${screen.name}-${theme}-${width}.png` });
          expect
            .soft(
              complaints.filter((text) => !EXPECTED.test(text)),
              screen.name,
            )
            .toEqual([]);
          await context.close();
        });
    });
