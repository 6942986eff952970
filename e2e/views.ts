/** Views of a board as a person finds them: by the words in their head, with a picture or a sentence inside. */
import { expect, type Locator, type Page } from '@playwright/test';
import { canvas } from './together.ts';

/** The views whose head says exactly this. */
export const viewOf = (page: Page, title: string): Locator =>
  canvas(page).getByRole('group', { name: `View: ${title}`, exact: true });

/** Awaits the picture itself: computed, drawn by this lens, and nothing that says that it could not be. */
export async function expectPicture(view: Locator, lens: string): Promise<Locator> {
  const picture = view.getByRole('group', { name: lens, exact: true });
  await expect(picture).toBeVisible({ timeout: 60_000 });
  await expect(view.getByRole('article')).toHaveAttribute('aria-busy', 'false', { timeout: 60_000 });
  await expect(view.getByRole('alert')).toHaveCount(0);
  await expect(view.getByRole('button', { name: 'How to read this picture' })).toBeVisible();
  await expect.poll(() => colours(picture), { message: `${lens} is painted` }).not.toContain(1);
  return picture;
}

/** How many colours each painted picture in it has; a blank one has 1. */
function colours(picture: Locator): Promise<number[]> {
  return picture.locator('canvas').evaluateAll((all) =>
    all.map((canvas) => {
      if (!(canvas instanceof HTMLCanvasElement) || canvas.width * canvas.height === 0) return 1;
      const context = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d');
      context?.drawImage(canvas, 0, 0);
      const pixels = context?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
      return new Set(new Uint32Array(Uint8Array.from(pixels).buffer)).size;
    }),
  );
}

/** Collects what the page complains about: a story must end with none. */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  return complaints;
}

/** Opens a board and waits until it can be worked on. */
export async function enter(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await expectSaved(page);
}

export async function expectSaved(page: Page): Promise<void> {
  await expect(page.getByRole('status', { name: 'Save state: saved' })).toBeVisible();
}

/** Picks an option of a drop-down list. */
export async function choose(list: Locator, option: string | RegExp): Promise<void> {
  await list.click();
  await list.page().getByRole('option', { name: option }).click();
}
