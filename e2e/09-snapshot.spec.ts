/** Story 9: an investigation is saved, opened later as it was, walked through, compared with today, restored. */
import { expect, type Page, test } from '@playwright/test';
import { zip } from './files.ts';
import { ADA, EMMY, GRACE, newBoard, ORIGIN } from './people.ts';
import { ask, attempt, drawn, notes, saveMark, sit, views, writeNote } from './together.ts';

/** Saves what is on the board; the address of the snapshot. */
async function snapshot(page: Page, title: string, summary: string): Promise<string> {
  await page.getByRole('button', { name: 'Snapshot', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Take a snapshot' });
  await dialog.getByLabel('Title').fill(title);
  await dialog.getByLabel('Summary').fill(summary);
  await dialog.getByRole('button', { name: 'Save the snapshot' }).click();
  const link = page.getByRole('dialog', { name: 'The snapshot is saved' }).getByRole('link', { name: title });
  const href = await link.getAttribute('href');
  await page.keyboard.press('Escape');
  if (href === null) throw new Error('no link');
  return href;
}

const stops = (page: Page) => page.getByRole('complementary', { name: 'Views' }).getByRole('listitem');
const shown = (page: Page) => page.getByRole('main').getByRole('article');

test('a saved investigation opens as it was, whatever happened to the board, and is restored for all who look', async ({
  browser,
}) => {
  const ada = await sit(browser, ADA, '/');
  const path = await newBoard(ada.page, 'Why 8 is missed');
  const [a, g] = [await sit(browser, ADA, path), await sit(browser, GRACE, path)];
  const title = `Eights ${attempt()}`;
  // `f` is step 20 now, and another step later: the saved numbers must not follow.
  await ask(a.page, 'select confusion() from f(digits.test)');
  await drawn(views(a.page).nth(0));
  await ask(a.page, 'select histogram(dense_1#5) from f(data)');
  await a.page.keyboard.press('Shift+1');
  await drawn(views(a.page).nth(1));
  await writeNote(a.page, 'Class 8 is taken for 1');
  await views(a.page).first().locator('.board-handle').click();
  await a.page.getByRole('button', { name: 'New thread' }).click();
  await a.page.getByRole('textbox', { name: 'Write what you found' }).fill('Two eights are read as ones');
  await a.page.getByRole('button', { name: 'Comment', exact: true }).click();
  await expect(saveMark(a.page)).toHaveText('saved');
  const address = await snapshot(a.page, title, 'Accuracy **98.6 %**; the misses are eights.');

  // The board goes on.
  await a.page.getByRole('slider', { name: /^Checkpoint of/ }).press('Home');
  await a.page
    .getByRole('article')
    .filter({ hasText: 'Two eights' })
    .getByRole('button', { name: 'Resolve' })
    .click();
  await a.page.keyboard.press('Escape');
  await views(g.page).last().locator('.board-handle').click();
  await g.page.keyboard.press('Delete');
  await expect(views(a.page)).toHaveCount(1);

  // A viewer opens it from the list.
  const e = await sit(browser, EMMY, '/p/digits#snapshots');
  await e.page.getByRole('list', { name: 'Snapshots' }).getByRole('link', { name: title }).click();
  await expect(e.page).toHaveURL(address);
  await expect(e.page.getByRole('heading', { name: title, exact: true })).toBeVisible();
  await expect(e.page.getByText('saved by Ada Lovelace')).toBeVisible();
  await expect(e.page.getByText('98.6 %', { exact: true }).first()).toBeVisible();
  await expect(stops(e.page)).toHaveCount(2);
  await expect(shown(e.page)).toContainText('confusion');
  await expect(shown(e.page)).toContainText('digits-cnn@20');
  await expect(shown(e.page)).toContainText('accuracy 98.6');
  await expect(shown(e.page)).toContainText('the numbers that were saved');
  // The note stands beside the view that it lay nearest to on the board.
  const note = e.page.getByText('Class 8 is taken for 1');
  const beside = await note.count();
  const said = e.page.getByRole('article', { name: 'Thread on this view' });
  await expect(said).toContainText('Two eights are read as ones');
  await expect(said.getByText('resolved')).toHaveCount(0);
  await expect(e.page.getByRole('button', { name: 'Restore' })).toBeDisabled();

  // The walk, by key and by button.
  await e.page.keyboard.press('ArrowRight');
  await expect(e.page.getByText('2 of 2')).toBeVisible();
  await expect(shown(e.page)).toContainText('dense_1#5');
  expect(beside + (await note.count())).toBeGreaterThan(0);
  await expect(e.page.getByRole('button', { name: 'Next' })).toBeDisabled();
  await e.page.getByRole('button', { name: 'Back' }).click();
  await expect(e.page.getByText('1 of 2')).toBeVisible();

  // Asked again today: the same weights, the same result.
  await e.page.getByRole('button', { name: 'Recompute' }).click();
  await expect(e.page.getByRole('region', { name: 'Recomputed' })).toContainText('Nothing differs');

  // Restored by a person who may; whoever has the board open sees it come back.
  await a.page.goto(address);
  await a.page.getByRole('button', { name: 'Restore' }).click();
  await a.page.getByRole('button', { name: 'Restore the board' }).click();
  await expect(a.page).toHaveURL(path);
  for (const { page } of [a, g]) {
    await page.keyboard.press('Shift+1');
    await expect(views(page)).toHaveCount(2);
    await expect(notes(page)).toContainText('Class 8 is taken for 1');
    await expect(page.getByText(/^step 20/).first()).toBeVisible();
  }
  // What it was before was kept.
  await a.page.goto('/p/digits#snapshots');
  await expect(
    a.page
      .getByRole('list', { name: 'Snapshots' })
      .getByRole('link', { name: /before/i })
      .first(),
  ).toBeVisible();
  for (const seat of [ada, a, g, e]) await seat.context.close();
});

/** A model of the digits without training, as a zip: one dense layer whose weights are waves of this pitch. */
function waves(pitch: number): Buffer {
  const weights = Float32Array.from({ length: 64 * 10 + 10 }, (_, i) => Math.sin(i * pitch));
  const json = {
    format: 'layers-model',
    modelTopology: {
      class_name: 'Sequential',
      config: {
        name: 'waves',
        layers: [
          { class_name: 'Flatten', config: { name: 'flatten', batch_input_shape: [null, 8, 8, 1] } },
          { class_name: 'Dense', config: { name: 'out', units: 10, activation: 'softmax', use_bias: true } },
        ],
      },
    },
    weightsManifest: [
      {
        paths: ['weights.bin'],
        weights: [
          { name: 'out/kernel', shape: [64, 10], dtype: 'float32' },
          { name: 'out/bias', shape: [10], dtype: 'float32' },
        ],
      },
    ],
  };
  return Buffer.from(
    zip({ 'model.json': JSON.stringify(json), 'weights.bin': new Uint8Array(weights.buffer) }),
  );
}

test('asked again after the weights changed, a snapshot tells what differs and keeps its own numbers', async ({
  browser,
}) => {
  const a = await sit(browser, ADA, '/');
  const { page } = a;
  const name = `waves-${attempt()}`;
  const bring = async (pitch: number) => {
    const answer = await page.request.post(`/api/v1/projects/digits/models?name=${name}`, {
      multipart: { files: { name: 'waves.zip', mimeType: 'application/zip', buffer: waves(pitch) } },
      headers: { origin: ORIGIN },
    });
    expect(answer.status(), await answer.text()).toBe(201);
  };
  await bring(0.7);
  await page.goto(await newBoard(page, 'Other weights'));
  await expect(saveMark(page)).toHaveText('saved');
  await ask(page, `select confusion() from ${name}(digits.test)`);
  await drawn(views(page).first());
  const told = views(page)
    .first()
    .getByText(/^accuracy /);
  const accuracy = (await told.textContent()) ?? '';
  const address = await snapshot(page, `Waves ${name}`, 'Before the weights were changed.');

  // Somebody takes the model away and brings another of the same name.
  const gone = await page.request.delete(`/api/v1/projects/digits/models/${name}`, {
    headers: { origin: ORIGIN },
  });
  expect(gone.ok()).toBe(true);
  await page.goto(address);
  await expect(shown(page)).toContainText(accuracy);
  await bring(1.3);
  await page.reload();
  await expect(shown(page)).toContainText(accuracy);
  await page.getByRole('button', { name: 'Recompute' }).click();
  const today = page.getByRole('region', { name: 'Recomputed' });
  await expect(today).toContainText('The numbers differ today, since the weights changed');
  await expect(shown(page).first()).toContainText(accuracy);
  await expect(today.getByText(/^accuracy /)).not.toHaveText(accuracy);
  await page.request.delete(`/api/v1/projects/digits/models/${name}`, { headers: { origin: ORIGIN } });
  await a.context.close();
});

test('an owner deletes a snapshot from the list, asked before; nobody else is offered it', async ({
  browser,
}) => {
  const ada = await sit(browser, ADA, '/');
  const { page } = ada;
  await page.goto(await newBoard(page, 'To be forgotten'));
  await expect(saveMark(page)).toHaveText('saved');
  const title = `Forget ${attempt()}`;
  const address = await snapshot(page, title, 'It was wrong.');

  const g = await sit(browser, GRACE, '/p/digits#snapshots');
  await expect(g.page.getByRole('link', { name: title })).toBeVisible();
  await expect(g.page.getByRole('button', { name: `Delete ${title}` })).toHaveCount(0);

  await page.goto('/p/digits#snapshots');
  await page.getByRole('button', { name: `Delete ${title}` }).click();
  const dialog = page.getByRole('dialog', { name: `Delete ${title}?` });
  await dialog.getByRole('button', { name: 'Keep it' }).click();
  await expect(page.getByRole('link', { name: title })).toBeVisible();
  await page.getByRole('button', { name: `Delete ${title}` }).click();
  await dialog.getByRole('button', { name: 'Delete snapshot' }).click();
  await expect(page.getByRole('link', { name: title })).toHaveCount(0);
  await g.page.goto(address);
  await expect(g.page.getByText('This snapshot cannot be opened')).toBeVisible();
  for (const seat of [ada, g]) await seat.context.close();
});

test('every unit and view has a link that opens it', async ({ browser }) => {
  const ada = await sit(browser, ADA, '/');
  const path = await newBoard(ada.page, 'Links');
  const a = await sit(browser, ADA, path);
  await ask(a.page, 'select stats(conv2d_1) from digits-cnn@20(digits.test)');
  await ask(a.page, 'select metrics() from digits-cnn');
  const id = await views(a.page).last().getAttribute('data-id');
  await expect(saveMark(a.page)).toHaveText('saved');

  const g = await sit(browser, GRACE, `${path}?view=${id}`);
  await expect(g.page.getByRole('complementary', { name: 'Details' })).toContainText(
    'select metrics() from digits-cnn',
  );
  await g.page.goto(`${path}?at=${encodeURIComponent('digits-cnn@20/conv2d_1#7')}`);
  await expect(g.page.getByRole('heading', { name: 'conv2d_1#7', exact: true })).toBeVisible();
  await g.page.goto(`/p/digits/u?at=${encodeURIComponent('digits-cnn@20/conv2d_1#7')}`);
  await expect(g.page.getByRole('heading', { name: 'digits-cnn@20/conv2d_1#7' })).toBeVisible();
  await expect(g.page.getByRole('article').first()).toContainText(/mean 0\.\d+/);
  await g.page
    .getByRole('navigation', { name: 'Breadcrumb' })
    .getByRole('link', { name: 'conv2d_1' })
    .click();
  await expect(g.page.getByRole('heading', { name: 'digits-cnn@20/conv2d_1', exact: true })).toBeVisible();
  for (const seat of [ada, a, g]) await seat.context.close();
});
