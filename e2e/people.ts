/** Who takes part in the stories, and how they get in. */

import path from 'node:path';
import { type Browser, type BrowserContext, expect, type Page } from '@playwright/test';

export interface Person {
  readonly name: string;
  readonly email: string;
  readonly password: string;
}
export const ADA: Person = { name: 'Ada Lovelace', email: 'ada@example.org', password: 'analytical engine' };
export const GRACE: Person = {
  name: 'Grace Hopper',
  email: 'grace@example.org',
  password: 'a moth in the relay',
};
export const ALAN: Person = {
  name: 'Alan Turing',
  email: 'alan@example.org',
  password: 'on computable numbers',
};
export const EMMY: Person = {
  name: 'Emmy Noether',
  email: 'emmy@example.org',
  password: 'symmetry conserves',
};

/** Set in playwright.config.ts. */
export const OWNER_LINK = '/setup?token=e2e-owner-token-0123456789';

export const ORIGIN = `http://127.0.0.1:${process.env.INTERLAYER_E2E_PORT ?? 4310}`;

export const stateOf = (person: Person): string =>
  path.join('artifacts', 'e2e-people', `${person.email}.json`);

export async function fillAccount(page: Page, person: Person): Promise<void> {
  await page.getByLabel('Name').fill(person.name);
  await page.getByLabel('E-mail').fill(person.email);
  await page.getByLabel('Password').fill(person.password);
}

export async function signIn(page: Page, person: Person): Promise<void> {
  await page.getByLabel('E-mail').fill(person.email);
  await page.getByLabel('Password').fill(person.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

/** A browser of its own in which somebody is signed in. */
export async function browserOf(browser: Browser, person: Person): Promise<BrowserContext> {
  return browser.newContext({ storageState: stateOf(person) });
}

/** A page of the demo project's board with this title. */
export async function openBoard(page: Page, title: string): Promise<void> {
  await page.goto('/p/digits');
  await page.getByRole('list', { name: 'Boards' }).getByRole('link', { name: title }).click();
  await expect(page.getByText('Saved', { exact: false }).first()).toBeVisible();
}

/** A fresh board in the demo project; its address. */
export async function newBoard(page: Page, title: string): Promise<string> {
  const answer = await page.request.post('/api/v1/projects/digits/boards', {
    data: { title },
    headers: { origin: ORIGIN },
  });
  expect(answer.status(), await answer.text()).toBe(201);
  const board: unknown = await answer.json();
  if (typeof board !== 'object' || board === null || !('id' in board)) throw new Error('no board');
  return `/p/digits/boards/${String(board.id)}`;
}
