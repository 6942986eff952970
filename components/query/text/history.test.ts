import { describe, expect, it } from 'vitest';
import { HistoryWalk, historyOf, remember, searched } from './history.ts';

const storage = () => {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
};

describe('the history of queries', () => {
  it('is kept per project, newest first, each query once', () => {
    const kept = storage();
    for (const query of ['a', 'b', ' a ']) remember('p', query, kept);
    remember('q', 'c', kept);
    remember('p', '  ', kept);
    expect(historyOf('p', kept)).toEqual(['a', 'b']);
    expect(historyOf('q', kept)).toEqual(['c']);
  });

  it('is empty where the storage is broken, closed or full', () => {
    expect(historyOf('p', { getItem: () => '{"a":' })).toEqual([]);
    expect(historyOf('p', { getItem: () => '[1]' })).toEqual([]);
    const closed = () => {
      throw new Error('closed');
    };
    expect(historyOf('p', { getItem: closed })).toEqual([]);
    expect(() => remember('p', 'a', { getItem: () => null, setItem: closed })).not.toThrow();
  });

  it('holds a hundred', () => {
    const kept = storage();
    for (let i = 0; i < 130; i++) remember('p', `q${i}`, kept);
    expect(historyOf('p', kept)).toHaveLength(100);
    expect(historyOf('p', kept)[0]).toBe('q129');
  });

  it('is searched by words in any order', () => {
    expect(searched(['select stats(a) from f', 'select * from f'], 'f STATS')).toEqual([
      'select stats(a) from f',
    ]);
  });

  it('is walked into the past and back to what one had written', () => {
    const walk = new HistoryWalk(['b', 'a']);
    expect(walk.step(-1, 'mine')).toBeNull();
    expect(walk.step(1, 'mine')).toBe('b');
    expect(walk.step(1, 'b')).toBe('a');
    expect(walk.step(1, 'a')).toBeNull();
    expect(walk.step(-1, 'a')).toBe('b');
    expect(walk.step(-1, 'b')).toBe('mine');
  });
});
