import { describe, expect, it } from 'vitest';
import { UserError } from '../../errors/index.ts';
import { catalog } from '../testing/catalog.fixture.ts';
import { apiCall, type EditorContext, faults, format, hover, tokens } from './index.ts';

const known: EditorContext = {
  catalog,
  bindings: {
    f: 'digits-cnn@12',
    x: 'digits.test[42]',
    "x'": null,
    data: 'digits.test',
    slices: { hard: 'digits.test[confidence < 0.5]' },
  },
};

describe('tokens', () => {
  it('say what each word of a query is', () => {
    const text =
      "select conv2d_1#3 from digits-cnn@12(digits.test[42]) for class 7 using ig(steps=8, baseline=zero) with ablate(dense_1#1) join (select activation(a) from f(data[label = 'x']))";
    expect(tokens(text).map(({ from, to, kind }) => `${text.slice(from, to)} ${kind}`)).toMatchSnapshot();
  });
  it('mark what belongs nowhere, and go on behind it', () => {
    const text = 'select § * from f(x) nonsense using umpa where [0,0,1,1]';
    const found = tokens(text).map(({ from, to, kind }) => [text.slice(from, to), kind]);
    expect(found).toContainEqual(['§', 'error']);
    expect(found).toContainEqual(['nonsense', 'error']);
    expect(found).toContainEqual(['umpa', 'error']);
    expect(found).toContainEqual(['where', 'keyword']);
  });
});

describe('hover', () => {
  /** What is said about the word behind the bar. */
  const over = (marked: string) => hover(marked.replace('|', ''), marked.indexOf('|'), known);
  it.each([
    ['|select * from f(x)', 'select'],
    ['select |* from f(x)', '*'],
    ['select |top(conv2d_1#3) from f(data)', 'top(layer#unit, k)'],
    ['select |conv2d_1 from f(x)', 'conv2d_1'],
    ['select conv2d_1#|3 from f(x)', 'conv2d_1#3'],
    ['select * from |f(x)', 'f is digits-cnn@12'],
    ['select * from |digits-mlp(x)', 'digits-mlp'],
    ['select * from f(|x)', 'x'],
    ['select * from f(|hard)', 'hard'],
    ['select * from f(|digits.test)', 'digits'],
    ['select * from f(digits.|test)', 'digits.test'],
    ['select * from f(data[|loss > 1])', 'loss'],
    ['select * from f(data[|ink > 1])', 'ink'],
    ['select * from f(data[|distance(dense_1, x) > 1])', 'distance(layer, example)'],
    ['select * from f(data[label |in [1]])', 'column in [a, b, ...]'],
    ['select * from f(x) |for class 7', 'for'],
    ['select * from f(x) for |loss', 'loss'],
    ['select * from f(x) |left join (select * from f(x))', 'left join'],
    ['select * from f(x) using |umap', 'umap'],
    ['select * from f(x) using ig(|steps=3)', 'steps'],
    ['select * from f(x) using ig(baseline=|mean)', 'mean'],
    ['select * from f(x) with |fgsm(0.1)', 'fgsm(epsilon)'],
    ['select * from f(data) order |by loss', 'order by'],
    ['select * from f(data) |limit 3', 'limit'],
  ])('%s is %s', (marked, title) => {
    const found = over(marked);
    expect(found?.title).toBe(title);
    expect(found?.text).toMatch(/^\S.*\.$/);
  });
  it('tells a method with its parameters and source, a layer with its shape', () => {
    expect(over('select * from f(x) using |ig')).toMatchObject({
      facts: [
        'steps: 256, from 1 to 100000. Points of the integral.',
        'baseline: zero; a number, mean, blurred or an example. What an absent feature is: a number, zero, mean, blurred, or an example such as digits.test[3].',
        'Sundararajan, Taly, Yan 2017',
      ],
    });
    expect(over('select |conv2d_1 from f(x)')?.facts).toContain('puts out 8×8×12');
  });
  it('says nothing about marks, numbers and names that mean nothing', () => {
    for (const marked of ['select *| from f(x)', 'select |conv9 from f(x)', 'select * from f(x) limit |3'])
      expect(over(marked)).toBeNull();
  });
});

describe('format', () => {
  it('keeps short questions on one line', () => {
    expect(format('SELECT  * FROM f(x)')).toBe('select * from f(x)');
  });
  it('breaks long ones a clause per line, joined ones indented', () => {
    expect(
      format(
        'select conv2d_1 from digits-cnn@12(digits.test[42]) for class 7 using ig(steps=256, baseline=mean) where [0, 0, 8, 8] left join (select conv2d_1 from digits-cnn@12(digits.test[7]) for class 9 with ablate(conv2d_1#3), fgsm(0.1)) limit 3',
      ),
    ).toBe(
      [
        'select conv2d_1 from digits-cnn@12(digits.test[42])',
        '  for class 7',
        '  using ig(steps=256, baseline=mean)',
        '  where [0, 0, 8, 8]',
        '  left join (',
        '    select conv2d_1 from digits-cnn@12(digits.test[7])',
        '      for class 9',
        '      with ablate(conv2d_1#3), fgsm(0.1)',
        '  )',
        '  limit 3',
      ].join('\n'),
    );
  });
  it('throws for users where a text does not parse', () => {
    expect(() => format('select')).toThrow(UserError);
  });
});

describe('faults', () => {
  const messages = (text: string) => faults(text, known).map(({ message }) => message);
  it('none for a question that can be asked', () => {
    expect(messages('select * from f(x)')).toEqual([]);
  });
  it('the first place that cannot be read, and what is wrong with the rest, in order', () => {
    expect(messages('select conv2_d from f(x) where [0, 0 using ig(steps=0)')).toEqual([
      'no layer conv2_d in digits-cnn; did you mean conv2d_2?',
      'found using, expected , and x2: a region is [x1, y1, x2, y2]',
      'found steps=0, expected a whole number from 1 to 100000',
    ]);
    expect(messages('select * from f(y) for class seven limit 3')).toEqual([
      'no data set y in this project; there are digits, texts',
      'found seven, expected the index of a class, as in class 7',
    ]);
    expect(messages('selct * from f(x)')).toHaveLength(1);
  });
  it('a name that is not bound', () => {
    expect(messages("select * from f(x')")).toEqual([
      "x' is not bound: select a second example, or write one, such as digits.test[42]",
    ]);
  });
  it('have places', () => {
    expect(faults('select * from\nf(y) for class seven', known).map(({ at }) => at)).toEqual([
      { line: 2, column: 3, length: 1 },
      { line: 2, column: 16, length: 5 },
    ]);
  });
});

describe('the same question for a terminal', () => {
  it('is bound, and quoted for a shell', () => {
    const line = apiCall("select * from f(data[label = 'seven'])", {
      origin: 'https://lab.example/',
      project: 'demo',
      bindings: known.bindings,
    });
    expect(line).toBe(
      [
        "curl -sS 'https://lab.example/api/v1/projects/demo/queries?wait=60' \\",
        '  -H "Authorization: Bearer $INTERLAYER_TOKEN" \\',
        "  -H 'Content-Type: application/json' \\",
        `  --data '{"query":"select * from digits-cnn@12(digits.test[label = '\\''seven'\\''])"}'`,
      ].join('\n'),
    );
  });
});
