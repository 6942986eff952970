/** Story 24: a model of models: its groups are closed and opened in the drawing, and asked about as a layer is. */
import { readFile } from 'node:fs/promises';
import { expect, test } from '@playwright/test';
import { drop } from './files.ts';
import { ADA, newBoard, stateOf } from './people.ts';
import { complaintsOf, enter, expectPicture, viewOf } from './views.ts';

test.use({ storageState: stateOf(ADA) });

const net = `nested-${Date.now().toString(36)}`;
/** One model within another (server/compute/formats/goldens/make.py). */
const FILE = 'server/compute/formats/goldens/nested.keras';

test('groups of layers are opened in place, listed as a tree and asked about', async ({ page }, info) => {
  const complaints = complaintsOf(page);
  await enter(page, await newBoard(page, 'A model of models'));
  await drop(page, info, { [`${net}.keras`]: await readFile(FILE) });
  const graph = await expectPicture(viewOf(page, `${net}@0 · architecture`), 'Architecture');

  // Small enough to open with all groups open.
  const close = graph.getByRole('button', { name: /^Close the group / }).first();
  const name = (await close.getAttribute('aria-label'))?.replace('Close the group ', '') ?? '';
  const boxes = graph.getByRole('button', { name: / parameters$/ });
  const all = await boxes.count();
  await close.click();
  const box = graph.getByRole('button', { name: new RegExp(`^${name}, group of \\d+ layers`) });
  await expect(box).toBeVisible();
  expect(await boxes.count()).toBeLessThan(all);

  await box.click();
  const details = page.getByRole('complementary', { name: 'Details' }).or(page.locator('aside')).last();
  await expect(details.getByText('Group of layers', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: `Unfold the layers of ${net}` }).click();
  const row = page.getByRole('list', { name: `Layers of ${net}` }).getByRole('button', {
    name: new RegExp(`^${name}, group of`),
  });
  await expect(row).toHaveAttribute('aria-pressed', 'true');
  await box.dblclick();
  await expect(boxes).toHaveCount(all);

  await page.keyboard.press('/');
  await page.getByRole('textbox', { name: 'Query' }).fill(`select weights(${name}) from ${net}`);
  await expect(page.getByText(new RegExp(`${name} is a group of \\d+ layers`)).first()).toBeVisible();
  expect(complaints).toEqual([]);
});
