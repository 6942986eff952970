import { describe, expect, it, vi } from 'vitest';
import { NO_BINDINGS } from '@/core/board/index.ts';
import { bindFirstNames } from './first-names.ts';

const models = [
  { name: 'digits-cnn', checkpoints: [{ address: 'digits-cnn@1' }, { address: 'digits-cnn@9' }] },
  { name: 'other', checkpoints: [] },
];
const datasets = [
  {
    name: 'digits',
    splits: [
      { name: 'train', size: 100 },
      { name: 'test', size: 10 },
      { name: 'extra', size: 1 },
    ],
  },
];

describe('the first names of a board', () => {
  it('are the last checkpoint of the first model, the test split and its first example, and no step of undo', () => {
    const bind = vi.fn();
    bindFirstNames({ bind }, NO_BINDINGS, { models, datasets });
    expect(bind.mock.calls).toEqual([
      ['f', 'digits-cnn@9', false],
      ['data', 'digits.test', false],
      ['x', 'digits.test[0]', false],
    ]);
  });

  it('take no name from those who gave it a meaning', () => {
    const bind = vi.fn();
    bindFirstNames({ bind }, { ...NO_BINDINGS, f: 'other', x: 'digits.train[3]' }, { models, datasets });
    expect(bind.mock.calls).toEqual([['data', 'digits.test', false]]);
  });

  it('stand for what there is: a model without checkpoints by its name, no example of an empty split', () => {
    const bind = vi.fn();
    const bare = { name: 'bare', checkpoints: [] };
    const empty = { name: 'empty', splits: [{ name: 'all', size: 0 }] };
    bindFirstNames({ bind }, NO_BINDINGS, { models: [bare], datasets: [empty] });
    expect(bind.mock.calls).toEqual([
      ['f', 'bare', false],
      ['data', 'empty.all', false],
    ]);
    bind.mockClear();
    bindFirstNames({ bind }, NO_BINDINGS, { models: [], datasets: [] });
    expect(bind).not.toHaveBeenCalled();
  });
});
