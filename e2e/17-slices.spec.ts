/** Slices by name and marked examples: built, saved, asked for, shared, scored, taken away as a file. */
import { readFile } from 'node:fs/promises';
import { expect, type Page, test } from '@playwright/test';
import { ADA, ALAN, GRACE, newBoard, stateOf } from './people.ts';
import { ask, canvas, sit } from './together.ts';
import { choose, complaintsOf, enter, expectPicture, viewOf } from './views.ts';

test.use({ storageState: stateOf(ADA) });

const sliceButton = (page: Page) => page.getByRole('button', { name: /^Slice: / });
const builder = (page: Page) => page.getByRole('dialog', { name: /^(New slice|Edit slice)/ });
const count = (page: Page) => page.getByRole('status', { name: 'Number of examples' });
const marks = (page: Page) => page.getByRole('region', { name: 'Marked examples' });
const more = async (page: Page, item: string | RegExp) => {
  await page.getByRole('button', { name: 'More about marked examples' }).click();
  await page.getByRole('menuitem', { name: item }).click();
};

test('a slice is built with a live count, saved, asked for by name, and others have it too', async ({
  page,
  browser,
}) => {
  const complaints = complaintsOf(page);
  const address = await newBoard(page, 'Slices');
  await enter(page, address);
  await sliceButton(page).click();
  await page.getByRole('button', { name: 'New slice…' }).click();
  const dialog = builder(page);
  await dialog.getByRole('textbox', { name: 'Name' }).fill('digits');
  await expect(dialog.getByText('digits is a data set.')).toBeVisible();
  await dialog.getByRole('textbox', { name: 'Name' }).fill('hard');

  // By rows: the text follows, and so does the number.
  await expect(count(page)).toContainText('359 of 359');
  await dialog.getByRole('button', { name: 'Add a condition' }).click();
  await choose(dialog.getByRole('combobox', { name: 'Value of condition 1' }), '3');
  await expect(count(page)).toHaveText(/^37 of 359 · [\d.]+.% right by digits-cnn@20$/);
  await dialog.getByRole('button', { name: 'Add a condition' }).click();
  await choose(dialog.getByRole('combobox', { name: 'What condition 2 is about' }), 'confidence');
  await dialog.getByRole('textbox', { name: 'Value of condition 2' }).fill('0.9999');
  const text = dialog.getByRole('textbox', { name: 'The same as text' });
  await expect(text).toHaveValue('label = 3 and confidence < 0.9999');
  await expect(count(page)).toHaveText(/^\d+ of 359 · /);
  await expect(count(page)).not.toHaveText(/^37 /);

  // By text: faults stand in place, and the rows follow.
  await text.fill('label = 3 and confidense < 0.999');
  await expect(dialog.getByRole('listitem', { name: 'Condition 2' })).toContainText(
    'no column confidense in digits; did you mean confidence?',
  );
  await expect(dialog.getByRole('button', { name: 'Save slice' })).toBeDisabled();
  await text.fill('label = 3 and confidence < 0.99');
  await expect(dialog.getByRole('textbox', { name: 'Value of condition 2' })).toHaveValue('0.99');
  await expect(count(page)).toHaveText(/^\d+ of 359 · /);
  await expect(count(page)).toHaveAttribute('aria-busy', 'false');
  const found = Number.parseInt((await count(page).textContent()) ?? '', 10);
  expect(found).toBeGreaterThan(0);
  await dialog.getByRole('button', { name: 'Save slice' }).click();
  await expect(dialog).toHaveCount(0);

  await ask(page, 'select predict() from f(hard)');
  const title = 'digits-cnn@20 · prediction · digits.test[label = 3 and confidence < 0.99]';
  const table = await expectPicture(viewOf(page, title), 'Examples');
  await expect(
    table.getByRole('grid', { name: `Predictions for ${found} examples` }),
    'as many as were counted',
  ).toBeVisible();

  // Dropped on the board, it shows its examples.
  await sliceButton(page).click();
  await page
    .getByRole('button', { name: 'Use hard as data' })
    .dragTo(canvas(page), { targetPosition: { x: 40, y: 40 } });
  await page.keyboard.press('Escape');
  const dropped = title.replace('prediction', 'examples');
  await expect(await expectPicture(viewOf(page, dropped), 'Pictures')).toContainText(`${found} examples`);

  // Another person has it too, and may use it as data; what they make of it comes back.
  const { page: grace, context } = await sit(browser, GRACE, address);
  await sliceButton(grace).click();
  await grace.getByRole('button', { name: 'Use hard as data' }).click();
  await expect(sliceButton(grace)).toHaveText('hard');
  await expect(sliceButton(page)).toHaveText('hard');
  await sliceButton(grace).click();
  await grace.getByRole('button', { name: 'Edit hard' }).click();
  await builder(grace).getByRole('textbox', { name: 'Name' }).fill('unsure');
  await builder(grace).getByRole('textbox', { name: 'The same as text' }).fill('confidence < 0.6');
  await builder(grace).getByRole('button', { name: 'Save slice' }).click();
  await expect(sliceButton(page)).toHaveText('unsure');
  await expect(viewOf(page, 'digits-cnn@20 · prediction · digits.test[confidence < 0.6]')).toBeVisible();
  await grace.keyboard.press('Control+z');
  await expect(sliceButton(page)).toHaveText('hard');
  await context.close();
  // While a slice changes its name elsewhere, a view may for a moment ask by the old one: an answer, which it then shows.
  expect(complaints.filter((text) => !/status of 422/.test(text))).toEqual([]);
});

