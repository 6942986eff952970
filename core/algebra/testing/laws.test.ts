/** Laws of the whole language, over generated questions and over texts that nobody would write. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../errors/index.ts';
import { complete, type EditorContext, faults, format, hover, layout, tokens } from '../editor/index.ts';
import {
  bind,
  canonical,
  check,
  estimate,
  parse,
  print,
  type Query,
  type QueryBindings,
  querySchema,
} from '../index.ts';
import { anyQuery } from './arbitrary.ts';
import { catalog } from './catalog.fixture.ts';
import { anyWellTypedQuery } from './well-typed.arbitrary.ts';

const bindings: QueryBindings = {
  f: 'digits-cnn@12',
  x: 'digits.test[42]',
  "x'": 'digits.test[7]',
  data: 'digits.test',
  slices: { hard: 'digits.test[confidence < 0.5]' },
};
const known: EditorContext = { catalog, bindings };

describe('the forms of i-Algebra', () => {
  /** Select, projection, join and anti-join, as the paper writes them. */
  const PAPER = [
    'select * from f(x)',
    'select l from f(x) where [x1, y1, x2, y2]',
    "select * from f(x) join (select * from f(x'))",
    "select * from f(x) left join (select * from f(x'))",
  ];
  const board: QueryBindings = { ...bindings, l: 'conv2d_1', window: [1, 1, 7, 7] };
  it.each(PAPER)('%s is accepted as it stands', (text) => {
    expect(print(parse(text))).toBe(text);
    const bound = bind(parse(text), board);
    expect(check(bound, catalog).problems).toEqual([]);
    expect(parse(print(bound))).toEqual(bound);
  });

  /** Every composite of two and more operators: of the four, a joined query may itself be joined. */
  const side = (select: boolean, where: boolean, input: string): string =>
    `select ${select ? 'conv2d_1' : '*'} from f(${input})${where ? ' where [1, 1, 7, 7]' : ''}`;
  const composites = [true, false].flatMap((select) =>
    [true, false].flatMap((where) =>
      [[], ['join'], ['left join'], ['join', 'left join'], ['left join', 'join']].flatMap((joins) => {
        if (Number(select) + Number(where) + joins.length < 2) return [];
        const [first, second] = joins;
        const inner = second === undefined ? '' : ` ${second} (${side(select, where, 'digits.test[3]')})`;
        const outer = first === undefined ? '' : ` ${first} (${side(select, where, "x'")}${inner})`;
        return [side(select, where, 'x') + outer];
      }),
    ),
  );
  it('have more than the nine composites of the paper', () => {
    expect(new Set(composites).size).toBe(composites.length);
    expect(composites).toEqual(
      expect.arrayContaining([
        'select conv2d_1 from f(x) where [1, 1, 7, 7]',
        "select conv2d_1 from f(x) join (select conv2d_1 from f(x'))",
        "select conv2d_1 from f(x) left join (select conv2d_1 from f(x'))",
        "select * from f(x) where [1, 1, 7, 7] join (select * from f(x') where [1, 1, 7, 7])",
        "select * from f(x) where [1, 1, 7, 7] left join (select * from f(x') where [1, 1, 7, 7])",
        "select conv2d_1 from f(x) where [1, 1, 7, 7] join (select conv2d_1 from f(x') where [1, 1, 7, 7])",
        "select conv2d_1 from f(x) where [1, 1, 7, 7] left join (select conv2d_1 from f(x') where [1, 1, 7, 7])",
        "select * from f(x) join (select * from f(x') left join (select * from f(digits.test[3])))",
        "select * from f(x) left join (select * from f(x') join (select * from f(digits.test[3])))",
      ]),
    );
  });
  it.each(composites)('%s parses, prints, binds, checks and has one canonical form', (text) => {
    expect(print(parse(text))).toBe(text);
    const bound = bind(parse(text), bindings);
    expect(check(bound, catalog)).toMatchObject({
      problems: [],
      type: expect.stringMatching(/^attribution/),
    });
    const written = print(canonical(bound, catalog));
    expect(print(canonical(parse(written), catalog))).toBe(written);
    expect(parse(format(text))).toEqual(parse(text));
  });
});

describe('the border of a process', () => {
  it('lets every query through as it is, and refuses a field that the schema does not know', () => {
    fc.assert(
      fc.property(anyQuery, (query) => {
        expect(querySchema.parse(structuredClone(query))).toEqual(query);
        expect(querySchema.safeParse({ ...query, unheard: 1 }).success).toBe(false);
        const what = { ...query.what, unheard: 1 };
        expect(querySchema.safeParse({ ...query, what }).success).toBe(false);
      }),
      { numRuns: 300 },
    );
  });
});

