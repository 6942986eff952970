/**
 * A convolutional toy and its data, with everything it computes written out again in plain TypeScript and float64:
 * what the methods say is compared with this.
 */
import { type Folders, type StoredModel, storeData, storeModel } from './fixtures.ts';

export const SIDE = 4;
export const FILTERS = 3;
export const CLASSES = ['cat', 'dog', 'emu'] as const;
export const COUNT = 600;

/** Mulberry32, uniform in [0, 1). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function draws(seed: number, count: number, of: (u: number) => number): number[] {
  const next = random(seed);
  return Array.from({ length: count }, () => Math.fround(of(next())));
}

/** (2, 2, 1, 3): the last filter has no chance against its bias, so its unit is dead. */
const kernel = draws(1, 2 * 2 * FILTERS, (u) => u * 2 - 1);
const convBias = [0.1, -0.2, -9].map(Math.fround);
const MAPS = 3;
const dense = draws(2, MAPS * MAPS * FILTERS * CLASSES.length, (u) => u * 4 - 2);
const denseBias = [0.05, -0.1, 0.2].map(Math.fround);

export function toyModel(folders: Folders): StoredModel {
  return storeModel(
    folders,
    [SIDE, SIDE, 1],
    [
      {
        type: 'Conv2D',
        name: 'conv',
        config: {
          filters: FILTERS,
          kernel_size: [2, 2],
          strides: [1, 1],
          padding: 'valid',
          data_format: 'channels_last',
          dilation_rate: [1, 1],
          activation: 'relu',
          use_bias: true,
          kernel_initializer: { class_name: 'Orthogonal', config: { gain: 1, seed: null } },
        },
        output: [MAPS, MAPS, FILTERS],
        weights: [
          { name: 'kernel', shape: [2, 2, 1, FILTERS], values: kernel },
          { name: 'bias', shape: [FILTERS], values: convBias },
        ],
      },
      { type: 'Flatten', name: 'flat', config: {}, output: [MAPS * MAPS * FILTERS] },
      {
        type: 'Dense',
        name: 'out',
        config: { units: CLASSES.length, activation: 'softmax', use_bias: true },
        output: [CLASSES.length],
        weights: [
          { name: 'kernel', shape: [MAPS * MAPS * FILTERS, CLASSES.length], values: dense },
          { name: 'bias', shape: [CLASSES.length], values: denseBias },
        ],
      },
    ],
  );
}

export const stored = draws(3, COUNT * SIDE * SIDE, (u) => Math.floor(u * 17));
export const labels = draws(4, COUNT, (u) => Math.floor(u * CLASSES.length));
/** A column of the data set, in years. */
export const ages = draws(5, COUNT, (u) => u * 90);

export function toyData(folders: Folders) {
  return storeData(folders, {
    shape: [SIDE, SIDE, 1],
    classes: CLASSES,
    scale: 16,
    x: stored,
    y: labels,
    columns: { age: ages },
  });
}

export interface Reference {
  /** Per example: conv maps as [y][x][unit], flat. */
  readonly conv: number[][];
  /** Per example: mean of each map. */
  readonly means: number[][];
  readonly probabilities: number[][];
  readonly predicted: number[];
  readonly confidence: number[];
}

/** The toy's forward pass over all its data, (example) first. */
export function reference(): Reference {
  const conv: number[][] = [];
  const means: number[][] = [];
  const probabilities: number[][] = [];
  for (let n = 0; n < COUNT; n++) {
    const maps: number[] = [];
    for (let y = 0; y < MAPS; y++)
      for (let x = 0; x < MAPS; x++)
        for (let u = 0; u < FILTERS; u++) {
          let sum = convBias[u]!;
          for (let dy = 0; dy < 2; dy++)
            for (let dx = 0; dx < 2; dx++)
              sum += (stored[n * 16 + (y + dy) * SIDE + x + dx]! / 16) * kernel[(dy * 2 + dx) * FILTERS + u]!;
          maps.push(Math.max(0, sum));
        }
    conv.push(maps);
    means.push(
      Array.from({ length: FILTERS }, (_, u) => {
        const values = maps.filter((_, i) => i % FILTERS === u);
        return values.reduce((a, b) => a + b, 0) / values.length;
      }),
    );
    const logits = denseBias.map((bias, c) =>
      maps.reduce((sum, v, i) => sum + v * dense[i * CLASSES.length + c]!, bias),
    );
    const exp = logits.map((v) => Math.exp(v - Math.max(...logits)));
    const total = exp.reduce((a, b) => a + b, 0);
    probabilities.push(exp.map((v) => v / total));
  }
  const predicted = probabilities.map((p) => p.indexOf(Math.max(...p)));
  return { conv, means, probabilities, predicted, confidence: probabilities.map((p) => Math.max(...p)) };
}
