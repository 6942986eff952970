import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { PresenceChannel, people, SHARED_EXAMPLES } from './presence.ts';

describe('presence', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('S6: sends at most 30 frames a second, and the last state always leaves', () => {
    const awareness = new Awareness(new Y.Doc());
    const channel = new PresenceChannel(awareness, () => Date.now());
    let sent = 0;
    // 1.1 s of frames 34 ms apart or more, and the first.
    awareness.on('update', () => sent++);
    for (let ms = 0; ms < 1000; ms += 5) {
      channel.patch({ cursor: { x: ms, y: 0 } });
      vi.advanceTimersByTime(5);
    }
    vi.advanceTimersByTime(100);
    expect(sent).toBeGreaterThan(20);
    expect(sent).toBeLessThanOrEqual(32);
    expect(awareness.getLocalState()?.cursor).toEqual({ x: 995, y: 0 });
    channel.destroy();
    awareness.destroy();
  });

  it('S6: a long selection is cut, a strange state is left out, and a person with two pages is one', () => {
    const doc = new Y.Doc();
    const awareness = new Awareness(doc);
    const channel = new PresenceChannel(awareness, () => Date.now());
    channel.patch({
      selection: {
        items: [],
        layer: null,
        units: [],
        examples: Array.from({ length: 999 }, (_, i) => `d.s[${i}]`),
      },
    });
    vi.advanceTimersByTime(100);
    expect(awareness.getLocalState()?.selection.examples).toHaveLength(SHARED_EXAMPLES);
    const user = { id: 'ada', name: 'Ada', color: 1 };
    awareness.states.set(1, { user, cursor: null });
    awareness.states.set(2, { user, cursor: { x: 1, y: 2 } });
    awareness.states.set(3, { user: { id: 5 }, cursor: 'everywhere' });
    awareness.emit('change', [{ added: [1, 2, 3], updated: [], removed: [] }, 'test']);
    const { list } = channel.peers.getState();
    expect(list.map((p) => p.clientId)).toEqual([1, 2]);
    expect(people(list).map((p) => p.clientId)).toEqual([2]);
    channel.destroy();
    awareness.destroy();
  });
});
