/** Story 5: a board of one's own: tools, queries, notes, and everything that is done with what lies on it. */
import { expect, test } from '@playwright/test';
import { LENS_CASES } from './lenses.ts';
import { ADA, newBoard, stateOf } from './people.ts';
import { ask, notes, views } from './together.ts';
import { complaintsOf, enter, expectPicture, viewOf } from './views.ts';

test.use({ storageState: stateOf(ADA) });

test('a new board says what to do next; its first button opens an architecture', async ({ page }) => {
  const complaints = complaintsOf(page);
  await page.goto('/p/digits');
  await page.getByRole('button', { name: 'New board' }).click();
  await expect(page.getByText('Nothing is on this board yet')).toBeVisible();
  await page.getByRole('button', { name: 'Untitled board' }).click();
  await page.getByRole('textbox', { name: 'Board title' }).fill('My first board');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'My first board' })).toBeVisible();
  await page.getByRole('button', { name: 'Open the architecture of digits-cnn' }).click();
  const graph = await expectPicture(viewOf(page, 'digits-cnn@20 · architecture'), 'Architecture');
  await expect(graph.getByRole('button', { name: /, Conv2D/ })).toHaveCount(2);
  await page.reload();
  await expect(page.getByRole('heading', { name: 'My first board' })).toBeVisible();
  await expectPicture(viewOf(page, 'digits-cnn@20 · architecture'), 'Architecture');
  expect(complaints).toEqual([]);
});

test('a tool is taken in hand and applied to a layer on the graph', async ({ page }) => {
  await enter(page, await newBoard(page, 'Tools'));
  await ask(page, 'select graph() from digits-cnn@20');
  const graph = await expectPicture(viewOf(page, 'digits-cnn@20 · architecture'), 'Architecture');
  const tools = page.getByRole('region', { name: 'Toolbox' });
  const stats = tools.getByRole('button', { name: 'Unit statistics' });

  await graph.getByRole('button', { name: /^conv2d_1, / }).click();
  await expect(graph.getByRole('button', { name: /^conv2d_1, / })).toHaveAttribute('aria-pressed', 'true');
  await expect(page.getByRole('combobox', { name: 'Data set' })).toContainText('digits.test (359)');

  await stats.click();
  await expect(stats).toHaveAttribute('aria-pressed', 'true');
  await expect(tools).toContainText('Click a layer or a unit. Esc puts it down.');
  await page.keyboard.press('Escape');
  await expect(stats).toHaveAttribute('aria-pressed', 'false');

  await stats.click();
  await graph.getByRole('button', { name: /^conv2d_1, / }).click();
  const made = viewOf(page, 'conv2d_1 · unit statistics · digits.test');
  await expect(await expectPicture(made, 'Unit statistics')).toContainText('16 units');
  await expect(stats).toHaveAttribute('aria-pressed', 'false');
});

test('the query line completes, says what is wrong and where, and makes a view', async ({ page }) => {
  await enter(page, await newBoard(page, 'Queries'));
  await page.keyboard.press('/');
  const line = page.getByRole('textbox', { name: 'Query' });
  await line.fill('select stats(conv2d_9) from digits-cnn@20(digits.test)');
  const said = page.getByRole('search', { name: 'Query line' });
  await expect(said).toContainText('conv2d_9');
  await expect(said).toContainText(/line 1, column 14/);
  await expect(said).toContainText(/conv2d_[12]/);
  await line.press('Enter');
  await expect(line).toBeVisible();
  await line.fill('select stats(conv2d_2) from digits-cnn@20(digits.test)');
  await line.press('Enter');
  await expect(line).toHaveCount(0);
  await expectPicture(viewOf(page, 'conv2d_2 · unit statistics · digits.test'), 'Unit statistics');
});

test('a note takes markdown, and is written in again', async ({ page }) => {
  await enter(page, await newBoard(page, 'Notes'));
  await page.keyboard.press('n');
  const editor = page.getByRole('textbox', { name: 'Note text' });
  await editor.pressSequentially('## Found\nunit **4** is dead');
  await editor.press('Escape');
  const note = notes(page);
  await expect(note.getByRole('heading', { name: 'Found' })).toBeVisible();
  await expect(note.getByText('4', { exact: true })).toHaveCSS('font-weight', '700');
  await note.getByRole('heading', { name: 'Found' }).dblclick();
  await editor.press('Control+End');
  await editor.pressSequentially(', and <img src=x onerror=alert(1)> stays text');
  await page.mouse.click(700, 700);
  await expect(editor).toHaveCount(0);
  await expect(note.getByRole('img')).toHaveCount(0);
  await expect(note).toContainText('is dead, and');
});

test('every lens shows its picture', async ({ page }) => {
  const complaints = complaintsOf(page);
  await enter(page, await newBoard(page, 'Every lens'));
  for (const { query, title, lens, says } of LENS_CASES) {
    await ask(page, query);
    const picture = await expectPicture(viewOf(page, title), lens);
    await expect(picture).toContainText(says);
  }
  await page.keyboard.press('Shift+1');
  await expect(views(page)).toHaveCount(LENS_CASES.length);
  expect(complaints).toEqual([]);
});
