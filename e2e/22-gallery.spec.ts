/**
 * The gallery as it is seen: each card painted, whole and within its frame, with no number that is none written in it, and
 * in both themes like the print of it in gallery.json (docs/recipes.md says how to make that anew).
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { type Browser, type BrowserContext, expect, type Page, test } from '@playwright/test';
import { cardsOf, distanceOf, hideText, SCREEN } from './gallery.ts';
import { ADA, stateOf } from './people.ts';
import { complaintsOf } from './views.ts';

const THEMES = ['light', 'dark'] as const;
const PRINTS = new URL('gallery.json', import.meta.url);
type Prints = Readonly<Record<(typeof THEMES)[number], Readonly<Record<string, string>>>>;

/**
 * Of 255. Two runs differ by 0. Without the product's own fonts, so that every width of a text is another, the farthest
 * cell differs by 19 and a card by 0.2 in the mean. With red and blue exchanged maps differ by 57 to 235, and charts by 30 to
 * 140 with a single bar or point taken away.
 */
const MOST = 24;
const MEAN = 1;
/** A bare sentence paints 1 % of its card. */
const LEAST_PAINTED = 0.003;
const NO_NUMBER = /\bNaN\b|\bInfinity\b|\bundefined\b|\[object /;

async function gallery(browser: Browser, theme: (typeof THEMES)[number]): Promise<[Page, BrowserContext]> {
  const context = await browser.newContext({
    storageState: stateOf(ADA),
    colorScheme: theme,
    reducedMotion: 'reduce',
    viewport: SCREEN,
  });
  return [await context.newPage(), context];
}
async function settled(page: Page): Promise<void> {
  await expect(page.locator('article[data-lens]').last()).toBeVisible();
  await expect(page.getByText('tidying the layout')).toHaveCount(0);
  await page.evaluate(async () => {
    await document.fonts.ready;
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  });
  // All cards are on the screen at once, or a picture of it would not show them.
  expect(await page.locator('main').evaluate((main) => main.scrollHeight - main.clientHeight)).toBe(0);
}

/** What a person would see at once: a number that is none, or something that leaves its card. */
const faultsOf = (page: Page): Promise<string[]> =>
  page.locator('article[data-lens]').evaluateAll(
    (cards, noNumber) =>
      cards.flatMap((card) => {
        if (!(card instanceof HTMLElement)) return [];
        const name = `${card.dataset.fixture} by ${card.dataset.lens}`;
        const pattern = new RegExp(noNumber);
        const named = Array.from(card.querySelectorAll('[title], [aria-label]'), (element) =>
          ['title', 'aria-label'].map((key) => element.getAttribute(key) ?? '').join(' '),
        );
        const [across, down] = [card.scrollWidth - card.clientWidth, card.scrollHeight - card.clientHeight];
        return [
          ...[card.textContent ?? '', ...named]
            .filter((text) => pattern.test(text))
            .map((text) => `${name} reads “${text.slice(0, 80)}”`),
          ...(across > 0 || down > 0 ? [`${name} leaves its card by ${across} × ${down} pixels`] : []),
        ];
      }),
    NO_NUMBER.source,
  );
async function blankOnes(page: Page, context: BrowserContext): Promise<string[]> {
  const cards = await cardsOf(page, context);
  expect(cards.length).toBeGreaterThan(60);
  return cards.filter(({ painted }) => painted < LEAST_PAINTED).map(({ name }) => `${name} is blank`);
}

for (const theme of THEMES)
  test(`every card is painted, readable and within its frame: ${theme}`, async ({ browser }) => {
    const [page, context] = await gallery(browser, theme);
    const complaints = complaintsOf(page);
    await page.goto('/gallery');
    await settled(page);
    expect([...(await faultsOf(page)), ...(await blankOnes(page, context))]).toEqual([]);
    // Sizes and words are the same in both themes.
    for (const state of theme === 'light' ? ['Small', 'Tiny', 'Broken'] : [])
      await test.step(state, async () => {
        await page.getByRole('radio', { name: state }).click();
        await settled(page);
        expect(await faultsOf(page), state).toEqual([]);
      });
    // What a broken result lacks is told to the console as well.
    expect(complaints.filter((text) => !text.includes('LensError'))).toEqual([]);
    await context.close();
  });

test('every card looks as it did', async ({ browser }, { config }) => {
  const prints: Record<string, Record<string, string>> = {};
  for (const theme of THEMES) {
    const [page, context] = await gallery(browser, theme);
    await hideText(page);
    await page.goto('/gallery');
    await settled(page);
    const cards = await cardsOf(page, context);
    prints[theme] = Object.fromEntries(cards.map(({ name, print }) => [name, print]));
    await context.close();
  }
  if (/all|changed/.test(config.updateSnapshots)) {
    writeFileSync(PRINTS, `${JSON.stringify(prints, null, 2)}\n`);
    return;
  }
  const kept: Prints = JSON.parse(readFileSync(PRINTS, 'utf8'));
  const differences = THEMES.flatMap((theme) => {
    const [now, before] = [prints[theme] ?? {}, kept[theme]];
    return [...new Set([...Object.keys(now), ...Object.keys(before)])].flatMap((name) => {
      const [a, b] = [now[name], before[name]];
      if (a === undefined) return [`${name} is gone`];
      if (b === undefined) return [`${name} is new: it has no print in gallery.json yet`];
      const { mean, most } = distanceOf(a, b);
      return mean > MEAN || most > MOST
        ? [`${name}, ${theme}: ${most} in the farthest cell, ${mean.toFixed(2)} in the mean`]
        : [];
    });
  });
  expect(
    differences,
    'as in gallery.json; made anew by `npm run test:e2e -- 01- 22- --update-snapshots`',
  ).toEqual([]);
});
