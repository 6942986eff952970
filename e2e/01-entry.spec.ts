/** Stories 1 and 2: the owner's link, invitations with roles, sessions, tokens. */
import { expect, test } from '@playwright/test';
import { ADA, ALAN, browserOf, EMMY, fillAccount, GRACE, OWNER_LINK, signIn, stateOf } from './people.ts';

test.describe.configure({ mode: 'serial' });

test('a stranger is sent to sign in, and told where the owner link is', async ({ page }) => {
  await page.goto('/');
  await expect(page).toHaveURL(/\/sign-in/);
  await expect(page.getByText('There is no account yet')).toBeVisible();
});

test('a wrong owner link makes no account', async ({ page }) => {
  await page.goto('/setup?token=wrong');
  await fillAccount(page, ADA);
  await page.getByRole('button', { name: 'Make account' }).click();
  await expect(page.getByRole('alert').filter({ hasText: /link/i })).toBeVisible();
});

test('the owner link makes the owner, once', async ({ page, browser }) => {
  await page.goto(OWNER_LINK);
  await fillAccount(page, ADA);
  await page.getByRole('button', { name: 'Make account' }).click();
  await expect(page.getByRole('heading', { name: 'Projects' })).toBeVisible();
  await expect(page.getByRole('link', { name: /Digits/ })).toBeVisible();
  await page.context().storageState({ path: stateOf(ADA) });

  const other = await browser.newContext();
  const late = await other.newPage();
  await late.goto(OWNER_LINK);
  await expect(late.getByRole('heading', { name: 'There is an owner already' })).toBeVisible();
  await other.close();
});

for (const [person, role] of [
  [GRACE, 'editor'],
  [ALAN, 'commenter'],
  [EMMY, 'viewer'],
] as const)
  test(`the owner invites a person as ${role} by a link`, async ({ browser }) => {
    const owner = await browserOf(browser, ADA);
    const page = await owner.newPage();
    await page.goto('/p/digits#members');
    await page.getByRole('button', { name: 'Invite' }).click();
    await page.getByRole('combobox', { name: 'Role' }).click();
    await page.getByRole('option', { name: new RegExp(role, 'i') }).click();
    await page.getByRole('button', { name: 'Make a link' }).click();
    const link = await page.getByRole('textbox', { name: /Invitation link/ }).inputValue();
    await owner.close();

    const guest = await browser.newContext();
    const join = await guest.newPage();
    await join.goto(link);
    await expect(join.getByRole('heading', { name: 'Join Digits' })).toBeVisible();
    await expect(join.getByText(role, { exact: true })).toBeVisible();
    await fillAccount(join, person);
    await join.getByRole('button', { name: 'Make account and join' }).click();
    await expect(join).toHaveURL(/\/p\/digits$/);
    await expect(join.getByRole('heading', { name: 'Digits' })).toBeVisible();
    await join.context().storageState({ path: stateOf(person) });
    await guest.close();
  });

test('a revoked link lets nobody in', async ({ browser }) => {
  const owner = await browserOf(browser, ADA);
  const page = await owner.newPage();
  await page.goto('/p/digits#members');
  await page.getByRole('button', { name: 'Invite' }).click();
  await page.getByRole('combobox', { name: 'Role' }).click();
  await page.getByRole('option', { name: /viewer/i }).click();
  await page.getByRole('button', { name: 'Make a link' }).click();
  const link = await page.getByRole('textbox', { name: /Invitation link/ }).inputValue();
  const links = page.getByRole('list', { name: 'Invitation links' }).getByRole('listitem');
  const before = await links.count();
  // The newest first or last: revoke every viewer link.
  while ((await page.getByRole('button', { name: 'Take back the viewer link' }).count()) > 0) {
    const now = await links.count();
    await page.getByRole('button', { name: 'Take back the viewer link' }).first().click();
    await expect(links).toHaveCount(now - 1);
  }
  expect(await links.count()).toBeLessThan(before);
  await owner.close();

  const guest = await browser.newContext();
  const join = await guest.newPage();
  await join.goto(link);
  await expect(join.getByRole('alert').first()).toBeVisible();
  await expect(join.getByRole('button', { name: /join/i })).toHaveCount(0);
  await guest.close();
});

test('a wrong password is refused with a sentence, the right one opens the page that was asked for', async ({
  browser,
}) => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto('/p/digits');
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await signIn(page, { ...GRACE, password: 'not her password' });
  await expect(page.getByText('do not belong together')).toBeVisible();
  await signIn(page, GRACE);
  await expect(page).toHaveURL(/\/p\/digits$/);
  await context.close();
});

test('a session that is ended elsewhere is out', async ({ browser }) => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto('/sign-in');
  await signIn(page, EMMY);
  await expect(page.getByRole('heading', { name: 'Projects' })).toBeVisible();

  const first = await browserOf(browser, EMMY);
  const settings = await first.newPage();
  await settings.goto('/settings');
  const others = settings
    .getByRole('list', { name: 'Sessions' })
    .getByRole('listitem')
    .filter({ hasNotText: 'this one' });
  await others.first().getByRole('button', { name: 'End' }).click();
  await expect(others).toHaveCount(0);

  await page.goto('/');
  await expect(page).toHaveURL(/\/sign-in/);
  await first.close();
  await context.close();
});

test('a token works over HTTP until it is revoked', async ({ browser, request }) => {
  const context = await browserOf(browser, GRACE);
  const page = await context.newPage();
  await page.goto('/settings');
  await page.getByLabel('Name of the token').fill('training script');
  await page.getByRole('button', { name: 'Make token' }).click();
  const secret = await page.getByRole('status').locator('code').textContent();
  const ask = () => request.get('/api/v1/projects', { headers: { authorization: `Bearer ${secret}` } });
  expect((await ask()).status()).toBe(200);
  await page.getByRole('button', { name: 'Revoke training script' }).click();
  await expect(page.getByText('No token yet.')).toBeVisible();
  expect((await ask()).status()).toBe(401);
  await context.close();
});
