/** What hands do on a board: notes laid out, heads taken, pointers dragged, places read. */
import { expect, type Locator, type Page } from '@playwright/test';
import { notes, writeNote } from './together.ts';

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export const noteOf = (page: Page, text: string): Locator => notes(page).filter({ hasText: text });

/** Where an item is on the screen. */
export async function boxOf(item: Locator): Promise<Box> {
  const box = await item.boundingBox();
  if (!box) throw new Error('not on the screen');
  return box;
}
export const bottomOf = async (item: Locator): Promise<number> => {
  const { y, height } = await boxOf(item);
  return Math.round(y + height);
};

/** The bar by which an item is taken. */
export const head = (item: Locator): Locator => item.locator('.board-handle').first();

/** Presses at a place of the screen, moves in steps as a hand does, lets go. */
export async function dragPointer(page: Page, x: number, y: number, dx: number, dy: number): Promise<void> {
  await page.mouse.move(x, y);
  await page.mouse.down();
  // A hand sets out slowly: what it moves before it counts as a drag is lost.
  await page.mouse.move(x + Math.sign(dx), y + Math.sign(dy));
  await page.mouse.move(x + 2 * Math.sign(dx), y + 2 * Math.sign(dy));
  for (const share of [0.2, 0.5, 0.8, 1]) await page.mouse.move(x + dx * share, y + dy * share);
  await page.mouse.up();
}

/** Takes an item by its head and puts it down so much further. */
export async function carry(page: Page, item: Locator, dx: number, dy: number): Promise<void> {
  const { x, y, width, height } = await boxOf(head(item));
  await dragPointer(page, x + width / 2, y + height / 2, dx, dy);
}

/** Three notes beside each other, none selected, at 100 %: a point of the board is a pixel. */
export async function spread(page: Page): Promise<void> {
  for (const text of ['alpha', 'beta', 'gamma']) await writeNote(page, text);
  await page.keyboard.press('Escape');
  await expect(notes(page)).toHaveCount(3);
  expect((await boxOf(notes(page).first())).width).toBe(240);
}

/** Places and sizes of all notes, rounded, in the order of their words. */
export async function framesOf(page: Page): Promise<string[]> {
  const all = await notes(page).evaluateAll((nodes) =>
    nodes.map((node) => {
      const { x, y, width, height } = node.getBoundingClientRect();
      return `${node.textContent} ${[x, y, width, height].map(Math.round).join(' ')}`;
    }),
  );
  return all.sort();
}
