/** Story 5: a board of one's own: tools, queries, notes, and everything that is done with what lies on it. */
import { expect, test } from '@playwright/test';
import { bottomOf, boxOf, carry, dragPointer, framesOf, head, noteOf, spread } from './hands.ts';
import { LENS_CASES } from './lenses.ts';
import { ADA, newBoard, stateOf } from './people.ts';
import { ask, notes, views, writeNote } from './together.ts';
import { complaintsOf, enter, expectPicture, viewOf } from './views.ts';

test.use({ storageState: stateOf(ADA) });

test('a new board says what to do next; its first button opens an architecture', async ({ page }) => {
  const complaints = complaintsOf(page);
  await page.goto('/p/digits');
  await page.getByRole('button', { name: 'New board' }).click();
  await expect(page.getByText('Nothing is on this board yet')).toBeVisible();
  await page.getByRole('button', { name: 'Untitled board' }).click();
  const title = page.getByRole('textbox', { name: 'Board title' });
  // An Enter that takes an input method's conversion belongs to that, not to the box.
  await title.fill('にほんご');
  await title.dispatchEvent('keydown', { key: 'Enter', isComposing: true });
  await expect(title).toHaveValue('にほんご');
  await title.fill('My first board');
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

test('every tool of the toolbox makes its view, where it fits', async ({ page }) => {
  await enter(page, await newBoard(page, 'All tools'));
  const tools = page.getByRole('region', { name: 'Toolbox' });
  const tool = (name: string) => tools.getByRole('button', { name, exact: true });

  for (const [name, title, lens] of [
    ['Training curves', 'digits-cnn@20 · training curves', 'Metrics'],
    ['Confusion', 'digits-cnn@20 · confusion · digits.test', 'Confusion'],
    ['Examples', 'digits-cnn@20 · examples · digits.test', 'Pictures'],
  ] as const) {
    await tool(name).click();
    await expectPicture(viewOf(page, title), lens);
  }
  const pictures = viewOf(page, 'digits-cnn@20 · examples · digits.test').getByRole('group', {
    name: /^Pictures of 100 examples/,
  });
  await pictures.focus();
  await pictures.press('ArrowRight');
  await pictures.press('Enter');
  const example = page.getByRole('region', { name: 'Selected example' }).getByRole('heading');
  await expect(example).toHaveText(/^digits\.test\[\d+\]$/);
  const x = (await example.textContent()) ?? '';
  await tool('Prediction').click();
  await expectPicture(viewOf(page, `digits-cnn@20 · prediction · ${x}`), 'Prediction');

  const layers = page.getByRole('list', { name: 'Layers of digits-cnn', exact: true });
  const layer = (name: string) => layers.getByRole('button', { name: new RegExp(`^${name}, `) });
  for (const [name, place, title, lens] of [
    ['Activations', 'conv2d_2', `conv2d_2 · activations · ${x}`, 'Feature maps'],
    ['Distribution', 'dense_1', 'dense_1 · distribution · digits.test', 'Distribution'],
    ['Units by class', 'logits', 'logits · units by class · digits.test', 'Class means'],
    ['Neuron space', 'conv2d_1', 'conv2d_1 · neuron space · digits.test', 'Neuron space'],
    ['Example space', 'softmax', 'softmax · example space · digits.test', 'Example space'],
  ] as const) {
    await tool(name).click();
    await layer(place).click();
    await expectPicture(viewOf(page, title), lens);
  }
  await expect(tools.getByRole('button', { pressed: true })).toHaveCount(0);

  // A tool that does not fit a place says why, and stays in hand.
  const before = await views(page).count();
  await tool('Neuron space').click();
  await expect(layer('image')).toHaveAttribute('aria-disabled', 'true');
  await expect(layer('image')).toHaveAttribute('title', /needs at least three units/);
  await layer('image').click({ force: true });
  await expect(tool('Neuron space')).toHaveAttribute('aria-pressed', 'true');
  await expect(views(page)).toHaveCount(before);
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

test('items are moved, snapped, resized, selected, lined up, grouped and locked by mouse', async ({
  page,
}) => {
  await enter(page, await newBoard(page, 'By mouse'));
  await spread(page);
  const [a, b, c] = [noteOf(page, 'alpha'), noteOf(page, 'beta'), noteOf(page, 'gamma')];

  // Moved onto the grid of 4; another comes within reach of its top edge and snaps to it.
  const start = await boxOf(a);
  await carry(page, a, -100, -101);
  await expect.poll(async () => (await boxOf(a)).x - start.x).toBeLessThan(-90);
  const moved = await boxOf(a);
  expect((start.y - moved.y) % 4).toBe(0);
  await carry(page, c, 0, moved.y - (await boxOf(c)).y + 4);
  await expect.poll(async () => (await boxOf(c)).y).toBe(moved.y);

  // Resized by its corner.
  await head(b).click();
  const before = await boxOf(b);
  await dragPointer(page, before.x + before.width, before.y + before.height, 40, 32);
  await expect.poll(async () => (await boxOf(b)).width - before.width).toBeGreaterThan(30);
  expect((await boxOf(b)).x).toBe(before.x);

  // Several by a box drawn over them, one more with Shift, then lined up.
  const details = page.getByRole('complementary', { name: 'Details' });
  await page.keyboard.press('Escape');
  const second = await boxOf(b);
  await dragPointer(page, moved.x - 8, moved.y - 8, (await boxOf(c)).x - moved.x + 40, 40);
  await expect(details).toContainText('2 items');
  await head(b).click({ modifiers: ['Shift'] });
  await expect(details).toContainText('3 items');
  await details.getByRole('button', { name: 'Align bottom edges' }).click();
  await expect.poll(async () => new Set(await Promise.all([a, b, c].map(bottomOf))).size).toBe(1);

  // One step back is one step.
  await page.keyboard.press('Control+z');
  await expect.poll(async () => (await boxOf(b)).y).toBe(second.y);
  await page.keyboard.press('Control+Shift+z');
  await expect.poll(async () => new Set(await Promise.all([a, b, c].map(bottomOf))).size).toBe(1);

  // A group is taken as one.
  await details.getByRole('button', { name: 'Group', exact: true }).click();
  await page.keyboard.press('Escape');
  await head(b).click();
  await expect(details).toContainText('3 items');
  await details.getByRole('button', { name: 'Ungroup' }).click();
  await page.keyboard.press('Escape');
  await head(b).click();
  await expect(details.getByText('3 items')).toHaveCount(0);

  // What is locked stays.
  await page.keyboard.press('Shift+L');
  await expect(b.getByRole('img', { name: 'Locked' })).toBeVisible();
  const fixed = await boxOf(b);
  await carry(page, b, 60, 60);
  await page.keyboard.press('Delete');
  expect(await boxOf(b)).toEqual(fixed);
  await expect(notes(page)).toHaveCount(3);
});

test('items are chosen, moved, sized, copied, removed and brought back by keyboard', async ({ page }) => {
  await enter(page, await newBoard(page, 'By keyboard'));
  await spread(page);
  const a = noteOf(page, 'alpha');
  await page.keyboard.press('Escape');
  await a.focus();
  await page.keyboard.press('Enter');
  const start = await boxOf(a);
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Alt+ArrowRight');
  await expect
    .poll(async () => {
      const now = await boxOf(a);
      return [now.x - start.x, now.y - start.y, now.width - start.width].map(Math.round);
    })
    .toEqual([4, 32, 16]);
  await page.keyboard.press('Control+d');
  await expect(notes(page)).toHaveCount(4);
  await page.keyboard.press('Delete');
  await expect(notes(page)).toHaveCount(3);
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Alt+a');
  await expect
    .poll(
      async () =>
        new Set(await notes(page).evaluateAll((all) => all.map((n) => n.getBoundingClientRect().x))).size,
    )
    .toBe(1);
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Command palette' }).fill('align right');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Delete');
  await expect(notes(page)).toHaveCount(0);
  await page.keyboard.press('Control+z');
  await expect(notes(page)).toHaveCount(3);

  // Everything taken back, and everything done again, is where it was.
  const whole = await framesOf(page);
  for (let i = 0; i < 40; i++) await page.keyboard.press('Control+z');
  await expect(notes(page)).toHaveCount(0);
  for (let i = 0; i < 40; i++) await page.keyboard.press('Control+y');
  await expect(notes(page)).toHaveCount(0);
  await page.keyboard.press('Control+z');
  await expect.poll(() => framesOf(page)).toEqual(whole);
});

test('one finds one’s way: minimap, wheel, zoom to fit, to the selection, to 100 %', async ({ page }) => {
  await enter(page, await newBoard(page, 'Far apart'));
  await ask(page, 'select graph() from digits-cnn@20');
  const graph = viewOf(page, 'digits-cnn@20 · architecture');
  await expectPicture(graph, 'Architecture');
  await writeNote(page, 'beside it');
  await page.mouse.move(292, 740);
  for (let i = 0; i < 4; i++) await page.mouse.wheel(0, 600);
  await expect(graph).toHaveCount(0);
  const map = page.getByRole('img', { name: 'Minimap of the board' });
  const box = await boxOf(map);
  await dragPointer(page, box.x + box.width / 2, box.y + box.height * 0.8, 0, -box.height * 0.7);
  await expect(graph).toBeVisible();
  await page.keyboard.press('Shift+1');
  await expect(graph).toBeInViewport({ ratio: 0.99 });
  await expect(notes(page)).toBeInViewport({ ratio: 0.99 });
  const fitted = await boxOf(graph);
  await head(graph).click();
  await page.keyboard.press('Shift+2');
  await expect.poll(async () => (await boxOf(graph)).height).toBeGreaterThan(fitted.height);
  await page.keyboard.press('Shift+0');
  await expect.poll(async () => Math.round((await boxOf(graph)).width)).toBe(360);
});
