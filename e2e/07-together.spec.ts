/** Story 7: two and three people on one board. */
import { expect, test } from '@playwright/test';
import { ADA, ALAN, EMMY, GRACE, newBoard } from './people.ts';
import {
  ask,
  attempt,
  canvas,
  changeRole,
  drag,
  drawn,
  frameOf,
  jobsOf,
  layers,
  lookOf,
  notes,
  saveMark,
  sit,
  views,
  writeNote,
} from './together.ts';

test('two people see each other, and what the other adds, moves, writes and removes', async ({ browser }) => {
  const ada = await sit(browser, ADA, '/');
  const path = await newBoard(ada.page, 'Two at once');
  const [a, g] = [await sit(browser, ADA, path), await sit(browser, GRACE, path)];

  // Who is here.
  await expect(a.page.getByRole('button', { name: 'Follow Grace Hopper' })).toBeVisible();
  await expect(g.page.getByRole('button', { name: 'Follow Ada Lovelace' })).toBeVisible();

  // A cursor with a name, and it is gone when the other leaves the canvas.
  await a.page.mouse.move(500, 300);
  await expect(canvas(g.page).getByText('Ada Lovelace')).toBeVisible();
  await a.page.mouse.move(500, 5);
  await expect(canvas(g.page).getByText('Ada Lovelace')).toHaveCount(0);

  // Both add.
  await ask(a.page, 'select confusion() from digits-cnn@20(digits.test)');
  await drawn(views(g.page).first());
  await writeNote(g.page, 'Class 4 looks odd');
  await expect(notes(a.page)).toContainText('Class 4 looks odd');

  // A selection carries the name of who made it.
  await notes(g.page).click();
  await expect(notes(a.page).getByText('Grace Hopper')).toBeVisible();

  // A move ends at the same place for both.
  const before = await frameOf(views(a.page).first());
  await drag(a.page, views(a.page).first(), 90, 60);
  await expect.poll(() => frameOf(views(g.page).first())).not.toBe(before);
  const moved = await frameOf(views(a.page).first());
  await expect.poll(() => frameOf(views(g.page).first())).toBe(moved);

  // While the button is still held, the other sees it move (rule B1).
  const grip = await views(a.page).first().locator('.board-handle').boundingBox();
  if (!grip) throw new Error('no head');
  await a.page.mouse.move(grip.x + 60, grip.y + 10);
  await a.page.mouse.down();
  await a.page.mouse.move(grip.x + 20, grip.y - 30, { steps: 6 });
  await expect.poll(() => frameOf(views(g.page).first())).not.toBe(moved);
  await a.page.keyboard.press('Escape');
  await a.page.mouse.up();
  await expect.poll(() => frameOf(views(g.page).first())).toBe(moved);

  // Undo takes back one's own step, never the other's.
  await a.page.keyboard.press('Control+z');
  await expect.poll(() => frameOf(views(g.page).first())).toBe(before);
  await expect(notes(a.page)).toHaveCount(1);

  // Removed for both.
  await notes(g.page).click();
  await g.page.keyboard.press('Delete');
  await expect(notes(a.page)).toHaveCount(0);
  await expect(saveMark(g.page)).toHaveText('saved');
  for (const seat of [ada, a, g]) await seat.context.close();
});

test('two people write one note at once and lose no letter', async ({ browser }) => {
  const ada = await sit(browser, ADA, '/');
  const path = await newBoard(ada.page, 'One note');
  const [a, g] = [await sit(browser, ADA, path), await sit(browser, GRACE, path)];
  await writeNote(a.page, 'start ');
  for (const { page } of [a, g]) {
    await notes(page).getByText('start').dblclick();
    await expect(page.getByRole('textbox', { name: 'Note text' })).toBeFocused();
  }
  await g.page.keyboard.press('Home');
  await Promise.all([
    a.page.keyboard.type('from Ada, at the end', { delay: 15 }),
    g.page.keyboard.type('Grace at the front; ', { delay: 15 }),
  ]);
  const whole = 'Grace at the front; start from Ada, at the end';
  for (const { page } of [a, g])
    await expect(page.getByRole('textbox', { name: 'Note text' })).toHaveValue(whole);
  for (const seat of [ada, a, g]) await seat.context.close();
});

test('edits made without a network are kept, told, and merged with what others did', async ({ browser }) => {
  const ada = await sit(browser, ADA, '/');
  const path = await newBoard(ada.page, 'Offline');
  const [a, g] = [await sit(browser, ADA, path), await sit(browser, GRACE, path)];
  await writeNote(g.page, 'before');
  await expect(notes(a.page)).toHaveCount(1);

  await a.context.setOffline(true);
  await writeNote(a.page, 'made in a tunnel');
  await expect(saveMark(a.page)).toContainText(/offline \(\d+ changes? kept here\)/);
  await writeNote(g.page, 'made meanwhile');
  await expect(notes(g.page)).toHaveCount(2);

  await a.context.setOffline(false);
  for (const { page } of [a, g]) {
    await expect(notes(page)).toHaveCount(3);
    await expect(notes(page).filter({ hasText: 'made in a tunnel' })).toBeVisible();
    await expect(notes(page).filter({ hasText: 'made meanwhile' })).toBeVisible();
    await expect(saveMark(page)).toHaveText('saved');
  }
  for (const seat of [ada, a, g]) await seat.context.close();
});

