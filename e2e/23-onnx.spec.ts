/** Story 23: a network that PyTorch exported as ONNX, dropped on a board: its graph, its layers on own pictures, gradients, a what-if. */
import { readFile } from 'node:fs/promises';
import { expect, test } from '@playwright/test';
import { drop, npy, zip } from './files.ts';
import { ADA, newBoard, stateOf } from './people.ts';
import { ask } from './together.ts';
import { complaintsOf, enter, expectPicture, viewOf } from './views.ts';

test.use({ storageState: stateOf(ADA) });

/** Names that no run before has taken. */
const stamp = Date.now().toString(36);
const [net, pictures] = [`torch-${stamp}`, `pictures-${stamp}`];
/** Three classes: softmax of a linear layer (server/compute/network/operators/goldens/make_torch.py). */
const FILE = 'server/compute/network/operators/goldens/picture.onnx';

test('a PyTorch network is opened, looked into and asked what would change it', async ({ page }, info) => {
  const complaints = complaintsOf(page);
  await enter(page, await newBoard(page, 'A PyTorch network'));
  await drop(page, info, { [`${net}.onnx`]: await readFile(FILE) });
  const graph = await expectPicture(viewOf(page, `${net}@0 · architecture`), 'Architecture');
  await expect(graph.getByRole('button', { name: /^conv\/Conv, Conv/ })).toBeVisible();
  await expect(graph.getByRole('button', { name: /, MaxPool/ })).toBeVisible();

  // Channels before places, as torch has them: proposed with its evidence, not asked.
  await drop(page, info, {
    [`${pictures}.npz`]: zip({
      'x_train.npy': npy([12, 3, 6, 6], (i) => (i * 37) % 256),
      'y_train.npy': npy([12], (i) => i % 3),
    }),
  });
  await expect(page.getByText(`${pictures} is imported`, { exact: true }).first()).toBeVisible();

  await ask(page, `select activation("conv/Conv") from ${net}(${pictures}.train[3])`);
  const maps = await expectPicture(
    viewOf(page, `"conv/Conv" · activations · ${pictures}.train[3]`),
    'Feature maps',
  );
  await expect(maps.getByRole('img').first()).toBeVisible();

  await ask(page, `select * from ${net}(${pictures}.train[3]) for class 1 using ig`);
  await expectPicture(
    viewOf(page, `${net} · attribution for class 1 by ig · ${pictures}.train[3]`),
    'Attribution',
  );

  await ask(page, `select confusion() from ${net}(${pictures}.train) with ablate("conv/Conv"#1)`);
  await expectPicture(
    viewOf(page, `${net} · confusion · ${pictures}.train · with ablate("conv/Conv"#1)`),
    'Before and after',
  );
  expect(complaints).toEqual([]);
});
