/**
 * Masks against Keras (goldens/make_masks.py): every layer that makes, hands on, merges, uses or ends one, each layer's
 * output and gradients, over rows that are masked nowhere, in part, and everywhere.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeSafetensors, type NamedTensor } from '../../../core/result/index.ts';
import { type Backend, loadBackend } from '../backend/backend.ts';
import type { LoadedModel } from '../network/model.ts';
import { BACKENDS } from '../testing/engines.ts';
import { type StoredModel, temporaryFolders } from '../testing/fixtures.ts';
import { importGolden, loadStored } from '../testing/goldens.ts';

const folders = temporaryFolders();
afterAll(() => folders.remove());
const here = path.join(import.meta.dirname, '..', 'goldens');

/** float32 rounds at 6e-8 of a number; a few layers and sums of a dozen carry that to this share of the largest. */
const TOLERANCE = 1e-5;
const MODELS = ['steps', 'merges', 'recurrent', 'tokens', 'nested', 'within'];

describe.each(BACKENDS)('on %s', (name) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await loadBackend(name);
  });

  describe.each(MODELS)('%s', (model) => {
    const file = path.join(here, `masks_${model}`);
    const { tensors } = decodeSafetensors(readFileSync(`${file}.safetensors`));
    const { input, ...rest } = tensors;
    const wanted = Object.entries(rest).filter(([key]) => !/^(output|gradient)\./.test(key));
    let stored: StoredModel;
    let loaded: LoadedModel;
    let before = 0;
    beforeAll(async () => {
      stored = await importGolden(`${file}.keras`, backend, folders);
      before = backend.tf.memory().numTensors;
      loaded = await loadStored(backend, stored, folders);
    });
    afterAll(() => {
      loaded.dispose();
      expect(backend.tf.memory().numTensors).toBe(before);
    });
    const x = () => backend.tf.tensor(Float32Array.from(input?.data ?? []), [...(input?.shape ?? [])]);
    const outputs = () => stored.manifest.outputs.map((output) => output.name);

    test('no layer is missing, and no operator is left', () => {
      const layers = stored.manifest.graph.layers.map((layer) => layer.name);
      expect(layers).toEqual(expect.arrayContaining(wanted.map(([layer]) => layer)));
      expect(stored.manifest.graph.layers.filter(({ config }) => config.operator === true)).toEqual([]);
      expect(
        stored.manifest.warnings.filter(
          (warning) => !/acts only in training|the number type is float64/.test(warning),
        ),
      ).toEqual([]);
    });

    test('every layer says what Keras’s does', () => {
      const { tf } = backend;
      tf.tidy(() => {
        const found = loaded.outputsOf(
          x,
          wanted.map(([layer]) => layer),
        );
        for (const [i, [layer, expected]] of wanted.entries()) {
          expect(found[i]?.shape, layer).toEqual(expected.shape);
          expect(worst(found[i]?.dataSync(), expected), layer).toBeLessThan(TOLERANCE);
        }
        const said = loaded.outputsOf(x, outputs());
        for (const [n, output] of said.entries())
          expect(worst(output.dataSync(), rest[`output.${n}`]), `output ${n}`).toBeLessThan(TOLERANCE);
      });
    });

    test('the same comes out where a layer’s output is given', () => {
      const { tf } = backend;
      const { program } = loaded;
      const layers = wanted.map(([layer]) => layer).filter((layer) => !outputs().includes(layer));
      tf.tidy(() => {
        const plain = program.run(x, [...layers, ...outputs()]);
        for (const [i, layer] of layers.entries())
          tf.tidy(() => {
            const given = new Map(plain[i] ? [[layer, plain[i]]] : []);
            const reached = outputs().filter((output) => program.leadsTo(layer, output));
            for (const [n, output] of program.run(x, reached, { given }).entries()) {
              const expected = plain[layers.length + outputs().indexOf(reached[n] ?? '')];
              expect([...output.dataSync()], `${reached[n]} from ${layer} on`).toEqual([
                ...(expected?.dataSync() ?? []),
              ]);
            }
          });
      });
    });

    // Tokens are names, which have no slope.
    if (model === 'tokens') return;

    test('gradients are those of TensorFlow’s tape', () => {
      const { tf } = backend;
      const held = tf.memory().numTensors;
      for (const [n, output] of outputs().entries()) {
        const expected = rest[`gradient.${n}`];
        const found = tf.tidy(() => {
          const target = (p: ReturnType<typeof x>) => {
            const [y] = loaded.program.run(() => p, [output]);
            if (!y) throw new Error(`${output} said nothing`);
            const size = y.shape.slice(1).reduce((a, b) => a * b, 1);
            const weights = tf.tensor(
              Float32Array.from({ length: size }, (_, j) => Math.cos(j)),
              y.shape.slice(1),
            );
            return tf.sum(tf.mul(y, weights));
          };
          return tf.grad(target)(x()).dataSync();
        });
        expect(worst(found, expected, true), `output ${n}, ${output}`).toBeLessThan(TOLERANCE * 2);
      }
      expect(tf.memory().numTensors).toBe(held);
    });
  });
});

/** Largest difference as a share of the largest number. NaN is where it is expected, or (`skipping`) not looked at. */
function worst(
  found: ArrayLike<number> | undefined,
  expected: NamedTensor | undefined,
  skipping = false,
): number {
  if (!found || !expected || found.length !== expected.data.length) return Number.POSITIVE_INFINITY;
  let [largest, difference, counted] = [0, 0, 0];
  for (const [i, value] of expected.data.entries()) {
    const own = found[i] ?? Number.NaN;
    if (Number.isNaN(value)) {
      if (!skipping && !Number.isNaN(own)) return Number.POSITIVE_INFINITY;
      continue;
    }
    counted++;
    largest = Math.max(largest, Math.abs(value));
    difference = Math.max(difference, Number.isNaN(own) ? Number.POSITIVE_INFINITY : Math.abs(own - value));
  }
  return counted === 0 ? Number.POSITIVE_INFINITY : difference / Math.max(largest, 1e-3);
}
