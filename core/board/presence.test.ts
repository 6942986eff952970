import { expect, it } from 'vitest';
import { fitPresence } from './presence.ts';
import { awarenessSchema, PRESENCE_BYTES, type Presence } from './types.ts';

const sizeOf = (presence: Presence) => new TextEncoder().encode(JSON.stringify(presence)).length;

it('S6 presence that is small enough is sent as it is', () => {
  const small: Presence = { cursor: { x: 1, y: 2 }, dragging: { a: { x: 0, y: 0, w: 10, h: 10 } } };
  expect(fitPresence(small)).toBe(small);
});

it('S6 the lists of a large selection are cut until all can be sent, and what is first stays first', () => {
  const names = (count: number, name: string) => Array.from({ length: count }, (_, i) => `${name} ☃ ${i}`);
  const large: Presence = {
    cursor: { x: 1, y: 2 },
    selection: {
      items: names(500, 'item'),
      layer: 'conv2d_1',
      units: names(2000, 'f.conv2d_1.unit'),
      examples: names(200, 'a-data-set-with-a-long-name.training'),
    },
    dragging: Object.fromEntries(names(500, 'item').map((id) => [id, { x: 0.1, y: 0.2, w: 320, h: 240 }])),
  };
  const fitted = fitPresence(large);
  expect(sizeOf(fitted)).toBeLessThanOrEqual(PRESENCE_BYTES);
  expect(awarenessSchema.parse(fitted)).toEqual(fitted);
  expect(fitted.cursor).toEqual(large.cursor);
  expect(fitted.selection?.items.length).toBeGreaterThan(5);
  expect(fitted.selection?.items).toEqual(large.selection?.items.slice(0, fitted.selection?.items.length));
});
