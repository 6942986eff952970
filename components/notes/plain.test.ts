import { expect, test } from 'vitest';
import { asWritten } from './plain.ts';

test('a text of any usual length is shown whole, a longer one by its beginning, and that is said', () => {
  expect(asWritten('a\nb')).toBe('a\nb');
  expect(asWritten('x'.repeat(20_000))).toHaveLength(20_000);
  const shown = asWritten('y'.repeat(1_020_000));
  expect(shown).toContain('1,000,000 more characters are not shown.');
  expect(shown.length).toBeLessThan(20_200);
});
