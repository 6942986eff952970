/** The algebra as people write it: the editor, each view's own query, parameters that are slid, what can be copied. */
import { expect, type Page, test } from '@playwright/test';
import { ADA, EMMY, GRACE, newBoard, ORIGIN, stateOf } from './people.ts';
import { ask, canvas, drawn, saveMark, sit, views } from './together.ts';
import { complaintsOf, enter, expectPicture, viewOf } from './views.ts';

test.use({ storageState: stateOf(ADA), permissions: ['clipboard-read', 'clipboard-write'] });

const editor = (page: Page) => page.getByRole('textbox', { name: 'Query' });
const line = (page: Page) => page.getByRole('search', { name: 'Query line' });
const offers = (page: Page) => page.getByRole('listbox', { name: 'Completions' });
/** Two letters are one step of undo where they came within half a second, and two on a machine that was busy. */
async function undoTo(page: Page, text: string): Promise<void> {
  await page.keyboard.press('Control+Z');
  const first = await expect(editor(page))
    .toHaveText(text, { timeout: 1000 })
    .then(
      () => true,
      () => false,
    );
  if (!first) await page.keyboard.press('Control+Z');
  await expect(editor(page)).toHaveText(text);
}
/** Something that does not come before it is released. */
function hold(): { readonly released: Promise<void>; release(): void } {
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { released, release };
}
const clipboard = (page: Page) => page.evaluate(() => navigator.clipboard.readText());

test('the editor completes, explains, mends what is wrong, and tells the cost before it runs', async ({
  page,
}) => {
  const complaints = complaintsOf(page);
  await enter(page, await newBoard(page, 'Editor'));
  await page.keyboard.press('/');
  await expect(editor(page)).toBeFocused();

  // Tab takes the first offer; each says what kind it is.
  await page.keyboard.type('select activ');
  await expect(offers(page).getByRole('option').first()).toContainText('activation');
  await expect(offers(page).getByRole('option').first()).toContainText('function');
  await page.keyboard.press('Tab');
  await page.keyboard.type('conv2d_1');
  await page.keyboard.type(') from f(x)');
  await expect(editor(page)).toHaveText('select activation(conv2d_1) from f(x)');
  await expect(line(page)).toContainText(/feature maps · about 1 pass/);

  // A word is explained under the pointer.
  await editor(page).getByText('activation', { exact: true }).hover();
  await expect(page.getByText('What each unit of a layer puts out for one example.')).toBeVisible();
  await page.mouse.move(640, 700);

  // A wrong name is marked where it stands, and mended by one click.
  await editor(page).fill('select activation(conv_1) from f(x)');
  await expect(line(page)).toContainText('no layer conv_1 in digits-cnn');
  await expect(line(page)).toContainText('line 1, column 19');
  await expect(editor(page)).toHaveAttribute('aria-invalid', 'true');
  await line(page).getByRole('button', { name: 'Use conv2d_1' }).click();
  await expect(editor(page)).toHaveText('select activation(conv2d_1) from f(x)');

  // What is not done yet is not called wrong; Enter does not run it.
  await editor(page).fill('SELECT   stats( conv2d_1 )  FROM');
  await expect(editor(page)).toHaveAttribute('aria-invalid', 'false');
  await editor(page).press('Enter');
  await expect(editor(page)).toBeVisible();
  await editor(page).press('Control+End');
  await page.keyboard.type(' f(data)');
  await line(page).getByRole('button', { name: 'Format' }).click();
  await expect(editor(page)).toHaveText('select stats(conv2d_1) from f(data)');
  await page.keyboard.press('Enter');
  await expect(editor(page)).toHaveCount(0);
  await expectPicture(viewOf(page, 'conv2d_1 · unit statistics · digits.test'), 'Unit statistics');
  expect(complaints).toEqual([]);
});

test('Enter that is pressed before the project has arrived is not lost', async ({ page }) => {
  const path = await newBoard(page, 'Early');
  const models = hold();
  await page.route('**/api/v1/projects/digits/models', async (route) => {
    await models.released;
    await route.continue();
  });
  await page.goto(path);
  await expect(saveMark(page)).toHaveText('saved');
  await page.keyboard.press('/');
  await editor(page).fill('select predict() from f(x)');
  await editor(page).press('Enter');
  await expect(line(page)).toContainText('Runs as soon as the models and data sets of this project are here');
  await expect(views(page)).toHaveCount(0);
  models.release();
  await expect(editor(page)).toHaveCount(0);
  await expect(views(page)).toHaveCount(1);
});

