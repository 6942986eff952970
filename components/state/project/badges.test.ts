import { describe, expect, it } from 'vitest';
import type { Thread } from '@/core/api/index.ts';
import type { Anchor } from '@/core/board/index.ts';
import { badgesAt, badgesOf, threadsAt } from './badges.ts';

const thread = (id: string, anchor: Anchor, resolved = false): Thread => ({
  id,
  anchor,
  author: { id: 'u', name: 'Ada', color: 0 },
  createdAt: '2026-01-01T00:00:00Z',
  resolvedAt: resolved ? '2026-01-02T00:00:00Z' : null,
  resolvedBy: null,
  comments: [],
  unread: false,
});
const at = (address: string): Anchor => ({ kind: 'address', address });

describe('badges', () => {
  const threads = [
    thread('1', at('digits-cnn@12/conv2d_1#7')),
    thread('2', at('digits-cnn@3/conv2d_1')),
    thread('3', at('digits-cnn@12/dense_1.kernel[3,7]')),
    thread('4', at('digits.test[42]')),
    thread('5', at('digits-cnn@12/conv2d_1#7'), true),
    thread('6', { kind: 'view', boardId: 'b', viewId: 'v' }),
  ];

  it('T2: count at a model that is called as what every object has', () => {
    const badges = badgesOf([thread('1', at('constructor@1/toString'))]);
    expect(badges.byAddress.constructor).toBe(1);
    expect(badges.byAddress.valueOf).toBeUndefined();
    expect(badgesAt(badges, 'constructor@2')['constructor@2/toString']).toBe(1);
    expect(badgesAt(badges, null).valueOf).toBeUndefined();
  });

  it('T2: propagate from unit to layer to model, and from example to split to data set', () => {
    const { byAddress, byView } = badgesOf(threads);
    expect(byAddress['digits-cnn/conv2d_1#7']).toBe(1);
    expect(byAddress['digits-cnn/conv2d_1']).toBe(2);
    expect(byAddress['digits-cnn/dense_1']).toBe(1);
    expect(byAddress['digits-cnn']).toBe(3);
    expect(byAddress['digits.test']).toBe(1);
    expect(byAddress['digits.*']).toBe(1);
    expect(byView).toEqual({ v: 1 });
  });

  it('T2: show at every checkpoint of the model, and not at other models', () => {
    const all = badgesAt(badgesOf([...threads, thread('7', at('other/conv2d_1'))]), 'digits-cnn@5');
    expect(all['digits-cnn@5/conv2d_1#7']).toBe(1);
    expect(all['digits-cnn@5']).toBe(3);
    expect(all['other@5/conv2d_1']).toBeUndefined();
  });

  it('T2: a place lists its own threads and those inside it', () => {
    expect(threadsAt(threads, 'digits-cnn@9/conv2d_1').map((t) => t.id)).toEqual(['1', '2', '5']);
    expect(threadsAt(threads, 'digits-cnn').map((t) => t.id)).toEqual(['1', '2', '3', '5']);
  });
});
