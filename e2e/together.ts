/** Several people on one board, each in a browser of their own, and what they do there as a person would. */

import { type Browser, type BrowserContext, expect, type Locator, type Page } from '@playwright/test';
import { browserOf, type Person } from './people.ts';

export interface Seat {
  readonly context: BrowserContext;
  readonly page: Page;
}

/** Opens `path` as `person`; `ready` is what one waits for before one acts. */
export async function sit(browser: Browser, person: Person, path: string): Promise<Seat> {
  const context = await browserOf(browser, person);
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const page = await context.newPage();
  await page.goto(path);
  if (path.includes('/boards/')) await expect(saveMark(page)).toHaveText('saved');
  return { context, page };
}

export const saveMark = (page: Page): Locator => page.getByRole('status', { name: /^Save state/ });
export const canvas = (page: Page): Locator => page.getByRole('region', { name: 'Board' });
export const views = (page: Page): Locator => canvas(page).getByRole('group', { name: /^View: / });
export const view = (page: Page, title: string | RegExp): Locator =>
  canvas(page).getByRole('group', { name: title });
export const notes = (page: Page): Locator => canvas(page).getByRole('group', { name: 'Note' });
export const layers = (page: Page, model = 'digits-cnn'): Locator =>
  page.getByRole('list', { name: `Layers of ${model}`, exact: true });

/** A number for titles and words that an earlier attempt of the same test must not have left in the project. */
export const attempt = (): string => String(Date.now() % 1_000_000);

/** Writes a query in the query line. */
export async function ask(page: Page, query: string): Promise<void> {
  await page.keyboard.press('/');
  const line = page.getByRole('textbox', { name: 'Query' });
  await line.fill(query);
  await line.press('Enter');
  await expect(line).toHaveCount(0);
}

/** Writes a note and leaves it. */
export async function writeNote(page: Page, text: string): Promise<void> {
  await page.keyboard.press('n');
  const editor = page.getByRole('textbox', { name: 'Note text' });
  await editor.fill(text);
  await editor.press('Escape');
  await expect(notes(page).filter({ hasText: text })).toBeVisible();
}

/** A view that has its picture. */
export async function drawn(item: Locator): Promise<void> {
  await expect(item.locator('[data-status="done"]')).toBeVisible({ timeout: 30_000 });
}

/** Drags a view or a note by its head. */
export async function drag(page: Page, item: Locator, dx: number, dy: number): Promise<void> {
  const head = await item.locator('.board-handle').boundingBox();
  if (!head) throw new Error('nothing to drag');
  const at = { x: head.x + 60, y: head.y + head.height / 2 };
  await page.mouse.move(at.x, at.y);
  await page.mouse.down();
  await page.mouse.move(at.x + dx / 2, at.y + dy / 2, { steps: 4 });
  await page.mouse.move(at.x + dx, at.y + dy, { steps: 4 });
  await page.mouse.up();
}

/** Where an item lies in board points, whatever each person's zoom. */
export function frameOf(item: Locator): Promise<string> {
  return item.evaluate((node) => {
    const { transform, width, height } = getComputedStyle(node);
    return `${transform} ${width} ${height}`;
  });
}

/** The board point in the middle of the canvas and the zoom, rounded: what "sees the same" means. */
export function lookOf(page: Page): Promise<string> {
  return page.evaluate(() => {
    const box = document.querySelector('[data-canvas]')?.getBoundingClientRect();
    const style = getComputedStyle(document.querySelector('.react-flow__viewport') ?? document.body);
    const { a, e, f } = new DOMMatrix(style.transform);
    if (!box) return 'no canvas';
    const [x, y] = [(box.width / 2 - e) / a, (box.height / 2 - f) / a];
    return `${Math.round(x)},${Math.round(y)} at ${a.toFixed(2)}`;
  });
}

/** By the owner, on the members' tab. */
export async function changeRole(page: Page, name: string, role: string): Promise<void> {
  await page.goto('/p/digits#members');
  const select = page.getByRole('combobox', { name: `Role of ${name}` });
  await select.click();
  await page.getByRole('option', { name: role }).click();
  await expect(select).toHaveText(role);
}

interface JobSeen {
  readonly query: string;
  readonly state: string;
  readonly result: string | null;
}

/** The computations that the server knows of, as this person is told. */
export async function jobsOf(page: Page): Promise<JobSeen[]> {
  const answer = await page.request.get('/api/v1/projects/digits/jobs');
  expect(answer.status()).toBe(200);
  return answer.json();
}