test('letters that are typed while the editor takes the place of the plain box are not lost', async ({
  page,
  context,
}) => {
  const path = await newBoard(page, 'Slow editor');
  const code = hold();
  await page.route('**/_next/static/**/*.js', async (route) => {
    const answer = await route.fetch();
    const body = await answer.text();
    if (body.includes('cm-tooltip-autocomplete')) await code.released;
    await route.fulfill({ response: answer, body });
  });
  await page.goto(path);
  await expect(saveMark(page)).toHaveText('saved');
  await page.keyboard.press('/');
  const box = page.locator('textarea').and(editor(page));
  await expect(box).toBeFocused();
  // So slow that several keys come between the arrival of the code and the editor's first picture.
  const device = await context.newCDPSession(page);
  await device.send('Emulation.setCPUThrottlingRate', { rate: 10 });
  const text = 'select predict() from f(x) '.repeat(4);
  const first = text.slice(0, 6);
  await page.keyboard.type(first);
  code.release();
  await page.keyboard.type(text.slice(first.length), { delay: 4 });
  await expect(box).toHaveCount(0);
  expect(await editor(page).textContent()).toBe(text);
});

test('what was run before comes back by the arrows and by search', async ({ page }) => {
  await enter(page, await newBoard(page, 'History'));
  await ask(page, 'select predict() from f(x)');
  await ask(page, 'select stats(pool_1) from f(data)');
  await page.keyboard.press('/');
  await editor(page).press('ArrowUp');
  await expect(editor(page)).toHaveText('select stats(pool_1) from f(data)');
  await editor(page).press('Alt+ArrowUp');
  await expect(editor(page)).toHaveText('select predict() from f(x)');
  await editor(page).press('Alt+ArrowDown');
  await expect(editor(page)).toHaveText('select stats(pool_1) from f(data)');
  await line(page).getByRole('button', { name: 'History' }).click();
  await page.getByRole('textbox', { name: 'Search the history' }).fill('predict');
  await page.getByRole('list', { name: 'Queries run before' }).getByRole('button').click();
  await expect(editor(page)).toHaveText('select predict() from f(x)');
});

test('a view shows its query, follows it while it is written, and keeps its picture while it is no question', async ({
  page,
}) => {
  await enter(page, await newBoard(page, 'Unfolded'));
  await ask(page, 'select stats(conv2d_1) from f(data)');
  const before = viewOf(page, 'conv2d_1 · unit statistics · digits.test');
  await expectPicture(before, 'Unit statistics');
  await expect(before.getByText('select stats(conv2d_1) from f(data)')).toBeVisible();

  // Enter on a selected view unfolds its query and puts the caret there.
  await page.keyboard.press('Enter');
  await expect(editor(page)).toBeFocused();
  await page.keyboard.press('Control+A');
  await page.keyboard.type('select stats(conv2d_2');
  await expect(before.getByText('edited')).toBeVisible();
  await expect(before.getByRole('group', { name: 'Unit statistics' })).toBeVisible();
  await page.keyboard.type(') from f(data)');
  const after = viewOf(page, 'conv2d_2 · unit statistics · digits.test');
  await expectPicture(after, 'Unit statistics');
  await expect(after).toContainText('conv2d_2#0');
  await expect(after.getByText('edited')).toHaveCount(0);

  // One step back folds it; the board's undo takes the typing back.
  await page.keyboard.press('Escape');
  await expect(editor(page)).toHaveCount(0);
  await expect(async () => {
    await page.keyboard.press('Control+Z');
    await expect(before).toHaveCount(1, { timeout: 1000 });
  }).toPass();
  await expectPicture(before, 'Unit statistics');
});

test('B2: two people write one query at once, see each other, and undo only their own', async ({
  browser,
}) => {
  const ada = await sit(browser, ADA, '/p/digits');
  const address = await newBoard(ada.page, 'Two writers');
  await enter(ada.page, address);
  await ask(ada.page, 'select images() from f(data) limit 50');
  const grace = await sit(browser, GRACE, address);
  for (const { page } of [ada, grace]) {
    await drawn(views(page));
    await views(page)
      .getByRole('button', { name: /^Query/ })
      .click();
    await expect(editor(page)).toHaveText('select images() from f(data) limit 50');
  }
  await ada.page.bringToFront();
  await editor(ada.page).press('Control+End');
  await expect(editor(grace.page).getByRole('img', { name: 'Ada Lovelace' })).toBeVisible();

  // Each at another place, keystroke by keystroke.
  await editor(grace.page).press('Control+Home');
  for (let i = 0; i < 'select '.length; i++) await grace.page.keyboard.press('ArrowRight');
  await Promise.all([
    ada.page.keyboard.type('07', { delay: 20 }),
    grace.page.keyboard.type('zz', { delay: 20 }),
  ]);
  for (const { page } of [ada, grace])
    await expect(editor(page)).toHaveText('select zzimages() from f(data) limit 5007');
  // Each has the last good picture still, and is told that the text has moved on.
  await expect(views(grace.page).getByText('edited')).toBeVisible();

  await undoTo(ada.page, 'select zzimages() from f(data) limit 50');
  await expect(editor(grace.page)).toHaveText('select zzimages() from f(data) limit 50');
  await undoTo(grace.page, 'select images() from f(data) limit 50');
  await expect(editor(ada.page)).toHaveText('select images() from f(data) limit 50');
  await ada.context.close();
  await grace.context.close();
});

