/** Task 2, by two people: two models disagree; where, on which evidence, and from which layer. */
import { expect, test } from '@playwright/test';
import { ADA, GRACE, newBoard, openBoard, stateOf } from './people.ts';
import { asking, everyPicture, find, finding, rewrite, seen, take, writeSlice } from './tasks.ts';
import { ask, attempt, layers, sit } from './together.ts';
import { complaintsOf, expectPicture } from './views.ts';

const [A, B] = ['digits-cnn', 'digits-cnn-relu'];

test('two people find where two models disagree, the evidence on which they part, and the layer at fault', async ({
  browser,
}) => {
  test.setTimeout(120_000);
  const ada = await sit(browser, ADA, '/');
  const path = await newBoard(ada.page, 'Two opinions');
  const [a, g] = [await sit(browser, ADA, path), await sit(browser, GRACE, path)];
  const complaints = [a, g].map(({ page }) => complaintsOf(page));

  // Ada asks both models the same.
  const confusion = (model: string) => `select confusion() from ${model}(digits.test)`;
  for (const model of [A, B]) await ask(a.page, confusion(model));
  await expect(await seen(g.page, confusion(A))).toContainText('accuracy 98.6 %');
  await expect(await seen(g.page, confusion(B))).toContainText('accuracy 60.2 %');

  // Grace sets one against the other.
  const difference = `${confusion(B)} left join (${confusion(A)})`;
  await ask(g.page, difference);
  const contrast = await seen(a.page, difference);
  await expect(contrast).toContainText('accuracy 98.6 % → 60.2 %');
  await contrast.getByRole('radio', { name: 'Difference' }).click();
  await expect(contrast.getByRole('group', { name: /^Change of the confusion/ })).toBeVisible();

  // Grace names what the second one loses, and asks both about the same pictures.
  await writeSlice(g.page, 'lost', 'digits.test', 'label in [1, 4, 8, 9]', /^143 of 359/);
  const rows = (model: string) => `select predict() from ${model}(lost)`;
  for (const model of [A, B]) await ask(g.page, rows(model));
  await expect(await seen(a.page, rows(A))).toContainText('Wrong only (5)');
  await expect(await seen(a.page, rows(B))).toContainText('Wrong only (143)');

  // Ada chooses one there; it is chosen on the other side too, and stands for x on the whole board.
  const row = (model: string) => asking(a.page, rows(model)).getByRole('row').filter({ hasText: '[14]' });
  await row(B).click();
  await expect(row(A)).toHaveAttribute('aria-selected', 'true');

  // Grace compares the evidence of the two by the toolbox, then asks both in front of the ReLU.
  await take(g.page, 'Compare', 'Two models');
  const parted = asking(g.page, `select * from f(x) left join (select * from ${B}(x))`);
  await expectPicture(parted, 'Attribution');
  await expect(await seen(a.page, `select * from f(x) left join (select * from ${B}(x))`)).toContainText(
    'distance 0.925',
  );
  const before = `select * from f(x) for unit logits#4 left join (select * from ${B}(x) for unit logits#4)`;
  await rewrite(parted, before);
  await expect(await seen(a.page, before)).toContainText('distance 0.732');

  // Ada: the second has no opinion at all; held above zero, its unit says what is right.
  await ask(a.page, `select predict() from ${B}(x)`);
  await expect(asking(a.page, `select predict() from ${B}(x)`)).toContainText('4 taken for 0');
  const held = `select predict() from ${B}(x) with clamp(relu#4, 20)`;
  await ask(a.page, held);
  await expect(await seen(g.page, held)).toContainText(/the prediction flips: 0 \(10\.0.%\) → 4 \(100.%\)/);

  // Grace writes it down at the layer; Ada reads it there.
  const found = `Take this layer away (${attempt()})`;
  for (const { page } of [g, a]) {
    await page.getByRole('button', { name: `Unfold the layers of ${B}` }).click();
    await layers(page, B)
      .getByRole('button', { name: /^relu, / })
      .click();
  }
  await find(g.page, found);
  await expect(finding(a.page, found)).toBeVisible();
  expect(complaints.flat()).toEqual([]);
  for (const seat of [ada, a, g]) await seat.context.close();
});

test.describe('the walk of the demo', () => {
  test.use({ storageState: stateOf(ADA) });
  test('shows every picture of "Two models disagree"', async ({ page }) => {
    const complaints = complaintsOf(page);
    await openBoard(page, 'Two models disagree');
    await everyPicture(page, { notes: 6, views: 13 });
    expect(complaints).toEqual([]);
  });
});
