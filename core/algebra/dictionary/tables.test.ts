import { describe, expect, it } from 'vitest';
import {
  FUNCTION_NAMES,
  FUNCTIONS,
  layersOf,
  METHOD_NAMES,
  METHODS,
  nearest,
  parse,
  signature,
  suggestion,
  title,
} from '../index.ts';
import { expectedValue } from './methods.ts';
import { distance } from './nearest.ts';

describe('nearest names', () => {
  it.each([
    ['conv2_d', ['conv2d_1', 'conv2d_2'], 'conv2d_2'],
    ['Dense_1', ['dense_1', 'dense_2'], 'dense_1'],
    ['sofmtax', ['softmax', 'logits'], 'softmax'],
    ['embed', ['embedding', 'map'], 'embedding'],
    ['conv', ['conv2d_1', 'conv2d_2'], null],
    ['x', ['yz'], null],
    ['attention', ['dense'], null],
    ['a', [], null],
  ])('%s among %j is %s', (name, names, found) => {
    expect(nearest(name, names)).toBe(found);
  });

  it('a distance is 0 only for equals, symmetric, and 1 for a swap of neighbours', () => {
    expect(distance('', 'abc')).toBe(3);
    expect(distance('dense', 'dense')).toBe(0);
    expect(distance('desne', 'dense')).toBe(1);
    expect(distance('kitten', 'sitting')).toBe(3);
    expect(distance('sitting', 'kitten')).toBe(3);
  });

  it('lists what there is when nothing is near, at most eight', () => {
    expect(suggestion('q', ['one', 'two'], 'there are')).toBe('; there are one, two');
    expect(suggestion('q', [], 'there are')).toBe('');
    const many = Array.from({ length: 20 }, (_, i) => `layer_${i}`);
    expect(suggestion('q', many, 'its layers are')).toMatch(/layer_7, \.\.\. \(20\)$/);
  });
});

describe('titles of views', () => {
  it.each([
    ['select activation(conv2d_1) from f(digits.test[42])', 'conv2d_1 · activations · digits.test[42]'],
    ['select histogram(conv2d_1#7) from f(data)', 'conv2d_1#7 · distribution · data'],
    ['select confusion() from digits-cnn@12(digits.test)', 'digits-cnn@12 · confusion · digits.test'],
    ['select graph() from f', 'f · architecture'],
    ['select conv2d_1 from f(x)', 'conv2d_1 · attribution · x'],
    ['select * from f(x) for class 7 using gradient', 'f · attribution for class 7 by gradient · x'],
    ['select predict() from f(x) with fgsm(0.3)', 'f · prediction · x · with fgsm(0.3)'],
    [
      "select * from f(x) left join (select * from f(x'))",
      "f · attribution · x · against f · attribution · x'",
    ],
  ])('%s', (text, head) => {
    expect(title(parse(text))).toBe(head);
  });
});

describe('the tables', () => {
  it('have an entry for each name, under that name, with a sentence', () => {
    expect(Object.keys(FUNCTIONS).sort()).toEqual([...FUNCTION_NAMES].sort());
    expect(Object.keys(METHODS).sort()).toEqual([...METHOD_NAMES].sort());
    for (const [name, spec] of [...Object.entries(FUNCTIONS), ...Object.entries(METHODS)]) {
      expect(spec.name).toBe(name);
      expect(spec.summary).toMatch(/^\S.*\.$/);
    }
  });

  it('have defaults that may be given, and no method twice', () => {
    for (const { params } of Object.values(METHODS)) {
      for (const parameter of params) expect(expectedValue(parameter, parameter.default)).toBeNull();
      expect(new Set(params.map((p) => p.name)).size).toBe(params.length);
    }
    for (const { methods } of Object.values(FUNCTIONS))
      if (methods[0] !== undefined) expect(METHODS[methods[0]].computed).toBe(true);
  });

  it('show how a function is called', () => {
    expect(signature(FUNCTIONS.top)).toBe('top(layer#unit, k)');
    expect(signature(FUNCTIONS.graph)).toBe('graph()');
  });
});

describe('layers of a query', () => {
  it('are found wherever a query can name them, each once, in order', () => {
    const text =
      'select similarity(a, b) from f(data[c#1 > d#2 and not a#3 = 1]) with set(e.kernel[0], 1), ablate(g#0) join (select h from f(x) for unit i#1) order by j#4';
    expect(layersOf(parse(text))).toEqual(['a', 'b', 'c', 'd', 'e', 'g', 'h', 'i', 'j']);
    expect(layersOf(parse('select graph() from f'))).toEqual([]);
  });
});