describe('questions that can be asked', () => {
  const wellTyped = anyWellTypedQuery(catalog);
  it('print, parse, have a canonical form that is its own, a type and a finite cost', () => {
    fc.assert(
      fc.property(wellTyped, (query) => {
        expect(parse(print(query))).toEqual(query);
        expect(parse(layout(query))).toEqual(query);
        expect(check(query, catalog).type).not.toBeNull();
        const written = canonical(query, catalog);
        expect(print(canonical(parse(print(written)), catalog))).toBe(print(written));
        expect(check(written, catalog)).toEqual(check(query, catalog));
        expect(Number.isFinite(estimate(query, catalog).passes)).toBe(true);
        expect(faults(print(query), known)).toEqual([]);
      }),
      { numRuns: 600 },
    );
  });

  it('are refused once one part of them is made to mean nothing', () => {
    const without = (query: Query, ...keys: (keyof Query)[]): Query => {
      const entries = Object.entries(query).filter(([key]) => !keys.some((k) => k === key));
      return { ...Object.fromEntries(entries), kind: 'select', what: query.what, model: query.model };
    };
    /** One fault each; null where it does not apply. */
    const FAULTS: Readonly<Record<string, (query: Query) => Query | null>> = {
      'no such model': (q) => ({ ...q, model: { kind: 'model', model: 'nowhere' } }),
      'no such step': (q) => (q.model.kind === 'model' ? { ...q, model: { ...q.model, step: 999 } } : null),
      'no such layer': (q) => ({ ...q, what: { kind: 'layer', layer: 'nowhere' } }),
      'no such unit': (q) => (q.what.kind === 'layer' ? { ...q, what: { ...q.what, unit: 10_000 } } : null),
      'no such data set': (q) =>
        q.input === undefined ? null : { ...q, input: { kind: 'dataset', dataset: 'nowhere' } },
      'no such example': (q) =>
        q.input?.kind === 'example' ? { ...q, input: { ...q.input, index: 100_000 } } : null,
      'no input': (q) => (q.what.kind === 'call' ? null : without(q, 'input', 'limit')),
      'no such class': (q) =>
        q.what.kind === 'call' ? null : { ...q, target: { kind: 'class', index: 10_000 } },
      'a target of a function': (q) => (q.what.kind === 'call' ? { ...q, target: { kind: 'loss' } } : null),
      'a method of another family': (q) => ({
        ...q,
        using: { method: q.what.kind === 'call' ? 'ig' : 'umap', params: {} },
      }),
      'no such parameter': (q) =>
        q.using === undefined ? null : { ...q, using: { ...q.using, params: { nonsense: 1 } } },
      'a window outside the picture': (q) => ({ ...q, where: [0, 0, 10_000, 1] }),
      'a unit of nothing changed': (q) => ({
        ...q,
        changes: [{ kind: 'ablate', layer: 'nowhere', unit: 0 }],
      }),
      'a function joined to an attribution': (q) =>
        q.what.kind === 'call'
          ? null
          : {
              ...q,
              join: { kind: 'join', query: parse('select graph() from digits-cnn') },
            },
      'a name that is not bound': (q) => ({ ...q, model: { kind: 'name', name: 'f' } }),
    };
    fc.assert(
      fc.property(wellTyped, fc.constantFrom(...Object.keys(FAULTS)), (query, name) => {
        const broken = FAULTS[name]?.(query) ?? null;
        if (broken === null) return;
        const { type, problems } = check(broken, catalog);
        expect({ name, type, refused: problems.length > 0 }).toEqual({ name, type: null, refused: true });
        expect(() => canonical(broken, catalog)).toThrow(UserError);
      }),
      { numRuns: 1500 },
    );
  });
});

