import { expect, test, vi } from 'vitest';
import { ParseQueue, type Parser } from './markdown.ts';
import { MAX_TEXT, parseMarkdown } from './parse.ts';

test('markdown of every day', () => {
  expect(parseMarkdown('# A\n- [x] done\n- [ ] open\n\n| a | b |\n|---|---|\n| 1 | 2 |')).toMatch(
    /<h1>A<\/h1>.*☑ done.*☐ open.*<table>/s,
  );
});

test('a text that is long, or nested deeper than the parser follows, is no markdown, and throws nothing', () => {
  expect(parseMarkdown('a'.repeat(MAX_TEXT + 1))).toBeNull();
  expect(() => parseMarkdown('> '.repeat(1_800))).not.toThrow();
  expect(() => parseMarkdown('> '.repeat(9_999))).not.toThrow();
  expect(() => parseMarkdown(`${'- '.repeat(5_000)}x`)).not.toThrow();
});

/** Answers each text with its capitals; `slow` never ends, and `broken` fails. */
class FakeParser implements Parser {
  static made = 0;
  static ended = 0;
  onmessage: Parser['onmessage'] = null;
  onerror: Parser['onerror'] = null;
  constructor(readonly starts: boolean) {
    FakeParser.made++;
    if (starts) setTimeout(() => this.onmessage?.({ data: 'ready' }), 1);
  }
  postMessage(text: string): void {
    if (text === 'broken') setTimeout(() => this.onerror?.(), 1);
    else if (text !== 'slow') setTimeout(() => this.onmessage?.({ data: text.toUpperCase() }), 1);
  }
  terminate(): void {
    FakeParser.ended++;
    this.onmessage = null;
  }
}

test('what takes too long is given up, its worker ended, and what waited behind it is drawn', async () => {
  vi.useFakeTimers();
  FakeParser.made = FakeParser.ended = 0;
  const queue = new ParseQueue(() => new FakeParser(true), 500, 4_000, 20_000);
  const done: string[] = [];
  const all = Promise.all(
    ['a', 'slow', 'b', 'broken', 'c'].map((text) => queue.parse(text).finally(() => done.push(text))),
  );
  await vi.advanceTimersByTimeAsync(600);
  // The slow one waits behind the others for its second try.
  expect(done).toEqual(['a', 'b', 'broken', 'c']);
  await vi.advanceTimersByTimeAsync(4_100);
  expect(await all).toEqual(['A', null, 'B', null, 'C']);
  expect([FakeParser.made, FakeParser.ended]).toEqual([3, 3]);
  vi.useRealTimers();
});

test('a worker that never begins holds up nobody for ever', async () => {
  vi.useFakeTimers();
  const queue = new ParseQueue(() => new FakeParser(false), 500, 4_000, 20_000);
  const all = Promise.all(['a', 'b'].map((text) => queue.parse(text)));
  await vi.advanceTimersByTimeAsync(41_000);
  expect(await all).toEqual([null, null]);
  vi.useRealTimers();
});
