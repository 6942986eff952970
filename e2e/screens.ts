/** Every screen of the product, and how a person comes to it: what access and pictures are checked on. */
import { type Browser, expect, type Page } from '@playwright/test';
import { ADA, browserOf, newBoard, ORIGIN } from './people.ts';
import { saveMark } from './together.ts';
import { expectPicture } from './views.ts';

export interface Screen {
  readonly name: string;
  /** False: for a visitor who is not signed in. */
  readonly signedIn: boolean;
  /** Opens it and waits until it is whole. */
  open(page: Page): Promise<void>;
}

const heading = (page: Page, name: string | RegExp) =>
  expect(page.getByRole('heading', { name }).first()).toBeVisible();
const plain = (name: string, signedIn: boolean, address: string, title: string | RegExp): Screen => ({
  name,
  signedIn,
  async open(page) {
    await page.goto(address);
    await heading(page, title);
  },
});
const tab = (id: string, label: string): Screen => ({
  name: `project-${id}`,
  signedIn: true,
  async open(page) {
    await page.goto(`/p/digits#${id}`);
    await expect(page.getByRole('tab', { name: new RegExp(label) })).toHaveAttribute('aria-selected', 'true');
  },
});

/** Addresses of what is made once for all checks. */
export interface Places {
  readonly empty: string;
  readonly board: string;
  readonly invite: string;
  readonly snapshot: string;
}

/** The demo's walk, an empty board, an invitation and a snapshot, as the owner. */
export async function makePlaces(browser: Browser): Promise<Places> {
  const context = await browserOf(browser, ADA);
  const page = await context.newPage();
  const call = async (route: string, data: unknown): Promise<Record<string, unknown>> => {
    const answer = await page.request.post(`/api/v1/${route}`, { data, headers: { origin: ORIGIN } });
    expect(answer.ok(), await answer.text()).toBe(true);
    return answer.json();
  };
  const boards: { id: string; title: string }[] = await (
    await page.request.get('/api/v1/projects/digits/boards')
  ).json();
  const walk = boards.find(({ title }) => title.startsWith('Why is B'));
  if (!walk) throw new Error('the demo has no walk');
  const empty = await newBoard(page, 'Nothing yet');
  const { url } = await call('projects/digits/invites', { role: 'viewer', expiresInHours: 24 });
  // Taken on the board, so that it has the numbers of every view.
  await page.goto(`/p/digits/boards/${walk.id}`);
  await expect(saveMark(page)).toHaveText('saved');
  await page.getByRole('button', { name: 'Snapshot', exact: true }).click();
  await page.getByLabel('Title').fill('What the stray ReLU does');
  await page.getByLabel('Summary').fill('Four classes are **never** predicted: their logits are cut off.');
  await page.getByRole('button', { name: 'Save the snapshot' }).click();
  const saved = page.getByRole('dialog', { name: 'The snapshot is saved' }).getByRole('link');
  const snapshot = await saved.getAttribute('href', { timeout: 60_000 });
  if (snapshot === null) throw new Error('no snapshot');
  await context.close();
  return {
    empty,
    board: `/p/digits/boards/${walk.id}`,
    invite: new URL(String(url)).pathname,
    snapshot,
  };
}

