import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { blobPath } from '../../../../core/artifacts/index.ts';
import { type Backend, loadBackend } from '../../backend/backend.ts';
import type { Examples } from '../../data/examples.ts';
import type { MethodContext } from '../../inference/context.ts';
import { type LoadedModel, loadModel } from '../../network/model.ts';
import { BACKENDS } from '../../testing/engines.ts';
import { ALL, call, planOf, splitOf, temporaryFolders } from '../../testing/fixtures.ts';
import { reference, toyData, toyModel } from '../../testing/toy.ts';
import { type GameRequest, gameOf, type ModelGame } from './game-of.ts';

const folders = temporaryFolders();
const stored = toyModel(folders);
const data = toyData(folders);
const blobs = { read: (blob: string) => readFile(path.join(folders.blobs, blobPath(blob))) };
const expected = reference();
afterAll(() => folders.remove());

describe.each(BACKENDS)('on %s', (name) => {
  let backend: Backend;
  let loaded: LoadedModel;
  let context: MethodContext;
  let examples: Examples;
  beforeAll(async () => {
    backend = await loadBackend(name);
    loaded = await loadModel(backend.tf, stored.manifest, stored.checkpoint, blobs);
    const split = await splitOf(data, blobs);
    examples = { split, indices: Int32Array.of(3, 11, 400), address: 'toy.test', single: false };
    context = {
      tf: backend.tf,
      plan: planOf(stored, data, { what: call('predict'), input: ALL }),
      model: async () => loaded,
      examples: async () => examples,
      split: async () => split,
      right: () => null,
      checkpoint: async () => loaded,
      signal: new AbortController().signal,
      progress: () => undefined,
    };
  });
  afterAll(() => loaded.dispose());

  /** Plays, and checks that nothing is left. */
  async function play(request: Partial<GameRequest>, body: (game: ModelGame) => void): Promise<void> {
    const before = backend.tf.memory().numTensors;
    const game = await gameOf(context, { place: null, baseline: 0, examples, ...request });
    backend.tf.tidy(() => body(game));
    game.dispose();
    expect(backend.tf.memory().numTensors).toBe(before);
  }
  const owners = Int32Array.of(0, 1, 2);

  test('the default target is the probability of the predicted class', () =>
    play({}, (game) => {
      const values = [...game.value(game.features, owners).dataSync()];
      examples.indices.forEach((index, i) => {
        expect(game.classes[i]).toBe(expected.predicted[index]);
        expect(values[i]).toBeCloseTo(expected.confidence[index]!, 5);
      });
      expect(game.target.text(2)).toBe('class 2');
      expect(game.shape).toEqual([4, 4, 1]);
    }));

  test('a game at a layer says the same as the one at the input', async () => {
    const out: number[][] = [];
    for (const place of [null, 'conv', 'flat', 'out'])
      await play({ place, target: { kind: 'class', index: 1 } }, (game) => {
        out.push([
          ...game.value(game.features, owners).dataSync(),
          ...game.value(game.baseline, owners).dataSync(),
        ]);
      });
    for (const other of out.slice(1)) {
      for (const [i, v] of other.entries()) expect(v).toBeCloseTo(out[0]![i]!, 6);
    }
  });

  test('points may be of any example, in any order', () =>
    play({ place: 'conv' }, (game) => {
      const points = backend.tf.gather(game.features, backend.tf.tensor1d([2, 0, 0], 'int32'));
      const [a, b, c] = game.value(points, Int32Array.of(2, 0, 0)).dataSync();
      const [first, , third] = game.value(game.features, owners).dataSync();
      expect([a, b, c]).toEqual([third, first, first]);
    }));

  test('the gradient of a logit is the weights on the way', () =>
    play({ place: 'flat', target: { kind: 'logit', index: 1 } }, (game) => {
      const gradient = game.gradient(game.features, owners);
      const kernel = backend.tf.tensor(loaded.program.node('out').weights[0]!.read().dataSync(), [27, 3]);
      const column = backend.tf.slice(kernel, [0, 1], [27, 1]).dataSync();
      expect([...gradient.dataSync()]).toEqual([...column, ...column, ...column]);
    }));

  test('outside the window everything is at the baseline, and does not take part', () =>
    play({ where: [1, 0, 3, 2], baseline: 0.25 }, (game) => {
      expect([...game.players]).toEqual([1, 2, 5, 6]);
      const values = game.features.dataSync().subarray(0, 16);
      values.forEach((v, i) => {
        if (!game.players.includes(i)) expect(v).toBe(0.25);
      });
    }));
});
