import { describe, expect, it } from 'vitest';
import { faultsOf, sentences } from './faults.ts';

const mended = (text: string, message: string, column: number, length: number, line = 1): string => {
  const [fault] = faultsOf(text, [{ message, at: { line, column, length } }]);
  if (!fault?.fix) return text;
  const { index, remove, insert } = fault.fix.splice;
  return text.slice(0, index) + insert + text.slice(index + remove);
};

describe('what is wrong with a query', () => {
  it('stands at its offsets, whatever line it is on', () => {
    const text = 'select stats(a)\nfrom g(data)';
    const [fault] = faultsOf(text, [{ message: 'no model g', at: { line: 2, column: 6, length: 1 } }]);
    expect(text.slice(fault?.from, fault?.to)).toBe('g');
    expect(faultsOf(text, [{ message: 'm' }])[0]).toMatchObject({ from: 0, to: text.length, fix: null });
    expect(faultsOf('abc', [{ message: 'm', at: { line: 9, column: 9, length: 5 } }])[0]?.to).toBe(3);
  });

  it('is mended at the wrong name only, though more is marked', () => {
    expect(mended('select stats(conv_9#3) from f', 'no layer conv_9 in m; did you mean conv_2?', 14, 8)).toBe(
      'select stats(conv_2#3) from f',
    );
    expect(mended('select statz(a) from f', 'no function statz; did you mean stats?', 8, 8)).toBe(
      'select stats(a) from f',
    );
    expect(mended('using ig(stps=3)', 'no parameter stps of ig; did you mean steps?', 10, 6)).toBe(
      'using ig(steps=3)',
    );
  });

  it('is mended at the wrong checkpoint, class and quoted name', () => {
    expect(
      mended('select graph() from m@13', 'no step 13 of m; did you mean m@12? It has 2 from 3 to 12', 21, 4),
    ).toBe('select graph() from m@12');
    expect(mended("f(d.test[label = 'thre'])", "no class 'thre' in d; did you mean three?", 18, 6)).toBe(
      "f(d.test[label = 'three'])",
    );
    expect(
      mended('select stats(tf_relu) from f', 'no layer tf_relu in m; did you mean tf.relu?', 14, 7),
    ).toBe('select stats("tf.relu") from f');
  });

  it('is not wrong, only not done, where the text ends too early', () => {
    const at = { line: 1, column: 13, length: 1 };
    expect(faultsOf('select stats', [{ message: 'm', at }])[0]?.unfinished).toBe(true);
    expect(faultsOf('select stats()', [{ message: 'm', at }])[0]?.unfinished).toBe(false);
  });

  it('offers no edit where no name is near', () => {
    expect(
      faultsOf('x', [
        { message: 'no layer x in m; its layers are a, b', at: { line: 1, column: 1, length: 1 } },
      ])[0]?.fix,
    ).toBeNull();
  });

  it('tells the fault before the hint', () => {
    expect(sentences('no layer a in m; did you mean b?')).toEqual({
      what: 'no layer a in m',
      hint: 'did you mean b?',
    });
    expect(sentences('found 3')).toEqual({ what: 'found 3', hint: null });
  });
});
