/**
 * Models that PyTorch exported (goldens/make_torch.py), imported as a user's would be: every tensor as onnxruntime
 * computes it, output, gradient and a change as PyTorch does.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Tensor } from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeSafetensors, type NamedTensor } from '../../../../core/result/index.ts';
import { type Backend, loadBackend } from '../../backend/backend.ts';
import { BACKENDS } from '../../testing/engines.ts';
import { type StoredModel, temporaryFolders } from '../../testing/fixtures.ts';
import { importGolden, loadStored } from '../../testing/goldens.ts';
import type { LoadedModel } from '../model.ts';
import { MODEL_OUTPUT, SCORES } from '../taps.ts';

const folders = temporaryFolders();
afterAll(() => folders.remove());
const here = path.join(import.meta.dirname, 'goldens');
const TOLERANCE = 1e-5;

describe.each(BACKENDS)('on %s', (name) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await loadBackend(name);
  });

  describe.each(['picture', 'picture_fixed', 'row', 'pooled'])('%s', (file) => {
    const { tensors } = decodeSafetensors(readFileSync(path.join(here, `${file}.safetensors`)));
    let stored: StoredModel;
    let loaded: LoadedModel;
    let before = 0;
    beforeAll(async () => {
      stored = await importGolden(path.join(here, `${file}.onnx`), backend, folders);
      before = backend.tf.memory().numTensors;
      loaded = await loadStored(backend, stored, folders);
    });
    afterAll(() => {
      loaded.dispose();
      expect(backend.tf.memory().numTensors).toBe(before);
    });
    /** The examples with channels last, as a model is given them. */
    const examples = (): Tensor => {
      const { data, shape } = tensors.x!;
      const x = backend.tf.tensor(Float32Array.from(data), [...shape]);
      return x.rank > 2 ? x.transpose([0, ...Array.from({ length: x.rank - 2 }, (_, i) => i + 2), 1]) : x;
    };
    const channelsSecond = (x: Tensor): Tensor =>
      x.transpose([0, x.rank - 1, ...Array.from({ length: x.rank - 2 }, (_, i) => i + 1)]);
    const same = (found: Tensor | undefined, expected: NamedTensor | undefined, what: string) => {
      expect(found?.shape, what).toEqual(expected?.shape);
      const values = found?.dataSync() ?? [];
      const largest = Math.max(...Array.from(expected?.data ?? [], Math.abs));
      const worst = Math.max(
        ...Array.from(expected?.data ?? [], (value, i) => Math.abs(value - (values[i] ?? Number.NaN))),
      );
      expect(worst / largest, what).toBeLessThan(TOLERANCE);
    };

    test('every tensor is that of onnxruntime, with its units last', () => {
      const { tf } = backend;
      const graph = stored.manifest.operators!.graph;
      let compared = 0;
      tf.tidy(() => {
        for (const node of graph.nodes) {
          const key = `tensor.${node.outputs[0]}`;
          if (!(key in tensors)) continue;
          const [found] = loaded.program.run(() => examples(), [node.name]);
          const layer = stored.manifest.graph.layers.find((one) => one.name === node.name);
          expect(layer?.outputShape.slice(1), node.name).toEqual(found?.shape.slice(1));
          const rank = found?.rank ?? 0;
          const second = rank > 2 && layer?.outputShape.at(-1) === tensors[key]?.shape[1];
          const back = second && found ? channelsSecond(found) : found;
          same(back, tensors[key], node.name);
          compared++;
        }
      });
      expect(compared).toBeGreaterThan(2);
    });

    test('the output is that of PyTorch, for any number of examples', () => {
      const { tf } = backend;
      tf.tidy(() => {
        const x = examples();
        same(loaded.program.run(() => x, [MODEL_OUTPUT])[0], tensors.y, 'both');
        const [first] = loaded.program.run(() => x.slice([0], [1]), [MODEL_OUTPUT]);
        same(
          tf.concat([first!, loaded.program.run(() => x.slice([1], [1]), [MODEL_OUTPUT])[0]!], 0),
          tensors.y,
          'one by one',
        );
        const three = tf.concat([x, x.slice([1], [1])], 0);
        const [all] = loaded.program.run(() => three, [MODEL_OUTPUT]);
        same(all?.slice([0], [2]), tensors.y, 'the first two of three');
      });
    });

    test('the gradient is that of PyTorch, and flows from every layer on', () => {
      const { tf } = backend;
      tf.tidy(() => {
        const first = (y: Tensor) => tf.sum(y.slice([0, 0], [-1, 1]));
        const slope = tf.grad((x) => first(loaded.program.run(() => x, [MODEL_OUTPUT])[0]!))(examples());
        same(slope.rank > 2 ? channelsSecond(slope) : slope, tensors.gradient, 'by the input');
        const layers = stored.manifest.graph.layers.slice(1).map((layer) => layer.name);
        for (const layer of layers) {
          const [value] = loaded.program.run(() => examples(), [layer]);
          const given = (p: Tensor) =>
            loaded.program.run(() => examples(), [MODEL_OUTPUT], { given: new Map([[layer, p]]) })[0]!;
          same(given(value!), tensors.y, `from ${layer} on`);
          expect(tf.grad((p) => first(given(p)))(value!).shape).toEqual(value?.shape);
        }
      });
    });

    test.skipIf(!('ablated' in tensors))('a silenced channel is silenced as in PyTorch', () => {
      const { tf } = backend;
      tf.tidy(() => {
        const conv = stored.manifest.graph.layers.find(({ type }) => type === 'Conv')!;
        const kept = Float32Array.from({ length: conv.units! }, (_, unit) => Number(unit !== 1));
        const edited = loaded.program.withEdits(
          new Map([[conv.name, (y: Tensor) => tf.mul(y, tf.tensor1d(kept))]]),
        );
        same(edited.run(() => examples(), [MODEL_OUTPUT])[0], tensors.ablated, 'ablated');
      });
    });

    test('a softmax or sigmoid at the end is known, and what goes into it', () => {
      const { tf } = backend;
      const kind = { picture: 'softmax', picture_fixed: 'softmax', row: 'sigmoid' }[file] ?? 'other';
      expect(loaded.program.head.kind).toBe(kind);
      if (kind === 'other') return;
      tf.tidy(() => {
        const [scores] = loaded.program.run(() => examples(), [SCORES]);
        const said = kind === 'softmax' ? tf.softmax(scores!) : tf.sigmoid(scores!);
        same(said, tensors.y, 'scores');
      });
    });
  });
});
