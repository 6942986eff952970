import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../errors/index.ts';
import { CHANGE_NAMES, parse, print } from '../index.ts';
import { anyQuery } from '../testing/arbitrary.ts';

/** The four forms of i-Algebra and the nine composites of its four operators, as the paper writes them. */
const PAPER = [
  'select * from f(x)',
  'select l from f(x) where [x1, y1, x2, y2]',
  "select * from f(x) join (select * from f(x'))",
  "select * from f(x) left join (select * from f(x'))",
];
const COMPOSITES = [
  'select l from f(x)',
  'select * from f(x) where [x1, y1, x2, y2]',
  "select l from f(x) join (select l from f(x'))",
  "select l from f(x) left join (select l from f(x'))",
  "select * from f(x) where [1, 2, 6, 7] join (select * from f(x') where [1, 2, 6, 7])",
  "select * from f(x) where [1, 2, 6, 7] left join (select * from f(x') where [1, 2, 6, 7])",
  "select l from f(x) where [1, 2, 6, 7] join (select l from f(x') where [1, 2, 6, 7])",
  "select l from f(x) where [1, 2, 6, 7] left join (select l from f(x') where [1, 2, 6, 7])",
  "select * from f(x) join (select * from f(x') left join (select * from g(x)))",
];
const FULL = [
  'select activation(conv2d_1) from f(x)',
  'select confusion() from digits-cnn@12(digits.test)',
  'select graph() from f',
  'select examples(dense_1) from f(data) using umap(dims=3)',
  'select images() from f(data) limit 100',
  'select predict() from f(digits.test[label = 7 and predicted != label])',
  'select predict() from f(data[confidence < 0.5]) order by confidence desc limit 20',
  'select * from digits-cnn@best(digits.test[42]) for class 7 using ig(steps=256, baseline=zero)',
  'select conv2d_1#3 from f(x) for unit dense_1#4 using gradcam where [0, 0, 4, 4]',
  'select top(conv2d_1#3, 9) from f(data)',
  'select similarity(conv2d_1, conv2d_2) from f(data)',
  'select predict() from f(x) with ablate(conv2d_1#3), clamp(dense_1#2, 0.5), scale(dense_1#2, -2)',
  'select predict() from f(x) with set(dense_1.kernel[3,7], 0), noise(0.1, 7), fgsm(0.1), pgd(0.1, 10), patch([0, 0, 2, 2], 0)',
  'select "tf.nn.relu"#3 from "f"@2("data".test[0])',
  'select confusion() from f(digits)',
];

