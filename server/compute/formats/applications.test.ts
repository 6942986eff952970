/**
 * Networks of keras.applications with random weights, against Keras: narrow ones with the layers that only they have, from
 * the repository; with INTERLAYER_APPLICATIONS (`all`, or names with commas) whole ones, which INTERLAYER_PYTHON (a Python
 * with Keras) writes as .keras and as .h5.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { loadBackend } from '../backend/backend.ts';
import { BACKENDS } from '../testing/engines.ts';
import { importModel } from './index.ts';
import { predict, type Workbench, workbench } from './testing/bench.ts';
import { disposeModel } from './topology/build.ts';
import { finishModel } from './topology/model.ts';

const goldens = path.join(import.meta.dirname, 'goldens');
const answersSchema = z.object({ side: z.number(), inside: z.boolean(), y: z.array(z.number()) });

let bench: Workbench;
beforeAll(async () => {
  bench = await workbench();
});

/** Largest difference from Keras over the largest answer. */
async function difference(folder: string, file: string, backend: (typeof BACKENDS)[number] | 'auto') {
  const { side, inside, y } = answersSchema.parse(
    JSON.parse(readFileSync(path.join(folder, `${path.parse(file).name}.json`), 'utf8')),
  );
  const { tf } = await loadBackend(backend);
  const outcome = await importModel([bench.existing(path.join(folder, file))], { ...bench.context, tf });
  expect(outcome.manifest.warnings).toEqual([]);
  const model = await bench.revive(outcome);
  // The formula of make_applications.py.
  const data = Array.from({ length: 2 * side * side * 3 }, (_, i) => (((i + 1) * 7817) % 1009) / 1009).map(
    (share) => (inside ? share * 255 : share * 2 - 1),
  );
  const [found = []] = predict(tf, model, [{ shape: [2, side, side, 3], data }]);
  disposeModel(model);
  expect(found).toHaveLength(y.length);
  const most = (values: readonly number[]) => values.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  return most(y.map((value, i) => value - (found[i] ?? Number.NaN))) / most(y);
}

describe.each(BACKENDS)('on %s', (backend) => {
  it.each(['convnext', 'efficientnet', 'scaled'])('%s', async (name) => {
    expect(await difference(path.join(goldens, 'applications'), `${name}.keras`, backend)).toBeLessThan(1e-5);
  });
});

it.each(['LayerScale', 'StochasticDepth', 'CustomScaleLayer'])(
  'a class of one’s own called %s in an .h5 file is not taken for it',
  async (className) => {
    const layer = { class_name: className, config: { name: 'mine' } };
    const input = { class_name: 'InputLayer', config: { name: 'in', batch_shape: [null, 4] } };
    await expect(
      finishModel(
        {
          ...{ format: 'keras', file: 'it.h5', keras3: true, weights: [] },
          architecture: { class_name: 'Sequential', config: { name: 'net', layers: [input, layer] } },
        },
        bench.context,
      ),
    ).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringMatching(
        /the layer mine \(\w+\) bears the name of a class of keras\.applications\.\w+, but is not named as a layer of it, so that it may be a class of one's own; rebuild it from layers of Keras$/,
      ),
    });
  },
);

const FAMILIES = [
  ...['MobileNet', 'MobileNetV2', 'MobileNetV3Small', 'MobileNetV3Large'],
  ...['EfficientNetB0', 'EfficientNetB1', 'EfficientNetB3', 'EfficientNetV2B0', 'EfficientNetV2B1'],
  ...['EfficientNetV2S', 'ResNet50', 'ResNet101', 'ResNet50V2', 'DenseNet121', 'DenseNet201'],
  ...['InceptionV3', 'InceptionResNetV2', 'Xception', 'NASNetMobile', 'ConvNeXtTiny', 'VGG16', 'VGG19'],
];
const { INTERLAYER_APPLICATIONS: wanted = '', INTERLAYER_PYTHON: python = 'python3' } = process.env;
const networks = wanted === 'all' ? FAMILIES : wanted.split(',').filter(Boolean);

describe.skipIf(networks.length === 0)('whole networks', () => {
  it.each(networks)('%s', { timeout: 600_000 }, async (name) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'applications-'));
    try {
      const script = path.join(goldens, 'make_applications.py');
      execFileSync(python, [script, folder, name], { stdio: ['ignore', 'ignore', 'pipe'] });
      for (const ending of ['keras', 'h5'])
        expect(await difference(folder, `${name}.${ending}`, 'auto')).toBeLessThan(1e-5);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
