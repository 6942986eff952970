import { expect, test } from 'vitest';
import type { Notification } from '@/core/api/index.ts';
import { linkOf } from './notifications.ts';

const NOTIFICATION: Notification = {
  ...{ id: 'n', kind: 'reply', project: 'digits', thread: 't 1', comment: 'c', author: 'Ada', excerpt: 'x' },
  ...{ createdAt: '2026-01-01T00:00:00.000Z', readAt: null },
  anchor: { kind: 'address', address: 'digits-cnn@12/conv2d_1#7' },
};

test('T3: a notification leads to the unit that its thread is anchored at', () => {
  const link = new URL(linkOf(NOTIFICATION), 'http://host');
  expect(link.pathname).toBe('/p/digits/u');
  expect(Object.fromEntries(link.searchParams)).toEqual({ at: 'digits-cnn@12/conv2d_1#7', thread: 't 1' });
});

test('T3: a notification of a thread on a view leads to that view on its board', () => {
  const anchor = { kind: 'view', boardId: 'b', viewId: 'v', region: { x: 0, y: 0, w: 0, h: 0 } } as const;
  expect(linkOf({ ...NOTIFICATION, anchor })).toBe('/p/digits/boards/b?view=v&thread=t+1');
});
