/** What the mouse does on a board, the keyboard does. */
import { expect, test } from '@playwright/test';
import { ADA, newBoard, stateOf } from './people.ts';

test('a board can be worked on without a mouse', async ({ browser }) => {
  const context = await browser.newContext({ storageState: stateOf(ADA) });
  const page = await context.newPage();
  await page.goto(await newBoard(page, 'By keyboard'));
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

test('arrows walk the graph, a tool is armed and put down, help and palette come and go by key', async ({
  browser,
}) => {
  const context = await browser.newContext({ storageState: stateOf(ADA) });
  const page = await context.newPage();
  await page.goto(await newBoard(page, 'Graph by keyboard'));
  await expect(page.getByRole('status', { name: 'Save state: saved' })).toBeVisible();
  await page.keyboard.press('/');
  await page.keyboard.type('select graph() from digits-cnn@20');
  await page.keyboard.press('Enter');

  // Along the edges; the layer that is reached is the selected one, in the list and in the details too.
  const graph = page.getByRole('application', { name: /^Architecture of digits-cnn/ });
  await expect(graph).toBeVisible();
  await graph.focus();
  const chosen = page.getByRole('list', { name: 'Layers of digits-cnn', exact: true });
  const layer = (name: string) => chosen.getByRole('button', { name: new RegExp(`^${name},`) });
  await page.keyboard.press('ArrowDown');
  await expect(layer('image')).toHaveAttribute('aria-pressed', 'true');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await expect(layer('pool_1')).toHaveAttribute('aria-pressed', 'true');
  await expect(page.getByRole('heading', { name: 'pool_1', exact: true })).toBeVisible();
  await page.keyboard.press('ArrowUp');
  await expect(layer('conv2d_1')).toHaveAttribute('aria-pressed', 'true');

  // Help, and back to where the focus was.
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keys and gestures' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(layer('conv2d_1')).toHaveAttribute('aria-pressed', 'true');

  // A tool from the palette; Esc puts it down before it lets go of the layer.
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('take the tool: distribution');
  await page.keyboard.press('Enter');
  const tool = page.getByRole('button', { name: 'Distribution', pressed: true });
  await expect(tool).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(tool).toHaveCount(0);
  await expect(layer('conv2d_1')).toHaveAttribute('aria-pressed', 'true');
  await page.keyboard.press('Escape');
  await expect(layer('conv2d_1')).toHaveAttribute('aria-pressed', 'false');

  // An armed tool is applied to the layer by Enter in the list, and Esc once more leaves all calm.
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('take the tool: distribution');
  await page.keyboard.press('Enter');
  await expect(tool).toBeVisible();
  await layer('dense_1').focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('group', { name: 'View: dense_1 · distribution · digits.test' })).toBeVisible();
  await expect(tool).toHaveCount(0);
  await context.close();
});