export function screensOf(places: Places): readonly Screen[] {
  const onBoard = async (page: Page, address: string) => {
    await page.goto(address);
    await expect(saveMark(page)).toHaveText('saved');
  };
  const walk = async (page: Page) => {
    await onBoard(page, places.board);
    await expect(page.getByRole('article').first()).toHaveAttribute('aria-busy', 'false', {
      timeout: 60_000,
    });
  };
  const dialog = (name: string, key: string, title: string): Screen => ({
    name: `board-${name}`,
    signedIn: true,
    async open(page) {
      await walk(page);
      await page.keyboard.press(key);
      await expect(page.getByRole('dialog', { name: title })).toBeVisible();
    },
  });
  return [
    plain('sign-in', false, '/sign-in', 'Sign in'),
    plain('setup', false, '/setup', /owner/),
    plain('invite', false, places.invite, 'Join Digits'),
    plain('not-found', false, '/no/such/page', 'There is nothing here'),
    {
      name: 'projects',
      signedIn: true,
      async open(page) {
        await page.goto('/');
        await expect(page.getByRole('link', { name: /Digits/ })).toBeVisible();
      },
    },
    tab('boards', 'Boards'),
    tab('models', 'Models'),
    tab('data', 'Data sets'),
    tab('snapshots', 'Snapshots'),
    tab('members', 'Members'),
    plain('settings', true, '/settings', 'Sessions'),
    { name: 'board', signedIn: true, open: walk },
    { name: 'board-empty', signedIn: true, open: (page) => onBoard(page, places.empty) },
    dialog('help', '?', 'Keys and gestures'),
    dialog('palette', 'Control+k', 'Command palette'),
    {
      name: 'board-share',
      signedIn: true,
      async open(page) {
        await walk(page);
        await page.getByRole('button', { name: 'Share' }).click();
        await expect(page.getByRole('dialog', { name: 'Share' })).toBeVisible();
      },
    },
    {
      name: 'board-snapshot',
      signedIn: true,
      async open(page) {
        await walk(page);
        await page.getByRole('button', { name: 'Snapshot', exact: true }).click();
        await expect(page.getByRole('dialog', { name: 'Take a snapshot' })).toBeVisible();
      },
    },
    {
      name: 'board-view-menu',
      signedIn: true,
      async open(page) {
        await walk(page);
        await page
          .getByRole('button', { name: /^Menu of/ })
          .first()
          .click();
        await expect(page.getByRole('menuitem', { name: 'Edit query' })).toBeVisible();
      },
    },
    {
      name: 'board-layer',
      signedIn: true,
      async open(page) {
        await page.goto(`${places.board}?at=${encodeURIComponent('digits-cnn-relu@20/relu#4')}`);
        await expect(page.getByText('yes: zero on every example')).toBeVisible({ timeout: 30_000 });
      },
    },
    plain('board-none', true, '/p/digits/boards/01a00000-0000-7000-8000-000000000000', 'cannot be opened'),
    {
      name: 'project-invite',
      signedIn: true,
      async open(page) {
        await page.goto('/p/digits#members');
        await page.getByRole('button', { name: 'Invite' }).click();
        await page.getByRole('button', { name: 'Make a link' }).click();
        await expect(page.getByRole('textbox', { name: /Invitation link/ })).toBeVisible();
      },
    },
    {
      name: 'board-query',
      signedIn: true,
      async open(page) {
        await walk(page);
        await page.keyboard.press('/');
        await page.getByRole('textbox', { name: 'Query' }).fill('select stats(conv2d_9) from f(data)');
        await expect(page.getByText(/did you mean/)).toBeVisible();
      },
    },
    {
      name: 'board-points',
      signedIn: true,
      async open(page) {
        await page.goto(`${places.board}?view=points-a`);
        await expect(saveMark(page)).toHaveText('saved');
        await expectPicture(
          page.getByRole('group', { name: 'View: logits · example space · digits.test' }).first(),
          'Example space',
        );
      },
    },
    {
      name: 'unit',
      signedIn: true,
      async open(page) {
        await page.goto(`/p/digits/u?at=${encodeURIComponent('digits-cnn-relu@20/relu#4')}`);
        await heading(page, 'digits-cnn-relu@20/relu#4');
        await expect(page.getByText('yes: zero on every example')).toBeVisible({ timeout: 30_000 });
      },
    },
    {
      name: 'snapshot',
      signedIn: true,
      async open(page) {
        await page.goto(places.snapshot);
        await expect(page.getByText('What the stray ReLU does').first()).toBeVisible();
        for (const step of [2, 3, 4]) {
          await page.keyboard.press('ArrowRight');
          await expect(page.getByText(`${step} of 12`)).toBeVisible();
        }
        await expect(page.getByText(/^accuracy /)).toBeVisible();
      },
    },
    {
      name: 'snapshot-recomputed',
      signedIn: true,
      async open(page) {
        await page.goto(places.snapshot);
        await page.getByRole('button', { name: 'Recompute' }).click();
        await expect(page.getByText('Nothing differs')).toBeVisible({ timeout: 30_000 });
      },
    },
    {
      name: 'snapshot-restore',
      signedIn: true,
      async open(page) {
        await page.goto(places.snapshot);
        await page.getByRole('button', { name: 'Restore' }).click();
        await expect(page.getByRole('dialog', { name: /^Restore/ })).toBeVisible();
      },
    },
    {
      name: 'unit-example',
      signedIn: true,
      async open(page) {
        await page.goto(`/p/digits/u?at=${encodeURIComponent('digits.test[14]')}`);
        await heading(page, 'digits.test[14]');
        await expect(page.getByText('Predicted').first()).toBeVisible({ timeout: 30_000 });
      },
    },
    plain('model', true, '/p/digits/models/digits-cnn', 'digits-cnn'),
    plain('unit-none', true, '/p/digits/u?at=%23%23', 'This is not an address'),
    plain('gallery', true, '/gallery', 'Gallery'),
    {
      name: 'gallery-primitives',
      signedIn: true,
      async open(page) {
        await page.goto('/gallery');
        await page.getByRole('radio', { name: 'Primitives' }).click();
        await expect(page.getByText('What the rest is made of.')).toBeVisible();
      },
    },
  ];
}