describe('texts that nobody would write', () => {
  const bytes = fc.uint8Array({ maxLength: 120 }).map((array) => new TextDecoder().decode(array));
  const SEEDS = [
    "select conv2d_1#3 from digits-cnn@12(digits.test[label in [1, 'seven'] and distance(dense_1, x') < 3]) for class 7",
    "select * from f(x) using ig(steps=8, baseline=digits.test[3]) where [0, 0, 4, 4] left join (select * from f(x') with set(dense_1.kernel[3,7], 0), pgd(0.1, 10))",
    'select top(conv2d_1#3, 9) from f(hard) order by loss desc limit 20',
    'select predict() from "two ""words"""@best(data[not (conv2d_1#3 > 0.5 or ink != 3)])',
  ];
  const piece = fc.oneof(
    fc.constantFrom(
      ...'select from for using where with join left order by limit not and or in desc'.split(' '),
    ),
    fc.constantFrom('(', ')', '[', ']', ',', '.', '@', '#', '=', '<', "'", '"', '\n', '§', '\u0000', '👁'),
    fc.constantFrom(
      '*',
      'f',
      'x',
      "x'",
      'data',
      'hard',
      'ig',
      'umap',
      'conv2d_1',
      'digits',
      'top',
      '3',
      '-1.5',
      '7e',
    ),
  );
  const mutated = fc
    .tuple(
      fc.constantFrom(...SEEDS),
      fc.array(fc.tuple(fc.nat(), fc.nat(9), piece), { minLength: 1, maxLength: 4 }),
    )
    .map(([seed, edits]) =>
      edits.reduce((text, [at, cut, insert]) => {
        const start = at % (text.length + 1);
        return text.slice(0, start) + insert + text.slice(start + cut);
      }, seed),
    );
  const soup = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(' '));
  const anyText = fc.oneof(bytes, mutated, soup, anyQuery.map(print));

  it('give a query or an error for users', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        let query: Query;
        try {
          query = parse(text);
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
          return;
        }
        expect(parse(print(query))).toEqual(query);
        expect(parse(format(text))).toEqual(query);
      }),
      { numRuns: 4000 },
    );
  });

  it('never break the editor: tokens cover every word in order, completion and hover answer at every caret', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        let end = 0;
        for (const { from, to } of tokens(text)) {
          expect(text.slice(end, from).trim()).toBe('');
          expect(to).toBeGreaterThan(from);
          end = to;
        }
        expect(text.slice(end).trim()).toBe('');
        for (let caret = 0; caret <= text.length; caret += 1 + Math.floor(text.length / 24)) {
          for (const { from, to, insert } of complete(text, caret, known)) {
            expect(from <= caret && caret <= to && to <= text.length && insert !== '').toBe(true);
          }
          hover(text, caret, known);
        }
        for (const { message } of faults(text, known)) expect(message).not.toBe('');
      }),
      { numRuns: 400 },
    );
  });

  it('a query that parses has no word that is an error, and one that does not has a fault', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        try {
          parse(text);
        } catch {
          expect(faults(text, known).length).toBeGreaterThan(0);
          return;
        }
        expect(tokens(text).filter(({ kind }) => kind === 'error')).toEqual([]);
      }),
      { numRuns: 3000 },
    );
  });

  it('every completion that is taken at the end of a query’s beginning can be gone on with', () => {
    fc.assert(
      fc.property(anyWellTypedQuery(catalog).map(print), fc.nat(), fc.nat(), (text, cut, pick) => {
        const start = text.slice(0, cut % text.length);
        const offers = complete(start, start.length, known);
        const offer = offers[pick % Math.max(1, offers.length)];
        if (offer === undefined) return;
        const next = start.slice(0, offer.from) + offer.insert;
        expect(tokens(next).filter(({ kind }) => kind === 'error')).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['brackets', `select * from f(data[${'('.repeat(19_000)}`],
    ['denials', `select * from f(data[${'not '.repeat(4_900)}`],
    ['joins', 'select * from f(x) join ('.repeat(799)],
    ['quotes', `select ${'"'.repeat(19_000)}`],
    ['open texts', `select ' ${"'x\n".repeat(6_000)}`],
    ['clauses', 'select * from f(x) '.concat('limit 3 '.repeat(2_400))],
    ['faults', '§ '.repeat(9_900)],
    ['numbers', `select activation(${'1,'.repeat(9_900)}`],
    ['lines', '3\n'.repeat(9_900)],
    ['chains', `select * from f(data[a = 1${' and a = 1'.repeat(1_900)}])`],
    ['more than is read', 'select '.repeat(20_000)],
  ])('%s without end are refused soon, by the parser and by the editor', (_, text) => {
    const outcome = () => {
      try {
        parse(text);
        return 'read';
      } catch (error) {
        return error instanceof UserError ? 'refused' : error;
      }
    };
    expect(['read', 'refused']).toContain(outcome());
    tokens(text);
    complete(text, text.length, known);
    hover(text, 8, known);
    faults(text, known);
  });
});
