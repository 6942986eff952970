/** Values of tensors, against what onnx.numpy_helper reads; and tensors whose values do not fit them. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { readOnnxBytes } from './read.ts';
import {
  floats,
  type Message,
  message,
  modelFile,
  node,
  packed,
  port,
  tensor,
  type Value,
} from './testing/file.ts';

const golden = (name: string) => readFileSync(path.join(import.meta.dirname, 'goldens', name));

it('reads every number type in every way that it can be written', () => {
  const expected = z
    .record(z.string(), z.array(z.union([z.number(), z.string()])))
    .parse(JSON.parse(golden('tensors.json').toString()));
  const { graph, weights } = readOnnxBytes(golden('tensors.onnx'), 'tensors.onnx');
  const found = new Map<string, readonly (number | string)[]>();
  for (const [name, { values }] of Object.entries(graph.constants)) found.set(name, values);
  for (const { name, count, at } of weights)
    found.set(
      name,
      Array.from({ length: count }, (_, index) => at!(index)).map((value) =>
        Number.isFinite(value) ? value : String(value),
      ),
    );
  expect(Object.fromEntries(found)).toEqual(expected);
  expect(Object.keys(expected)).toHaveLength(49);
});

it('keeps whole numbers in the graph where they are few, and floats as weights of 32 bits', () => {
  const { graph, weights, warnings } = readOnnxBytes(golden('tensors.onnx'), 'tensors.onnx');
  const weight = (name: string) => weights.find((each) => each.name === name)!;
  expect(weight('rank 3').read()).toEqual(Float32Array.from({ length: 24 }, (_, index) => index));
  expect(weight('rank 3').shape).toEqual([2, 3, 4]);
  expect(weight('table').read()).toEqual(Int32Array.from({ length: 1200 }, (_, index) => index));
  expect(weight('float16.raw').read()).toEqual(
    Float32Array.of(0, -0, 1, -1.5, 0.0999755859375, 240, -448, 2 ** -24, 65504, Infinity, -Infinity, NaN),
  );
  expect(graph.constants['int64.raw']).toEqual({
    type: 'int64',
    shape: [4],
    values: [-(2 ** 40), -1, 0, 2 ** 53 - 1],
  });
  expect(graph.constants.texts).toEqual({ type: 'string', shape: [3], values: ['a', 'ä中', ''] });
  expect(graph.weights.map(({ name }) => name)).toEqual(weights.map(({ name }) => name));
  expect(warnings).toEqual([]);
});

/** `w` of the graph that gives it out. */
const only = (initializer: Message) =>
  readOnnxBytes(
    modelFile({ inputs: [], initializers: [initializer], outputs: [port('w', 1, [2])] }),
    'm.onnx',
  );
const doubles = (...values: number[]) => new Uint8Array(Float64Array.from(values).buffer);

it('says what 32 bits do not hold', () => {
  expect(only(tensor('w', 11, [2], { 9: doubles(1e300, 0.5) })).warnings).toEqual([
    'Weights of 64 bits are beyond what 32 bits hold, and became infinite: w.',
  ]);
  const wide = Array.from({ length: 1001 }, (_, index) => 2 ** 31 - 2 + index);
  const { warnings, weights } = only(tensor('w', 7, [1001], { 7: packed(wide) }));
  expect(warnings).toEqual([
    'Whole numbers of 64 bits are beyond what 32 bits hold, and became the nearest that they do: w.',
  ]);
  expect([...weights[0]!.read()].slice(0, 4)).toEqual([2 ** 31 - 2, 2 ** 31 - 1, 2 ** 31 - 1, 2 ** 31 - 1]);
  expect(only(tensor('w', 11, [2], { 9: doubles(0.5, -2) })).warnings).toEqual([]);
});

it('reads lists that are not packed, as they once were', () => {
  expect([...only(tensor('w', 1, [2], { 4: [{ float: 1.5 }, { float: -2 }] })).weights[0]!.read()]).toEqual([
    1.5, -2,
  ]);
  expect(only(tensor('w', 7, [3], { 7: [5, -1, 2 ** 40] })).graph.constants.w!.values).toEqual([
    5,
    -1,
    2 ** 40,
  ]);
});

it('takes values from a Constant node in all of its ways', () => {
  const constant = (name: string, type: number, at: number, value: Value) =>
    readOnnxBytes(
      modelFile({
        inputs: [],
        nodes: [node('Constant', [], ['y'], { attributes: [message({ 1: name, 20: type, [at]: value })] })],
      }),
      'm.onnx',
    );
  expect(constant('value_float', 1, 2, { float: 0.5 }).graph.constants.y).toEqual({
    type: 'float32',
    shape: [],
    values: [0.5],
  });
  expect(constant('value_floats', 6, 7, [{ float: 0.5 }, { float: Number.NaN }]).graph.constants.y).toEqual({
    type: 'float32',
    shape: [2],
    values: [0.5, 'NaN'],
  });
  expect(constant('value_int', 2, 3, -7).graph.constants.y).toEqual({
    type: 'int64',
    shape: [],
    values: [-7],
  });
  expect(constant('value_ints', 7, 8, [1, 2]).graph.constants.y).toEqual({
    type: 'int64',
    shape: [2],
    values: [1, 2],
  });
  expect(constant('value_string', 3, 4, 'a').graph.constants.y).toEqual({
    type: 'string',
    shape: [],
    values: ['a'],
  });
  expect(constant('value_strings', 8, 9, ['a', 'b']).graph.constants.y).toEqual({
    type: 'string',
    shape: [2],
    values: ['a', 'b'],
  });
  expect(constant('value', 4, 5, floats('', [1], [3])).graph.constants.y).toEqual({
    type: 'float32',
    shape: [1],
    values: [3],
  });
  const sparse = message({ 1: floats('', [1], [3]), 2: tensor('', 7, [1], { 7: packed([1]) }), 3: [2] });
  expect(constant('sparse_value', 11, 22, sparse).graph.constants.y).toEqual({
    type: 'float32',
    shape: [2],
    values: [0, 3],
  });
  // More than a thousand numbers are no constant for JSON.
  const large = constant('value', 4, 5, floats('', [1001], new Array(1001).fill(1)));
  expect(large.graph.constants).toEqual({});
  expect(large.graph.weights).toEqual([{ name: 'y', type: 'float32', shape: [1001] }]);
});
