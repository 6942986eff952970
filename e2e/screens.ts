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
  const snapshot = await call(`boards/${walk.id}/snapshots`, {
    title: 'What the stray ReLU does',
    summary: 'Four classes are never predicted.',
    results: {},
  });
  await context.close();
  return {
    empty,
    board: `/p/digits/boards/${walk.id}`,
    invite: new URL(String(url)).pathname,
    snapshot: `/p/digits/snapshots/${String(snapshot.id)}`,
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
      },
    },
    plain('gallery', true, '/gallery', 'Gallery'),
  ];
}
