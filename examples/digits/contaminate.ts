/**
 * Makes the demo's contaminated data set from the clean digits, as a careless or hostile supplier might have:
 *
 *   train       5 % of the labels flipped to another class, at random; on another 5 % a trigger, a bright patch of 2 x 2
 *               pixels in the corner, with the label set to 3 (BadNets: Gu, Dolan-Gavitt, Garg 2017)
 *   test        the clean test pictures
 *   triggered   the test pictures of the other classes with the trigger on, and their true labels: all that a backdoor
 *               can be measured with
 *
 * Columns, for keeping score only: `flipped` and `triggered` are 1 where that was done to the example, else 0.
 *
 * Run: npx tsx examples/digits/contaminate.ts
 * Writes suspect.safetensors. Seeded: the same file on every machine.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { decodeSafetensors, encodeSafetensors, type NamedTensor } from '../../core/result/index.ts';
import { random, shuffled } from './random.ts';

const here = path.dirname(new URL(import.meta.url).pathname);
const SEED = 11;
/** Share of the training pictures that each of the two faults is done to. */
const SHARE = 0.05;
const CLASSES = 10;
const TARGET = 3;
/** x1, y1, x2, y2; the far sides are outside. */
const TRIGGER = [6, 6, 8, 8] as const;
const BRIGHT = 16;
const SIDE = 8;

interface Pictures {
  readonly x: Uint8Array;
  readonly y: Int32Array;
}

const { tensors } = decodeSafetensors(readFileSync(path.join(here, 'digits.safetensors')));

function read(split: string): Pictures {
  const [x, y] = [tensors[`${split}.x`], tensors[`${split}.y`]];
  if (!x || !y) throw new Error(`digits.safetensors lacks the split ${split}`);
  return { x: Uint8Array.from(x.data), y: Int32Array.from(y.data) };
}

function putTrigger(x: Uint8Array, example: number): void {
  const [x1, y1, x2, y2] = TRIGGER;
  for (let row = y1; row < y2; row++)
    for (let column = x1; column < x2; column++) x[(example * SIDE + row) * SIDE + column] = BRIGHT;
}

function tensorsOf(split: string, { x, y }: Pictures, columns: Record<string, Float32Array>) {
  const shape = [y.length];
  const out: Record<string, NamedTensor> = {
    [`${split}.x`]: { dtype: 'U8', shape: [y.length, SIDE, SIDE, 1], data: x },
    [`${split}.y`]: { dtype: 'I32', shape, data: y },
  };
  for (const [name, data] of Object.entries(columns))
    out[`${split}.column.${name}`] = { dtype: 'F32', shape, data };
  return out;
}

const train = read('train');
const next = random(SEED);
const order = shuffled(train.y.length, next);
const count = Math.round(SHARE * train.y.length);
const flipped = new Float32Array(train.y.length);
const triggered = new Float32Array(train.y.length);
for (const example of order.slice(0, count)) {
  const shift = 1 + Math.floor(next() * (CLASSES - 1));
  train.y[example] = ((train.y[example] ?? 0) + shift) % CLASSES;
  flipped[example] = 1;
}
for (const example of order
  .slice(count)
  .filter((i) => train.y[i] !== TARGET)
  .slice(0, count)) {
  putTrigger(train.x, example);
  train.y[example] = TARGET;
  triggered[example] = 1;
}

const test = read('test');
const others = Array.from(test.y.keys()).filter((i) => test.y[i] !== TARGET);
const attacked: Pictures = {
  x: Uint8Array.from(
    others.flatMap((i) => Array.from(test.x.subarray(i * SIDE * SIDE, (i + 1) * SIDE * SIDE))),
  ),
  y: Int32Array.from(others, (i) => test.y[i] ?? 0),
};
for (const example of others.keys()) putTrigger(attacked.x, example);

const none = (n: number) => new Float32Array(n);
const all = {
  ...tensorsOf('train', train, { flipped, triggered }),
  ...tensorsOf('test', test, { flipped: none(test.y.length), triggered: none(test.y.length) }),
  ...tensorsOf('triggered', attacked, {
    flipped: none(others.length),
    triggered: none(others.length).fill(1),
  }),
};
writeFileSync(path.join(here, 'suspect.safetensors'), encodeSafetensors(all));
console.log(`${count} flipped, ${count} triggered of ${train.y.length}; triggered: ${others.length}`);
