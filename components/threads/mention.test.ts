import { describe, expect, it } from 'vitest';
import type { Member } from '@/core/api/index.ts';
import { mentionAt, offerMembers, parts, withMention } from './mention.ts';

const member = (name: string): Member => ({
  id: name,
  name,
  color: 0,
  email: `${name}@example.org`,
  role: 'editor',
  joinedAt: '2026-01-01T00:00:00Z',
});
const ADDRESS = /^(digits-cnn(@\w+)?\/|digits\.)/;

describe('mentions', () => {
  it('T3: completes a member after @, also by a later name, and puts the caret behind it', () => {
    const members = [member('Grace Hopper'), member('Ada Lovelace'), member('Adele Goldberg')];
    expect(offerMembers(members, 'ad').map((m) => m.name)).toEqual(['Ada Lovelace', 'Adele Goldberg']);
    expect(offerMembers(members, 'hop').map((m) => m.name)).toEqual(['Grace Hopper']);
    expect(withMention('see @ad please', 7, 'Ada Lovelace')).toEqual({
      text: 'see @Ada Lovelace  please',
      caret: 18,
    });
  });

  it('T3: an address such as digits-cnn@12 is no mention', () => {
    expect(mentionAt('digits-cnn@12', 13)).toBeNull();
    expect(mentionAt('hello @', 7)).toEqual({ from: 6, typed: '' });
  });

  it('T2: links addresses and marks mentions in a comment', () => {
    const body = '@Ada look at digits-cnn@12/conv2d_1#7 on digits.test[42], and/or not';
    expect(parts(body, ['Ada', 'Ad'], (text) => ADDRESS.test(text))).toEqual([
      { kind: 'mention', text: '@Ada' },
      { kind: 'text', text: ' look at ' },
      { kind: 'address', text: 'digits-cnn@12/conv2d_1#7' },
      { kind: 'text', text: ' on ' },
      { kind: 'address', text: 'digits.test[42]' },
      { kind: 'text', text: ', and/or not' },
    ]);
  });
});