test('examples are marked by selecting them, and everyone sees it', async ({ page, browser }) => {
  const address = await newBoard(page, 'Marks');
  await enter(page, address);
  await ask(page, 'select images() from f(data)');
  const pictures = await expectPicture(viewOf(page, 'digits-cnn@20 · examples · digits.test'), 'Pictures');
  const { page: grace, context } = await sit(browser, GRACE, address);
  await grace.getByRole('tab', { name: /^Marks/ }).click();
  await expect(marks(grace)).toContainText('Select examples in any view and press M');

  const tiles = pictures.getByRole('group', { name: /^Pictures of 100 examples/ });
  await tiles.focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Space');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Shift+Space');
  await page.keyboard.press('m');
  await expect(page.getByRole('tab', { name: 'Marks 2' })).toBeVisible();
  await expect(grace.getByRole('status', { name: 'Number of marked examples' })).toHaveText(
    '2 examples marked: digits.test 2',
  );
  await expect(marks(grace).getByRole('grid')).toContainText('digits.test[1]');
  await expect(marks(grace).getByRole('img', { name: ADA.name })).toHaveCount(2);

  // Grace takes one away and selects the other; Ada's undo covers her own step only.
  await marks(grace).getByRole('button', { name: 'Unmark digits.test[1]' }).click();
  await expect(page.getByRole('tab', { name: 'Marks 1' })).toBeVisible();
  await marks(grace).getByText('digits.test[0]').click();
  await expect(grace.getByRole('button', { name: 'Unmark it' })).toBeVisible();

  // Who may only comment sees the list and changes nothing.
  const { page: alan, context: third } = await sit(browser, ALAN, address);
  await alan.getByRole('tab', { name: 'Marks 1' }).click();
  await marks(alan).getByText('digits.test[0]').click();
  await expect(marks(alan).getByRole('button', { name: /^(Unmark|Mark) / })).toHaveCount(0);
  await third.close();

  await more(grace, 'Unmark all…');
  await grace.getByRole('button', { name: 'Unmark all', exact: true }).click();
  await expect(page.getByRole('tab', { name: 'Marks', exact: true })).toBeVisible();
  await grace.keyboard.press('Control+z');
  await expect(page.getByRole('tab', { name: 'Marks 1' })).toBeVisible();
  await context.close();
});

test('marks are scored against a column, made a slice, and exported', async ({ page }) => {
  const complaints = complaintsOf(page);
  await enter(page, await newBoard(page, 'Suspects'));
  await ask(page, 'select predict() from f(suspect.train[flipped = 1 or index < 20])');
  const title = 'digits-cnn@20 · prediction · suspect.train[flipped = 1 or index < 20]';
  const view = viewOf(page, title);
  await expectPicture(view, 'Examples');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('Mark all examples of the selected view');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Shift+M');
  const panel = marks(page);
  await expect(panel.getByRole('status', { name: 'Number of marked examples' })).toHaveText(
    /^\d+ examples marked: suspect\.train \d+$/,
  );
  const marked = Number.parseInt((await panel.getByRole('status').first().textContent()) ?? '', 10);

  await panel.getByRole('radio', { name: 'Score' }).click();
  await panel.getByRole('checkbox', { name: 'flipped' }).click();
  const score = panel.getByRole('region', { name: 'Score against flipped' });
  await expect(score).toContainText('100 %');
  await expect(score.getByRole('radio', { name: 'Missed 0' })).toBeVisible();
  const flipped = Number(
    /\d+/.exec((await score.getByRole('radio', { name: /^Found/ }).textContent()) ?? '')?.[0],
  );
  await expect(score.getByRole('radio', { name: `False ${marked - flipped}` })).toBeVisible();
  await panel.getByRole('checkbox', { name: 'triggered' }).click();
  const both = panel.getByRole('region', { name: 'Score against flipped or triggered' });
  await expect(both.getByRole('radio', { name: 'Missed 0' })).toHaveCount(0);
  await both.getByRole('button', { name: 'Select all' }).click();
  await expect(panel.getByRole('button', { name: /^Mark \d+ examples$/ })).toBeVisible();

  await more(page, 'Make a slice');
  await ask(page, 'select predict() from f(marked)');
  await expect(page.getByRole('grid', { name: `Predictions for ${marked} examples` })).toHaveCount(2);

  const file = page.waitForEvent('download');
  await more(page, 'Export CSV');
  const csv = await readFile(await (await file).path(), 'utf8');
  const lines = csv.trimEnd().split('\r\n');
  expect(lines[0]).toBe('index,split,label,predicted,confidence,marked by,note');
  expect(lines).toHaveLength(marked + 1);
  expect(lines[1]).toMatch(/^0,suspect\.train,\d,\d,(0\.\d+|1),Ada Lovelace,$/);
  expect(complaints).toEqual([]);
});