describe('syntax of queries', () => {
  it.each([...PAPER, ...COMPOSITES, ...FULL])('%s is read, and printed as written', (text) => {
    expect(print(parse(text))).toBe(text);
  });

  it('keywords are understood in any case, clauses in any order; what is printed is canonical', () => {
    const text = `SELECT Activation( conv2d_1 )\nFROM f ( x ) LIMIT 3 ORDER BY index ASC Where [0,0,1,1] USING IG () FOR Class 7`;
    expect(print(parse(text))).toBe(
      'select activation(conv2d_1) from f(x) for class 7 using ig where [0, 0, 1, 1] order by index limit 3',
    );
  });

  it('parse(print(q)) = q, and so print is idempotent', () => {
    fc.assert(
      fc.property(anyQuery, (query) => {
        const text = print(query);
        const read = parse(text);
        expect(read).toEqual(query);
        expect(print(read)).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });

  it('what parsing gives is plain data: it survives JSON', () => {
    fc.assert(
      fc.property(anyQuery, (query) => {
        const read = parse(print(query));
        expect(JSON.parse(JSON.stringify(read))).toEqual(read);
      }),
      { numRuns: 300 },
    );
  });
});

describe('errors in queries say what was found, what was expected and where', () => {
  it.each([
    ['', 1, 1, 'found the end of the text, expected select, as in select activation(conv2d_1) from f(x)'],
    ['selct * from f(x)', 1, 1, 'found selct, expected select, as in select activation(conv2d_1) from f(x)'],
    [
      'select from f(x)',
      1,
      8,
      'found from, expected *, a layer, a unit (layer#7) or a function such as activation(layer)',
    ],
    [
      'select graph from',
      1,
      18,
      'found the end of the text, expected a model: f, or a name such as digits-cnn@12',
    ],
    ['select activations(a) from f(x)', 1, 8, 'no function activations; did you mean activation?'],
    ['select * from f(x', 1, 18, 'found the end of the text, expected )'],
    [
      'select *\nfrom f(digits[3])',
      2,
      14,
      'found [, expected the split before the bracket, as in digits.test[42]',
    ],
    [
      'select * from f()',
      1,
      17,
      "found ), expected x, x', data, an example such as digits.test[42] or a split such as digits.test",
    ],
    ['select * from f(x) using umpa', 1, 26, 'no method umpa; did you mean umap?'],
    ['select * from f(x) using ig(steps)', 1, 34, 'found ), expected = and the value of steps'],
    ['select * from f(x) using ig(steps=1, steps=2)', 1, 38, 'steps is given twice'],
    ['select * from f(x) where [1, 2, 3]', 1, 34, 'found ], expected , and y2: a region is [x1, y1, x2, y2]'],
    [
      'select * from f(x) for class seven',
      1,
      30,
      'found seven, expected the index of a class, as in class 7',
    ],
    [
      'select * from f(x) with ablat(a#1)',
      1,
      25,
      `found ablat, expected a change: ${CHANGE_NAMES.slice(0, -1).join(', ')} or ${CHANGE_NAMES.at(-1)}; did you mean ablate?`,
    ],
    ['select * from f(x) limit 0', 1, 26, 'found 0, expected a whole number above 0'],
    ['select * from f(x) limit 3 limit 4', 1, 28, 'found limit twice, expected it once'],
    [
      'select * from f(x) left (select * from f(x))',
      1,
      25,
      'found (, expected join, as in left join (select ...)',
    ],
    [
      'select * from f(x) group by y',
      1,
      20,
      'found group, expected for, using, where, with, join, left join, order by, limit or the end of the query',
    ],
    ['select graph() f', 1, 16, 'found f, expected from and a model'],
  ])('%s', (text, line, column, message) => {
    try {
      parse(text);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      expect([error.code, error.message]).toEqual(['invalid', message]);
      expect(error.at).toMatchObject({ line, column });
      return;
    }
    throw new Error('no error was thrown');
  });

  it('any text gives a query or an error for users, never a crash', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        ...'select from for using where with join left order by desc limit not and or'.split(' '),
      ),
      fc.constantFrom(
        '*',
        'f',
        'x',
        "x'",
        'data',
        'activation',
        'ig',
        'class',
        'unit',
        'ablate',
        'pgd',
        '3',
        '-1.5',
      ),
      fc.constantFrom('(', ')', '[', ']', ',', '.', '@', '/', '#', '=', '<', "'", '"', '\n'),
    );
    const soup = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 80 }),
      fc.uint8Array({ maxLength: 80 }).map((bytes) => new TextDecoder().decode(bytes)),
      fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(' ')),
      fc
        .tuple(fc.constantFrom(...PAPER, ...FULL), fc.nat(), fc.nat(5), piece)
        .map(([text, at, cut, insert]) => {
          const start = at % text.length;
          return text.slice(0, start) + insert + text.slice(start + cut);
        }),
    );
    fc.assert(
      fc.property(soup, (text) => {
        let query: ReturnType<typeof parse>;
        try {
          query = parse(text);
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
          return;
        }
        expect(parse(print(query))).toEqual(query);
      }),
      { numRuns: 5000 },
    );
  });

  it('a text that is too long is refused at the place where it is', () => {
    expect(() => parse(`select * from f(x) ${' '.repeat(30_000)}`)).toThrow(
      /^the text has 30019 characters, at most 20000 are read$/,
    );
  });

  it('a function without its brackets is told from a layer', () => {
    expect(() => parse('select confusion, f(data)')).toThrow(
      'found ",", expected from and a model; the function is written confusion()',
    );
    expect(() => parse('select dense_1, dense_2 from f(data)')).toThrow(
      /^found ",", expected from and a model$/,
    );
  });

  it('hostile nesting is refused, not run out of stack', () => {
    const nested = `${'select * from f(x) join ('.repeat(700)}select * from f(x)${')'.repeat(700)}`;
    expect(() => parse(nested)).toThrow(/more than 8 joined queries/);
    expect(() => parse(`select * from f(data[${'('.repeat(9000)}`)).toThrow(/nested deeper than 100/);
  });
});
