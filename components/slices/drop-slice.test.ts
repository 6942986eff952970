import { expect, it } from 'vitest';
import { askedOf } from './drop-slice.ts';

it('a slice takes the place of the data, and of nothing else', () => {
  expect(askedOf('select confusion() from f(data)', 'hard')).toBe('select confusion() from f(hard)');
  expect(askedOf('select stats(dense_1) from net@3(digits.test[label = 1]) limit 5', 'hard')).toBe(
    'select stats(dense_1) from net@3(hard) limit 5',
  );
  expect(askedOf('select activation(dense_1) from f(x)', 'hard')).toBeNull();
  expect(askedOf('select predict() from f(digits.test[3])', 'hard')).toBeNull();
  expect(askedOf('select graph() from f', 'hard')).toBeNull();
  expect(askedOf('select', 'hard')).toBeNull();
});
