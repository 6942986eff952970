/** What the tests of the analyses share: the goldens that goldens/make.py wrote, and short ways to ask. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Argument, FunctionName, Query } from '../../../core/algebra/index.ts';
import type { DatasetManifest } from '../../../core/artifacts/index.ts';
import { type Folders, type LayerSpec, storeData } from './fixtures.ts';

const numbers = z.array(z.number());
export const golden = z
  .object({
    similarity: z.object({
      n: z.number(),
      x: numbers,
      a: numbers,
      aBias: numbers,
      b: numbers,
      c: numbers,
      values: z.array(numbers),
    }),
    neighbours: z.object({
      n: z.number(),
      k: z.number(),
      x: numbers,
      labels: numbers,
      indices: numbers,
      distances: numbers,
      agreement: numbers,
    }),
    classes: z.object({
      n: z.number(),
      logits: numbers,
      labels: numbers,
      precision: numbers,
      recall: numbers,
      f1: numbers,
      support: numbers,
      predictedCount: numbers,
      accuracy: z.number(),
      brier: z.number(),
      losses: numbers,
      reliability: z.array(
        z.object({
          bins: z.number(),
          count: numbers,
          confidence: z.array(z.number().nullable()),
          accuracy: z.array(z.number().nullable()),
          ece: z.number(),
          mce: z.number(),
        }),
      ),
    }),
  })
  .parse(JSON.parse(readFileSync(new URL('../methods/goldens/analysis.json', import.meta.url), 'utf8')));

/** A function with layers (`conv`, `conv#1`) and numbers. */
export function what(name: FunctionName, ...args: (string | number)[]): Query['what'] {
  return {
    kind: 'call',
    name,
    args: args.map((arg): Argument => {
      if (typeof arg === 'number') return { kind: 'number', value: arg };
      const [layer = '', unit] = arg.split('#');
      return unit === undefined ? { kind: 'layer', layer } : { kind: 'layer', layer, unit: Number(unit) };
    }),
  };
}

/** A Dense layer with these weights. */
export function dense(
  name: string,
  shape: [number, number],
  values: readonly number[],
  activation: string,
  bias?: readonly number[],
): LayerSpec {
  return {
    type: 'Dense',
    name,
    config: { units: shape[1], activation, use_bias: bias !== undefined },
    output: [shape[1]],
    weights: [
      { name: 'kernel', shape, values },
      ...(bias ? [{ name: 'bias', shape: [shape[1]], values: bias }] : []),
    ],
  };
}

/** Rows of numbers as a data set. */
export function rowsOf(
  folders: Folders,
  x: readonly number[],
  width: number,
  y?: readonly number[],
  classes: readonly string[] = [],
): DatasetManifest {
  return storeData(folders, { shape: [width], classes, scale: 1, x, ...(y ? { y } : {}) });
}
