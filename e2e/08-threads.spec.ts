/** Story 8: findings at a layer, a neuron, a view and a region, seen by everybody on every board. */
import { expect, type Page, test } from '@playwright/test';
import { ADA, ALAN, EMMY, GRACE, newBoard, ORIGIN } from './people.ts';
import { ask, attempt, canvas, drawn, layers, sit, view, views } from './together.ts';

const details = (page: Page) => page.getByRole('complementary', { name: 'Details' });
const threads = (page: Page) => details(page).getByRole('region', { name: 'Threads' });
const thread = (page: Page, text: string) => threads(page).getByRole('article').filter({ hasText: text });

/** Writes a new thread at what is selected. */
async function comment(page: Page, text: string): Promise<void> {
  await details(page).getByRole('button', { name: 'New thread' }).click();
  await page.getByRole('textbox', { name: 'Write what you found' }).fill(text);
  await page.getByRole('button', { name: 'Comment', exact: true }).click();
  await expect(thread(page, text)).toBeVisible();
}

/** Threads belong to the project, not to a board: those that an earlier attempt left open at this layer are resolved. */
async function settle(page: Page, layer: string): Promise<void> {
  const answer = await page.request.get('/api/v1/projects/digits/threads');
  const all: { id: string; anchor: { address?: string } }[] = await answer.json();
  for (const { id, anchor } of all)
    if (anchor.address?.startsWith('digits-cnn@') && anchor.address.includes(`/${layer}`))
      await page.request.post(`/api/v1/threads/${id}/resolve`, { headers: { origin: ORIGIN } });
}

