/** People by themselves: their account, what is written to them, and what is taken away from under them. */
import { expect, type Page, test } from '@playwright/test';
import { ADA, browserOf, GRACE, newBoard, ORIGIN, type Person, signIn } from './people.ts';

const post = async (page: Page, route: string, data: object): Promise<unknown> => {
  const answer = await page.request.post(`/api/v1/${route}`, { data, headers: { origin: ORIGIN } });
  expect(answer.ok(), await answer.text()).toBe(true);
  return answer.json();
};

test('a changed password ends all other sessions, and is the one that opens the door', async ({
  browser,
}) => {
  const luise: Person = { name: 'Luise Hartmann', email: 'luise@example.org', password: 'first of her name' };
  const owner = await browserOf(browser, ADA);
  const made = await post(await owner.newPage(), 'projects/digits/invites', { role: 'viewer', maxUses: 1 });
  const invite = /invite\/([\w-]+)/.exec(JSON.stringify(made))?.[1];
  const here = await browser.newPage();
  await post(here, 'register', { ...luise, invite });
  const there = await browser.newPage();
  for (const page of [here, there]) {
    await page.goto('/sign-in');
    await signIn(page, luise);
    await expect(page.getByRole('heading', { name: 'Projects' })).toBeVisible();
  }
  await here.goto('/settings');
  await here.getByLabel('Your name').fill('Luise H.');
  await here.getByRole('button', { name: 'Change name' }).click();
  await expect(here.getByText('Your name is changed.')).toBeVisible();
  await expect(here.getByRole('button', { name: 'Your account: Luise H.' })).toBeVisible();

  const change = async (current: string) => {
    await here.getByLabel('Current password').fill(current);
    await here.getByLabel('New password').fill('second of her name');
    await here.getByRole('button', { name: 'Change password' }).click();
  };
  await change('not hers at all');
  await expect(here.getByText('That is not your current password.')).toBeVisible();
  await there.reload();
  await expect(there.getByRole('heading', { name: 'Projects' })).toBeVisible();
  await change(luise.password);
  await expect(here.getByText('Your password is changed.')).toBeVisible();
  await there.reload();
  await expect(there).toHaveURL(/\/sign-in/);
  await signIn(there, luise);
  await expect(there.getByText('do not belong together')).toBeVisible();
  await signIn(there, { ...luise, password: 'second of her name' });
  await expect(there.getByRole('heading', { name: 'Projects' })).toBeVisible();
  for (const context of [owner, here.context(), there.context()]) await context.close();
});

test('T3: a mention rings the bell, on a page and on a board, and leads to its thread', async ({
  browser,
}) => {
  const [writer, reader] = [await browserOf(browser, ADA), await browserOf(browser, GRACE)];
  const ada = await writer.newPage();
  const grace = await reader.newPage();
  const write = (address: string, body: string) =>
    post(ada, 'projects/digits/threads', { anchor: { kind: 'address', address }, body });
  const bell = grace.getByRole('button', { name: /^Notifications/ });
  const notices = grace.getByRole('list', { name: 'Notifications' });

  await write('digits-cnn/conv2d_1', '@Grace Hopper, is this filter dead?');
  await grace.goto('/');
  await expect(grace.getByRole('button', { name: /^Notifications: \d+ unread/ })).toBeVisible();
  await bell.click();
  await notices.getByRole('link', { name: /Ada Lovelace mentioned you.*is this filter dead/ }).click();
  await expect(grace).toHaveURL(/\/p\/digits\/u\?at=digits-cnn%2Fconv2d_1&thread=/);
  await expect(grace.getByText('is this filter dead?')).toBeVisible();

  await grace.goto(await newBoard(ada, 'Bells'));
  await expect(grace.getByText('Saved', { exact: false }).first()).toBeVisible();
  await bell.click();
  await expect(notices.getByRole('link').first()).toBeVisible();
  const again = grace.getByRole('button', { name: 'Mark all as read' });
  if (await again.isVisible()) await again.click();
  await grace.keyboard.press('Escape');
  await expect(grace.getByRole('button', { name: 'Notifications', exact: true })).toBeVisible();
  const board = grace.url();
  await write('digits-cnn/dense_1', '@Grace Hopper, and this one?');
  await grace.getByRole('button', { name: 'Notifications: 1 unread' }).click();
  await notices.getByRole('link', { name: /Unread:.*and this one/ }).click();
  await expect(grace.getByText('and this one?')).toBeVisible();
  await expect(grace.getByRole('button', { name: 'Notifications', exact: true })).toBeVisible();
  expect(grace.url()).toBe(board);
  await writer.close();
  await reader.close();
});

test('who has a board open is told when it is deleted', async ({ browser }) => {
  const [owner, guest] = [await browserOf(browser, ADA), await browserOf(browser, GRACE)];
  const ada = await owner.newPage();
  const grace = await guest.newPage();
  await grace.goto(await newBoard(ada, 'Soon gone'));
  await expect(grace.getByText('Saved', { exact: false }).first()).toBeVisible();
  await ada.goto('/p/digits');
  await ada.getByRole('button', { name: 'Actions of Soon gone' }).click();
  await ada.getByRole('menuitem', { name: 'Delete' }).click();
  await ada.getByRole('button', { name: 'Delete board' }).click();
  const told = grace.getByRole('alert').filter({ hasText: 'This board was deleted' });
  await expect(told).toBeVisible();
  await told.getByRole('link', { name: 'Go to the project' }).click();
  await expect(grace).toHaveURL(/\/p\/digits$/);
  await owner.close();
  await guest.close();
});

test('an owner renames a project, and deletes it by typing its name', async ({ browser }) => {
  const owner = await browserOf(browser, ADA);
  const page = await owner.newPage();
  await page.goto('/');
  await page.getByRole('button', { name: 'New project' }).click();
  await page.getByLabel('Name').fill('Passing fancy');
  await page.getByRole('button', { name: 'Make project' }).click();
  await expect(page).toHaveURL(/\/p\/passing-fancy/);
  await page.getByRole('button', { name: 'Actions of Passing fancy' }).click();
  await page.getByRole('menuitem', { name: 'Rename' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('Fancy passed');
  await page.getByRole('button', { name: 'Rename' }).click();
  await expect(page.getByRole('heading', { name: 'Fancy passed' })).toBeVisible();

  await page.getByRole('button', { name: 'Actions of Fancy passed' }).click();
  await page.getByRole('menuitem', { name: 'Delete project' }).click();
  const confirm = page.getByRole('button', { name: 'Delete project' });
  const typed = page.getByLabel('Type Fancy passed to confirm');
  await typed.fill('fancy passed');
  await expect(confirm).toBeDisabled();
  await typed.fill('Fancy passed');
  await confirm.click();
  await expect(page.getByRole('heading', { name: 'Projects' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Digits' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Fancy passed' })).toHaveCount(0);
  await owner.close();
});
