import { describe, expect, it } from 'vitest';
import { canonical, parse, print, type QueryBindings, questionOf, read } from './index.ts';
import { boundQuestion } from './question.ts';
import { catalog } from './testing/catalog.fixture.ts';

const bindings: QueryBindings = { f: 'digits-cnn@12', x: 'digits.test[42]', data: 'digits.test' };

describe('a question', () => {
  it('is read once, and is the same for whoever asks again', () => {
    const text = 'select activation(conv2d_1) from f(x)';
    expect(read(text)).toBe(read(text));
    expect(boundQuestion(text, bindings)).toBe(boundQuestion(text, { ...bindings }));
    expect(questionOf(text, bindings, catalog)).toBe(questionOf(text, { ...bindings }, { ...catalog }));
    const other = { ...catalog, models: [...catalog.models] };
    expect(questionOf(text, bindings, other)).not.toBe(questionOf(text, bindings, catalog));
    expect(questionOf(text, { ...bindings, x: 'digits.test[7]' }, catalog).boundText).toContain('[7]');
  });

  it('knows what can be told of it', () => {
    const question = questionOf('select activation(conv2d_1) from f(x)', bindings, catalog);
    expect(question).toMatchObject({
      boundText: 'select activation(conv2d_1) from digits-cnn@12(digits.test[42])',
      title: 'conv2d_1 · activations · digits.test[42]',
      type: 'tensor[unit,y,x]',
      problems: [],
      failure: null,
    });
    expect(question.cost?.passes).toBe(1);
    expect(question.canonical).toEqual(canonical(parse(question.boundText ?? ''), catalog));
  });

  it('says what is wrong: that it cannot be read, that a name is not bound, that the project lacks something', () => {
    const unread = questionOf('select activation(nowhere from f(x)', bindings, catalog);
    expect(unread).toMatchObject({ query: null, canonical: null, cost: null, type: null, written: null });
    expect(unread.title).toBe('select activation(nowhere from f(x)');
    expect(unread.failure?.message).toBe('found from, expected , or )');
    expect(questionOf('  ', bindings, catalog).title).toBe('Empty query');

    const unbound = questionOf("select predict() from f(x')", bindings, catalog);
    expect(unbound).toMatchObject({ query: null, title: "f · prediction · x'" });
    expect(unbound.problems).toMatchObject([{ message: expect.stringMatching(/^x' is not bound/) }]);

    const lacking = questionOf('select activation(nowhere) from f(x)', bindings, catalog);
    expect(lacking).toMatchObject({ canonical: null, cost: null, type: null, failure: null });
    expect(print(lacking.query ?? parse(''))).toContain('nowhere');
    expect(lacking.problems).toMatchObject([{ message: expect.stringMatching(/^no layer nowhere/) }]);
  });
});
