/** Task 1, by two people: an adversarial picture is made, compared with the clean one, and traced to a unit. */
import { expect, test } from '@playwright/test';
import { ADA, GRACE, newBoard, openBoard, stateOf } from './people.ts';
import { asking, everyPicture, find, finding, pickPicture, rewrite, seen, take } from './tasks.ts';
import { ask, attempt, sit } from './together.ts';
import { complaintsOf, expectPicture } from './views.ts';

const ATTACK = 'pgd(0.15, 20)';

test('two people make an adversarial picture, find the unit behind it, and check it by ablation', async ({
  browser,
}) => {
  test.setTimeout(120_000);
  const ada = await sit(browser, ADA, '/');
  const path = await newBoard(ada.page, 'A zero, then a two');
  const [a, g] = [await sit(browser, ADA, path), await sit(browser, GRACE, path)];
  const complaints = [a, g].map(({ page }) => complaintsOf(page));

  // Ada: the picture, and what the network says of it when it is moved a little.
  await ask(a.page, 'select images() from f(data[index in [170, 203]])');
  const pictures = asking(a.page, 'select images() from f(data[index in [170, 203]])');
  await expectPicture(pictures, 'Pictures');
  await pickPicture(pictures, 0);
  const attacked = `select predict() from f(x) with ${ATTACK}`;
  await ask(a.page, attacked);
  await expect(asking(a.page, attacked)).toContainText(/the prediction flips: 0 \(100.%\) → 2 \(99\.8.%\)/);

  // Grace sees it, and asks what the prediction rests on, by the toolbox; then what the attack took away.
  await expect(await seen(g.page, attacked)).toContainText('the prediction flips');
  await take(g.page, 'Attribute', 'Input features');
  const rests = asking(g.page, 'select * from f(x)');
  await expectPicture(rests, 'Attribution');
  await take(g.page, 'Attribute', 'Layer or unit');
  await g.page
    .getByRole('list', { name: 'Layers of digits-cnn', exact: true })
    .getByRole('button', { name: /^dense_1, / })
    .click();
  const layer = asking(g.page, 'select dense_1 from f(x)');
  await expectPicture(layer, 'Attributed units');
  const parted = `select dense_1 from f(x) for class 0 left join (select dense_1 from f(x) for class 0 with ${ATTACK})`;
  await rewrite(layer, parted);
  await expectPicture(asking(g.page, parted), 'Attributed units');
  await expect(asking(g.page, parted)).toContainText('distance 0.338');

  // Ada sees the same list: its first row is the unit. She takes it away in the attacked picture.
  const units = (await seen(a.page, parted)).getByRole('grid', { name: /^Attribution to the/ });
  await expect(units.getByRole('row').nth(1)).toContainText('#30');
  await units.getByRole('row').nth(1).click();
  await take(a.page, 'What if', 'Ablate a unit');
  await units.getByRole('row').nth(1).click();
  const ablated = asking(a.page, 'select predict() from f(x) with ablate(dense_1#30)');
  await expect(ablated).toContainText(/still 0/);
  const both = `select predict() from f(x) with ${ATTACK}, ablate(dense_1#30)`;
  await rewrite(ablated, both);
  await expect(asking(a.page, both)).toContainText(/still 0: 100.% → 89\.3.%/);

  // Grace writes it down at the unit; Ada has it at once.
  const found = `Turns this zero into a two (${attempt()})`;
  await expect(await seen(g.page, both)).toContainText(/still 0/);
  await asking(g.page, parted).getByRole('grid').getByRole('row').nth(1).click();
  await find(g.page, found);
  await expect(finding(a.page, found)).toBeVisible();
  expect(complaints.flat()).toEqual([]);
  for (const seat of [ada, a, g]) await seat.context.close();
});

test.describe('the walk of the demo', () => {
  test.use({ storageState: stateOf(ADA) });
  test('shows every picture of "Adversarial inputs"', async ({ page }) => {
    const complaints = complaintsOf(page);
    await openBoard(page, 'Adversarial inputs');
    await everyPicture(page, { notes: 8, views: 15 });
    expect(complaints).toEqual([]);
  });
});