test('a viewer reads a query and its parameters, and can change neither', async ({ page, browser }) => {
  const address = await newBoard(page, 'To be read');
  await enter(page, address);
  await ask(page, 'select images() from f(data) limit 40');
  await drawn(views(page));
  const emmy = await sit(browser, EMMY, address);
  const view = views(emmy.page);
  await drawn(view);
  await view.getByRole('button', { name: /^Query/ }).click();
  await expect(editor(emmy.page)).toHaveAttribute('aria-readonly', 'true');
  await editor(emmy.page).focus();
  await emmy.page.keyboard.type('x');
  await expect(editor(emmy.page)).toHaveText('select images() from f(data) limit 40');
  await expect(view.getByRole('button', { name: 'Run' })).toHaveCount(0);
  await view.getByRole('button', { name: 'Parameters' }).click();
  await expect(view.getByRole('slider', { name: 'limit' })).toHaveAttribute('aria-disabled', 'true');
  await emmy.context.close();
});

test('a parameter that is slid rewrites the query at its place and asks again, as one step of undo', async ({
  page,
}) => {
  await enter(page, await newBoard(page, 'Sliders'));
  await ask(page, 'select images() from f(data) limit 40');
  const view = views(page);
  await expectPicture(view, 'Pictures');
  await view.getByRole('button', { name: 'Parameters' }).click();
  const slider = view.getByRole('slider', { name: 'limit' });
  const box = await slider.boundingBox();
  const track = await view.getByRole('group', { name: 'Parameters' }).boundingBox();
  if (!box || !track) throw new Error('no slider');
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  for (let i = 1; i <= 8; i++) await page.mouse.move(box.x + box.width / 2 - i * 4, box.y + 6);
  await page.mouse.up();
  await expect(view.getByText(/limit \d+$/)).not.toHaveText(/limit 40$/);
  const slid = await view.getByText(/^select images/).textContent();
  await expectPicture(view, 'Pictures');
  await expect(view).toContainText(`${/\d+$/.exec(slid ?? '')?.[0]} examples`);

  await page.keyboard.press('Control+Z');
  await expect(view.getByText(/^select images/)).toHaveText('select images() from f(data) limit 40');
  await page.keyboard.press('Control+Shift+Z');
  await expect(view.getByText(/^select images/)).toHaveText(slid ?? '');

  // The same by a number that is typed.
  const typed = view.getByRole('textbox', { name: 'limit, as a number' });
  await typed.fill('12');
  await typed.press('Enter');
  await expect(view.getByText(/^select images/)).toHaveText('select images() from f(data) limit 12');
  await expect(view).toContainText('12 examples');
});

test('a query is taken along: as a link, as an API call that answers, as Python', async ({ page }) => {
  const address = await newBoard(page, 'Taken along');
  await enter(page, address);
  await ask(page, 'select confusion() from f(data)');
  const view = views(page);
  await drawn(view);
  const copyAs = async (what: string) => {
    await view.getByRole('button', { name: /^Menu of/ }).click();
    await page.getByRole('menuitem', { name: 'Copy as' }).click();
    await page.getByRole('menuitem', { name: what }).click();
  };
  await copyAs('API call');
  const call = await clipboard(page);
  expect(call).toContain(`${ORIGIN}/api/v1/projects/digits/queries?wait=`);
  expect(call).toMatch(/select confusion\(\) from digits-cnn@\d+\(digits\.test\)/);

  await copyAs('Python');
  await expect(page.getByRole('dialog', { name: 'The same in Python' })).toContainText(
    /import|no Python program/,
  );
  await page.keyboard.press('Escape');

  await copyAs('Link that asks this query');
  const link = await clipboard(page);
  await page.goto(link);
  await expect(editor(page)).toHaveText('select confusion() from f(data)');
  await editor(page).press('Enter');
  await expect(views(page)).toHaveCount(2);
});

test('tools ask attribution, comparison and what-if in the algebra, and say what they lack', async ({
  page,
}) => {
  await enter(page, await newBoard(page, 'Tools'));
  const tools = page.getByRole('region', { name: 'Toolbox' });
  await tools.getByRole('radio', { name: 'Attribute' }).click();
  await tools.getByRole('button', { name: 'Input features' }).click();
  const view = canvas(page).getByRole('group', { name: /^View: .*attribution/ });
  await expect(view.getByText('select * from f(x)')).toBeVisible();
  await drawn(view);
  await view.getByRole('button', { name: 'Parameters' }).click();
  await view.getByRole('combobox', { name: 'method' }).click();
  await page.getByRole('option', { name: 'occlusion' }).click();
  await expect(view.getByText('select * from f(x) using occlusion')).toBeVisible();
  await drawn(view);

  await tools.getByRole('radio', { name: 'Compare' }).click();
  const two = tools.getByRole('button', { name: 'Two examples' });
  await expect(two).toHaveAttribute('aria-disabled', 'true');
  await two.hover();
  await expect(page.getByRole('tooltip')).toContainText('select two examples first');

  await tools.getByRole('radio', { name: 'What if' }).click();
  await tools.getByRole('button', { name: 'Adversarial' }).click();
  const what = canvas(page).getByText('select predict() from f(x) with fgsm(0.05)');
  await expect(what).toBeVisible();
});
