/** Steps that the stories of two people on one task share: tools by their kind, queries mended in place, findings written. */
import { expect, type Locator, type Page } from '@playwright/test';
import { canvas } from './together.ts';

/** The views that ask exactly this. */
export function asking(page: Page, query: string): Locator {
  const views = canvas(page).getByRole('group', { name: /^View: / });
  return views.filter({
    has: page.getByRole('region', { name: 'Query of this view' }).getByText(query, { exact: true }),
  });
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
  await view.getByRole('button', { name: 'Unfold the query' }).click();
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
