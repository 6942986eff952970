/** Story 25: a model is dropped, its page tells what it is and what its layers cost, and it is downloaded again; an import is cancelled. */
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import { drop, kerasFile, tfjsModel, zip } from './files.ts';
import { ADA, stateOf } from './people.ts';
import { complaintsOf } from './views.ts';

test.use({ storageState: stateOf(ADA) });

/** Names that no run before has taken. */
const stamp = Date.now().toString(36);

test('the page of a dropped model tells its origin and the cost of its layers, and gives it back', async ({
  page,
}, info) => {
  const complaints = complaintsOf(page);
  const name = `paged-${stamp}`;
  await page.goto('/p/digits');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await drop(page, info, { [`${name}.keras`]: await kerasFile() });
  await page.getByRole('link', { name }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Origin' })).toContainText(/Keras 3\./);

  const layers = page.getByRole('region', { name: 'Layers' });
  await layers.getByRole('button', { name: 'FLOPs' }).click();
  await expect(layers.getByRole('columnheader', { name: 'FLOPs' })).toHaveAttribute(
    'aria-sort',
    'descending',
  );
  await expect(layers.getByRole('row').nth(1)).toContainText('conv_same');
  await layers.getByRole('searchbox', { name: 'Find layers by name or type' }).fill('pool');
  await expect(layers.getByRole('status')).toContainText(/ of 12\slayers/);

  const downloads = page.getByRole('region', { name: 'Download' });
  await expect(downloads).toContainText('it is made of layers, not of operators');
  const coming = page.waitForEvent('download');
  await downloads.getByRole('link', { name: 'safetensors' }).click();
  expect((await coming).suggestedFilename()).toBe(`${name}-0.safetensors`);

  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await new AxeBuilder({ page }).disableRules('target-size').analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  }
  expect(complaints).toEqual([]);
});

test('an import that is cancelled leaves nothing behind', async ({ page }, info) => {
  const name = `large-${stamp}`;
  await page.goto('/p/digits#models');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  // It is read for a while: the second shard is not even of this model.
  const model = { ...tfjsModel(), 'more.bin': new Uint8Array(48 * 2 ** 20) };
  await page.route('**/api/v1/projects/digits/models?*', (route) =>
    setTimeout(() => void route.continue().catch(() => undefined), 2000),
  );
  await drop(page, info, { [`${name}.zip`]: zip(model) });
  const imports = page.getByRole('region', { name: 'Imports' });
  await expect(imports).toContainText(name);
  await imports.getByRole('button', { name: `Cancel import of ${name}` }).click();
  await expect(imports).toBeHidden();
  await page.reload();
  await expect(page.getByRole('table')).toBeVisible();
  await expect(page.getByRole('link', { name })).toBeHidden();
});