test('a role change reaches the open board: commenter and viewer look, an editor edits', async ({
  browser,
}) => {
  const ada = await sit(browser, ADA, '/');
  const path = await newBoard(ada.page, 'Roles');
  const a = await sit(browser, ADA, path);
  await writeNote(a.page, 'only editors move me');
  const [commenter, viewer] = [await sit(browser, ALAN, path), await sit(browser, EMMY, path)];
  for (const { page } of [commenter, viewer]) {
    await expect(notes(page)).toContainText('only editors move me');
    await expect(page.getByRole('button', { name: 'Snapshot' })).toBeDisabled();
    await expect(page.getByRole('slider', { name: /Checkpoint of/ })).toHaveAttribute(
      'aria-disabled',
      'true',
    );
    await expect(page.getByRole('button', { name: 'Confusion', exact: true })).toHaveAttribute(
      'aria-disabled',
      'true',
    );
    const before = await frameOf(notes(page));
    await drag(page, notes(page), 80, 40);
    await page.keyboard.press('Delete');
    await page.keyboard.press('/');
    await expect(page.getByRole('textbox', { name: 'Query' })).toHaveCount(0);
    expect(await frameOf(notes(page))).toBe(before);
  }
  await notes(viewer.page).click();
  await expect(viewer.page.getByRole('button', { name: 'New thread' })).toHaveCount(0);
  await notes(commenter.page).click();
  await expect(commenter.page.getByRole('button', { name: 'New thread' })).toBeVisible();

  // The owner makes the viewer an editor while the board is open, and a viewer again.
  await changeRole(ada.page, EMMY.name, 'editor');
  await expect(viewer.page.getByRole('button', { name: 'Snapshot' })).toBeEnabled();
  await writeNote(viewer.page, 'now I may');
  await expect(notes(a.page)).toHaveCount(2);
  await changeRole(ada.page, EMMY.name, 'viewer');
  await expect(viewer.page.getByRole('button', { name: 'Snapshot' })).toBeDisabled();
  await viewer.page.keyboard.press('n');
  await expect(viewer.page.getByRole('textbox', { name: 'Note text' })).toHaveCount(0);
  await expect(notes(a.page)).toHaveCount(2);
  for (const seat of [ada, a, commenter, viewer]) await seat.context.close();
});

test('one follows another, and one brings everyone here', async ({ browser }) => {
  const ada = await sit(browser, ADA, '/');
  const path = await newBoard(ada.page, 'Follow me');
  const [a, g, e] = [
    await sit(browser, ADA, path),
    await sit(browser, GRACE, path),
    await sit(browser, EMMY, path),
  ];
  await writeNote(a.page, 'look here');
  await g.page.getByRole('button', { name: 'Follow Ada Lovelace' }).click();
  await expect(g.page.getByRole('button', { name: 'Following Ada Lovelace: stop' })).toBeVisible();
  await expect(a.page.getByText('Grace Hopper follows you')).toBeVisible();

  // Ada goes elsewhere; Grace's canvas shows the same middle at the same zoom, Emmy's does not move.
  const still = await lookOf(e.page);
  await a.page.mouse.move(500, 650);
  await a.page.mouse.wheel(300, 420);
  await expect.poll(() => lookOf(a.page)).not.toBe(still);
  await expect.poll(async () => (await lookOf(g.page)) === (await lookOf(a.page))).toBe(true);
  expect(await lookOf(e.page)).toBe(still);
  // What Ada selects, Grace has selected.
  await layers(a.page)
    .getByRole('button', { name: /^conv2d_1,/ })
    .click();
  await expect(layers(g.page).getByRole('button', { name: /^conv2d_1,/ })).toHaveAttribute(
    'aria-pressed',
    'true',
  );
  // Any own movement ends it.
  await g.page.mouse.move(500, 650);
  await g.page.mouse.wheel(0, 60);
  await expect(g.page.getByRole('button', { name: /^Following/ })).toHaveCount(0);
  await expect(a.page.getByText('Grace Hopper follows you')).toHaveCount(0);

  // Everyone.
  await a.page.getByRole('button', { name: 'Follow', exact: true }).click();
  await a.page.getByRole('menuitem', { name: 'Bring everyone here' }).click();
  for (const { page } of [g, e]) {
    await expect(page.getByText('Ada Lovelace brings everyone here', { exact: true })).toBeVisible();
    await expect.poll(async () => (await lookOf(page)) === (await lookOf(a.page))).toBe(true);
  }
  for (const seat of [ada, a, g, e]) await seat.context.close();
});

test('what one computes is shown to both and computed once', async ({ browser }) => {
  const ada = await sit(browser, ADA, '/');
  const path = await newBoard(ada.page, 'Once');
  const [a, g] = [await sit(browser, ADA, path), await sit(browser, GRACE, path)];
  // A seed of its own: nobody has asked this before, also not a first attempt of this test.
  const seed = attempt();
  const query = `select examples(conv2d_2) from digits-cnn@12(digits.train) using umap(dims=3, seed=${seed})`;
  await ask(a.page, query);
  // Both are told of it while it runs.
  for (const { page } of [a, g])
    await expect(page.getByRole('button', { name: /^Jobs: [1-9]/ })).toBeVisible();
  await g.page.getByRole('button', { name: /^Jobs: [1-9]/ }).click();
  await expect(g.page.getByRole('list', { name: 'Jobs' }).getByRole('progressbar').first()).toBeVisible();
  await g.page.keyboard.press('Escape');
  for (const { page } of [a, g]) await drawn(views(page).first());
  const jobs = await jobsOf(g.page);
  const mine = jobs.filter((job) => job.query.includes(`seed=${seed}`));
  expect(mine).toHaveLength(1);
  expect(mine[0]?.state).toBe('done');
  for (const seat of [ada, a, g]) await seat.context.close();
});
