/** Steps that the stories of two people on one task share: tools by their kind, queries mended in place, findings written. */
import { expect, type Locator, type Page } from '@playwright/test';
import { canvas, notes, views } from './together.ts';
import { choose } from './views.ts';

const fold = (within: Locator | Page, query: string): Locator =>
  within.getByRole('button', { name: `Query: ${query}`, exact: true });

/** The views that ask exactly this. */
export function asking(page: Page, query: string): Locator {
  return canvas(page)
    .getByRole('group', { name: /^View: / })
    .filter({ has: fold(page, query) });
}

/** The same, after all of the board was brought into sight: what others made may lie anywhere on it. */
export async function seen(page: Page, query: string): Promise<Locator> {
  const view = asking(page, query);
  await expect(async () => {
    await page.keyboard.press('Shift+1');
    await expect(view).toBeVisible({ timeout: 3_000 });
  }).toPass({ timeout: 30_000 });
  return view;
}

/** Takes a tool of the toolbox, whichever kind is shown. */
export async function take(page: Page, kind: string, tool: string): Promise<void> {
  const tools = page.getByRole('region', { name: 'Toolbox' });
  await tools.getByRole('radio', { name: kind, exact: true }).click();
  await tools.getByRole('button', { name: tool, exact: true }).click();
}

/** Unfolds a view's query, writes another one, and folds it again. */
export async function rewrite(view: Locator, query: string): Promise<void> {
  const page = view.page();
  await view.getByRole('button', { name: /^Query: / }).click();
  const editor = page.getByRole('textbox', { name: 'Query' });
  await editor.fill(query);
  await editor.press('Enter');
  await editor.press('Escape');
  await expect(editor).toHaveCount(0);
}

/** Selects one of the pictures of a view, as the arrows do; Shift adds it to those selected. */
export async function pickPicture(view: Locator, at: number, add = false): Promise<void> {
  const tiles = view.getByRole('group', { name: /^Pictures of / });
  await tiles.focus();
  await tiles.press('Home');
  for (let i = 0; i < at; i++) await tiles.press('ArrowRight');
  await tiles.press(add ? 'Shift+Space' : 'Space');
}

const details = (page: Page): Locator => page.getByRole('complementary', { name: 'Details' });

/** A thread that shows in the details. */
export const finding = (page: Page, text: string): Locator =>
  details(page).getByRole('region', { name: 'Threads' }).getByRole('article').filter({ hasText: text });

/** Writes a new thread at what is selected. */
export async function find(page: Page, text: string): Promise<void> {
  await details(page).getByRole('button', { name: 'New thread' }).click();
  await page.getByRole('textbox', { name: 'Write what you found' }).fill(text);
  await page.getByRole('button', { name: 'Comment', exact: true }).click();
  await expect(finding(page, text)).toBeVisible();
}

/** Writes a slice as text and saves it; `count`: what the builder tells of it first. */
export async function writeSlice(
  page: Page,
  name: string,
  split: string,
  condition: string,
  count: RegExp,
): Promise<void> {
  await page.getByRole('button', { name: /^Slice: / }).click();
  await page.getByRole('button', { name: 'New slice…' }).click();
  const dialog = page.getByRole('dialog', { name: 'New slice' });
  await dialog.getByRole('textbox', { name: 'Name' }).fill(name);
  await choose(dialog.getByRole('combobox', { name: 'Of the examples in' }), new RegExp(`^${split} `));
  await dialog.getByRole('textbox', { name: 'The same as text' }).fill(condition);
  await expect(page.getByRole('status', { name: 'Number of examples' })).toHaveText(count);
  await dialog.getByRole('button', { name: 'Save slice' }).click();
  await expect(dialog).toHaveCount(0);
}

/** A walk of the demo, all of it in sight: every view has its picture. */
export async function everyPicture(page: Page, count: { notes: number; views: number }): Promise<void> {
  await page.keyboard.press('Shift+1');
  await expect(notes(page)).toHaveCount(count.notes);
  await expect(views(page)).toHaveCount(count.views);
  for (const view of await views(page).all()) {
    await expect(view.getByRole('article')).toHaveAttribute('aria-busy', 'false', { timeout: 60_000 });
    await expect(view.getByRole('alert')).toHaveCount(0);
  }
}
