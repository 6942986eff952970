import { describe, expect, it } from 'vitest';
import { ACTIONS, atLeast, may, ROLES, type Role, roleSchema } from './index.ts';

/** The whole table, written out: a change of a permission must be made twice. */
const MAY: Readonly<Record<Role, string>> = {
  viewer: 'read query',
  commenter: 'read query comment',
  editor: 'read query comment edit import',
  owner: 'read query comment edit import manage',
};

describe('T4 S5 who may do what', () => {
  it.each(ROLES)('%s', (role) => {
    expect(ACTIONS.filter((action) => may(role, action)).join(' ')).toBe(MAY[role]);
  });

  it('who is no member may do nothing', () => {
    for (const action of ACTIONS) {
      expect(may(null, action)).toBe(false);
      expect(may(undefined, action)).toBe(false);
    }
  });

  it('a higher role may do all that a lower one may', () => {
    for (const [i, low] of ROLES.entries())
      for (const high of ROLES.slice(i)) {
        expect(atLeast(high, low)).toBe(true);
        expect(atLeast(low, high)).toBe(low === high);
        for (const action of ACTIONS) if (may(low, action)) expect(may(high, action)).toBe(true);
      }
  });

  it('knows no other role', () => {
    expect(roleSchema.safeParse('admin').success).toBe(false);
    expect(roleSchema.safeParse('Owner').success).toBe(false);
  });
});
