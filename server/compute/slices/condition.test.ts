import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePredicate } from '../../../core/address/index.ts';
import { type HalfType, toBfloat16, toFloat16 } from '../numerics/halves.ts';
import { compile, type OperandValues } from './condition.ts';

const NONE = new Float32Array(0);

function operands(columns: OperandValues['columns'], halves: Record<string, HalfType> = {}): OperandValues {
  const confidence = Float32Array.of(0.1, 0.2, 0.30000001192092896);
  return {
    ...{ label: Int32Array.of(0, 1, 1), predicted: NONE, loss: NONE, computed: {}, warnings: [] },
    ...{ confidence, columns, halves, classes: ['a', 'b'] },
  };
}
const found = (text: string, of: OperandValues, n: number): number[] => {
  const holds = compile(parsePredicate(text), of);
  return Array.from({ length: n }, (_, i) => i).filter(holds);
};

describe('a column compares as the text that it was read from', () => {
  const written = ['5.1', '5.1', '5.3', '0.2', '1.8', '-0.7', '33554431', '1e-9', '5.0999'];
  const values = written.map(Number);
  const stores: [string, OperandValues][] = [
    ['float64', operands({ v: Float64Array.from(values) })],
    ['float32', operands({ v: Float32Array.from(values) })],
    ['float16', operands({ v: Float32Array.from(values, toFloat16) }, { v: 'float16' })],
    ['bfloat16', operands({ v: Float32Array.from(values, toBfloat16) }, { v: 'bfloat16' })],
  ];
  it.each(stores)('%s: every comparison finds what is written', (type, of) => {
    const n = written.length;
    for (const text of written) {
      const own = found(`v = ${text}`, of, n);
      expect(own).toEqual(expect.arrayContaining(written.flatMap((w, i) => (w === text ? [i] : []))));
      expect(found(`${text} = v`, of, n)).toEqual(own);
      expect(found(`v in [${text}]`, of, n)).toEqual(own);
      const above = found(`v > ${text}`, of, n);
      const below = found(`v < ${text}`, of, n);
      expect([...own, ...above, ...below].sort((a, b) => a - b)).toEqual(written.map((_, i) => i));
      expect(found(`v != ${text}`, of, n)).toEqual([...above, ...below].sort((a, b) => a - b));
      expect(found(`v >= ${text}`, of, n)).toEqual([...own, ...above].sort((a, b) => a - b));
      expect(found(`v <= ${text}`, of, n)).toEqual([...own, ...below].sort((a, b) => a - b));
      // Two bytes hold three digits: 5.1 and 5.0999 are one number there.
      if (type === 'float64' || type === 'float32')
        expect(own).toEqual(written.flatMap((w, i) => (w === text ? [i] : [])));
    }
  });

  it('whole numbers are compared as they are: a fraction equals none of them', () => {
    const of = operands({ v: Int32Array.of(16777217, 16777216, 5), b: Uint8Array.of(1, 2, 255) });
    expect(found('v = 16777217', of, 3)).toEqual([0]);
    expect(found('v > 5.5', of, 3)).toEqual([0, 1]);
    expect(found('b in [255.4, 1]', of, 3)).toEqual([0]);
    expect(found('b < 300', of, 3)).toEqual([0, 1, 2]);
  });

  it('two columns compare in the coarser of their types, either way round', () => {
    const texts = [5.1, 0.2, 7];
    const of = operands(
      {
        wide: Float64Array.from(texts),
        plain: Float32Array.from(texts),
        half: Float32Array.from(texts, toFloat16),
        whole: Int32Array.of(5, 0, 7),
      },
      { half: 'float16' },
    );
    for (const other of ['plain', 'half']) {
      expect(found(`wide = ${other}`, of, 3)).toEqual([0, 1, 2]);
      expect(found(`${other} >= wide`, of, 3)).toEqual([0, 1, 2]);
      expect(found(`${other} != wide`, of, 3)).toEqual([]);
    }
    expect(found('whole = plain', of, 3)).toEqual([2]);
  });

  it('what the model computes is compared with a number as it is written', () => {
    // float32 0.1 is 0.10000000149..., above 0.1.
    expect(found('confidence > 0.1', operands({}), 3)).toEqual([0, 1, 2]);
    expect(found('confidence > 0.3', operands({}), 3)).toEqual([2]);
  });

  it('a number that is none satisfies != alone', () => {
    const of = operands({ v: Float64Array.of(Number.NaN, 1) });
    for (const [text, n] of [
      ['v = 1', [1]],
      ['v != 1', [0]],
      ['v < 2', [1]],
      ['v in [1]', [1]],
    ] as const)
      expect(found(text, of, 2)).toEqual(n);
  });

  it('a column by a name that every data set has is written column.NAME', () => {
    const of = operands({
      index: Int32Array.of(7, 8, 9),
      confidence: Float64Array.of(5.1, 2, 3),
      order: Uint8Array.of(1, 2, 3),
    });
    expect(found('column.index = 8', of, 3)).toEqual([1]);
    expect(found('index = 2', of, 3)).toEqual([2]);
    expect(found('column.confidence = 5.1 or column."order" = 3', of, 3)).toEqual([0, 2]);
    expect(() => found('column.loss > 1', of, 3)).toThrow(
      'no column column.loss; there are label, index, predicted, confidence, loss, column.index, column.confidence, "order"',
    );
    expect(() => found("column.index = 'a'", of, 3)).toThrow(
      "'a' is compared with something that is no class",
    );
  });
});

describe('numbers of two bytes', () => {
  it.each([
    [5.1, 5.1015625],
    [65504, 65504],
    [65519.9, 65504],
    [65520, Number.POSITIVE_INFINITY],
    [-1e9, Number.NEGATIVE_INFINITY],
    [2 ** -24, 2 ** -24],
    [2 ** -26, 0],
    [2049, 2048],
    [2051, 2052],
    [0.1, 0.0999755859375],
  ])('float16 of %d is %d', (value, half) => {
    expect(toFloat16(value)).toBe(half);
  });
  it('bfloat16 is float32 cut to its upper half, to the nearest', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true, min: Math.fround(1e-30) }), (value) => {
        const bits = new Uint32Array(Float32Array.of(value).buffer)[0]!;
        const up = bits + 0x7fff + ((bits >>> 16) & 1);
        const expected = new Float32Array(Uint32Array.of(up & 0xffff0000).buffer)[0]!;
        expect(toBfloat16(value)).toBe(expected);
      }),
    );
  });
});