test('a thread at a layer and one at a neuron show on graph, list and views, for everybody, on every board', async ({
  browser,
}) => {
  const ada = await sit(browser, ADA, '/');
  await settle(ada.page, 'dense_1');
  const path = await newBoard(ada.page, 'Annotated');
  const elsewhere = await newBoard(ada.page, 'Another board');
  const [a, g] = [await sit(browser, ADA, path), await sit(browser, GRACE, path)];
  await ask(a.page, 'select graph() from digits-cnn@20');
  await ask(a.page, 'select activation(dense_1) from digits-cnn@20(digits.test[3])');
  await ask(a.page, 'select histogram(dense_1#5) from digits-cnn@20(digits.test)');
  for (const { page } of [a, g]) {
    await page.keyboard.press('Shift+1');
    for (const i of [0, 1, 2]) await drawn(views(page).nth(i));
  }

  // The layer: clicked on the graph.
  await canvas(a.page)
    .getByRole('button', { name: /^dense_1,/ })
    .click();
  await expect(details(a.page).getByRole('heading', { name: 'dense_1', exact: true })).toBeVisible();
  await comment(a.page, 'This layer is narrow');
  // The neuron: by the head of the view that shows it.
  await view(a.page, /dense_1#5/)
    .getByRole('button', { name: 'Jump to the unit' })
    .click();
  await expect(details(a.page).getByRole('heading', { name: 'dense_1#5', exact: true })).toBeVisible();
  await comment(a.page, 'Unit five never fires for a 4');

  const board = await newBoardSeat(browser, elsewhere);
  for (const { page } of [a, g, board]) {
    await expect(canvas(page).getByRole('button', { name: /^dense_1,.* 2 open threads/ })).toBeVisible();
    await expect(layers(page).getByRole('button', { name: /^dense_1,.* 2 open threads/ })).toBeVisible();
    await expect(
      view(page, /dense_1#5/).getByRole('button', { name: '1 open thread on this view' }),
    ).toBeVisible();
  }
  for (const { page } of [a, g])
    await expect(
      view(page, /activations/).getByRole('button', { name: '2 open threads on this view' }),
    ).toBeVisible();
  // The other person reads it from the badge.
  await view(g.page, /dense_1#5/)
    .getByRole('button', { name: '1 open thread on this view' })
    .click();
  await expect(thread(g.page, 'Unit five never fires for a 4')).toBeVisible();
  for (const seat of [ada, a, g, board]) await seat.context.close();
});

async function newBoardSeat(browser: import('@playwright/test').Browser, path: string) {
  const seat = await sit(browser, GRACE, path);
  await ask(seat.page, 'select graph() from digits-cnn@20');
  await ask(seat.page, 'select histogram(dense_1#5) from digits-cnn@12(digits.train)');
  await seat.page.keyboard.press('Shift+1');
  await drawn(views(seat.page).nth(1));
  return seat;
}

test('a thread is answered, mended, reacted to, resolved and opened again, and who is mentioned is told', async ({
  browser,
}) => {
  const question = `Does this layer lose too much? (${attempt()})`;
  const ada = await sit(browser, ADA, '/');
  await settle(ada.page, 'pool_2');
  const path = await newBoard(ada.page, 'Talk');
  const [a, c] = [await sit(browser, ADA, path), await sit(browser, ALAN, path)];
  await layers(a.page)
    .getByRole('button', { name: /^pool_2,/ })
    .click();
  await comment(a.page, question);

  // A commenter answers, and mentions by the first letters of a name.
  await layers(c.page)
    .getByRole('button', { name: /^pool_2,/ })
    .click();
  await thread(c.page, question).getByText(question).click();
  const reply = c.page.getByRole('textbox', { name: 'Reply' });
  await reply.pressSequentially('Look at digits-cnn@20/pool_2#3, @gr');
  await expect(c.page.getByRole('list', { name: 'Members to mention' })).toContainText('Grace Hopper');
  await reply.press('Enter');
  await expect(reply).toHaveValue('Look at digits-cnn@20/pool_2#3, @Grace Hopper ');
  await reply.press('Control+Enter');
  const said = (page: Page) => thread(page, question).getByRole('listitem').filter({ hasText: 'Look at' });
  await expect(said(a.page)).toBeVisible();
  await expect(said(a.page).getByText('@Grace Hopper')).toBeVisible();
  await expect(said(a.page).getByRole('link', { name: 'digits-cnn@20/pool_2#3' })).toHaveAttribute(
    'href',
    '/p/digits/u?at=digits-cnn%4020%2Fpool_2%233',
  );

  // Ada reacts; Alan sees it, edits his own words, and cannot touch Ada's.
  await said(a.page).getByRole('button', { name: 'React' }).click();
  await a.page.getByRole('menuitem', { name: '🎯' }).click();
  await expect(said(c.page).getByRole('button', { name: '🎯, 1' })).toBeVisible();
  await expect(c.page.getByRole('button', { name: 'Edit or delete this comment' })).toHaveCount(1);
  await said(c.page).getByRole('button', { name: 'Edit or delete this comment' }).click();
  await c.page.getByRole('menuitem', { name: 'Edit' }).click();
  await c.page.getByRole('textbox', { name: 'Edit the comment' }).fill('Look at unit 3, @Grace Hopper');
  await c.page.getByRole('button', { name: 'Save' }).click();
  await expect(said(a.page)).toContainText('Look at unit 3');
  await expect(said(a.page)).toContainText('edited');

  // Grace, on another page, is told, and the notice leads to the thread.
  const g = await sit(browser, GRACE, '/');
  await g.page.getByRole('button', { name: /^Notifications: \d+ unread/ }).click();
  const notices = g.page.getByRole('list', { name: 'Notifications' });
  await notices.getByRole('link').filter({ hasText: 'Look at unit 3' }).first().click();
  await expect(g.page).toHaveURL(/[?&]thread=/);
  await expect(g.page.getByRole('article').filter({ hasText: 'Look at unit 3' })).toBeVisible();

  // Resolved: gone from the badges and the open ones; reopened: back.
  await thread(a.page, question).getByRole('button', { name: 'Resolve' }).click();
  await expect(layers(c.page).getByRole('button', { name: /^pool_2,.* open thread/ })).toHaveCount(0);
  await c.page.keyboard.press('Escape');
  await c.page.getByRole('radio', { name: 'Resolved' }).click();
  await thread(c.page, question).getByRole('button', { name: 'Reopen' }).click();
  await expect(layers(a.page).getByRole('button', { name: /^pool_2,.* 1 open thread/ })).toBeVisible();

  // Deleted: the place of the words stays.
  await c.page.getByRole('radio', { name: 'Open' }).click();
  await thread(c.page, question).getByText(question).click();
  await said(c.page).getByRole('button', { name: 'Edit or delete this comment' }).click();
  await c.page.getByRole('menuitem', { name: 'Delete' }).click();
  await expect(thread(a.page, question).getByText('Alan Turing deleted a comment')).toBeVisible();
  for (const seat of [ada, a, c, g]) await seat.context.close();
});

test('a thread at a region of a view has a pin, a link, and is read but not written by a viewer', async ({
  browser,
}) => {
  const ada = await sit(browser, ADA, '/');
  const path = await newBoard(ada.page, 'Regions');
  const a = await sit(browser, ADA, path);
  await ask(a.page, 'select confusion() from digits-cnn@20(digits.test)');
  const matrix = views(a.page).first();
  await drawn(matrix);
  await matrix.getByRole('button', { name: /^Menu of/ }).click();
  await a.page.getByRole('menuitem', { name: 'Comment on a region' }).click();
  const sheet = a.page.getByRole('application', { name: /^Drag over the region/ });
  const box = await sheet.boundingBox();
  if (!box) throw new Error('nothing to mark');
  await a.page.mouse.move(box.x + box.width * 0.2, box.y + box.height * 0.7);
  await a.page.mouse.down();
  await a.page.mouse.move(box.x + box.width * 0.6, box.y + box.height * 0.9, { steps: 5 });
  await a.page.mouse.up();
  await a.page.getByRole('textbox', { name: 'Write what you found' }).fill('All errors lie here');
  await a.page.getByRole('button', { name: 'Comment', exact: true }).click();
  const pin = (page: Page) =>
    canvas(page).getByRole('button', { name: /^Thread by Ada Lovelace: All errors/ });
  await expect(pin(a.page)).toBeVisible();
  await thread(a.page, 'All errors lie here')
    .getByRole('button', { name: 'Copy the link to this thread' })
    .click();
  const link = await a.page.evaluate(() => navigator.clipboard.readText());

  // The link opens the board at the view, with the thread; a viewer reads it and cannot write.
  const e = await sit(browser, EMMY, new URL(link).pathname + new URL(link).search);
  await expect(pin(e.page)).toBeVisible();
  await expect(thread(e.page, 'All errors lie here')).toBeVisible();
  await expect(thread(e.page, 'All errors lie here').getByRole('button', { name: 'Resolve' })).toHaveCount(0);
  await expect(e.page.getByRole('textbox', { name: 'Reply' })).toHaveCount(0);
  await expect(e.page.getByRole('button', { name: 'New thread' })).toHaveCount(0);
  await expect(e.page.getByRole('button', { name: 'React' })).toHaveCount(0);

  // The view is removed: the thread is kept and says so.
  await matrix.locator('.board-handle').click();
  await a.page.keyboard.press('Delete');
  await expect(views(a.page)).toHaveCount(0);
  await expect(thread(e.page, 'All errors lie here').getByText('place is gone')).toBeVisible();
  for (const seat of [ada, a, e]) await seat.context.close();
});
