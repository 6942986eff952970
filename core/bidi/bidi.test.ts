import { expect, test } from 'vitest';
import {
  accountSchema,
  boardSchema,
  deleteProjectSchema,
  meChangeSchema,
  newProjectSchema,
  newSnapshotSchema,
  personSchema,
  projectSchema,
  registerRequestSchema,
  snapshotSchema,
  titleSchema,
} from '../api/index.ts';
import { awarenessSchema } from '../board/types.ts';
import { withoutTurns } from './index.ts';

const TURNED = '\u202eAda\u2066 \u2069\u202aלאה\u202c';
const PLAIN = 'Ada לאה';

test('what turns text around is taken out; scripts and their marks stay', () => {
  expect(withoutTurns(TURNED)).toBe(PLAIN);
  for (let code = 0x202a; code <= 0x202e; code++) expect(withoutTurns(String.fromCharCode(code))).toBe('');
  for (let code = 0x2066; code <= 0x2069; code++) expect(withoutTurns(String.fromCharCode(code))).toBe('');
  const kept = 'שלום\u200f (عدا) \u200eAda 👩‍💻 é';
  expect(withoutTurns(kept)).toBe(kept);
});

test('names and titles come in without', () => {
  expect(meChangeSchema.parse({ name: TURNED }).name).toBe(PLAIN);
  expect(newProjectSchema.parse({ name: TURNED }).name).toBe(PLAIN);
  expect(titleSchema.parse({ title: TURNED }).title).toBe(PLAIN);
  expect(newSnapshotSchema.parse({ title: TURNED, summary: '', results: {} }).title).toBe(PLAIN);
  expect(deleteProjectSchema.parse({ name: TURNED }).name).toBe(PLAIN);
  const account = { invite: 'x'.repeat(43), email: 'a@example.org', password: 'analytical engine' };
  expect(registerRequestSchema.parse({ ...account, name: TURNED }).name).toBe(PLAIN);
  expect(titleSchema.safeParse({ title: '\u202e' }).success).toBe(false);
});

test('and go out without, as old rows may have them', () => {
  const person = { id: 'a', name: TURNED, color: 1 };
  expect(personSchema.parse(person).name).toBe(PLAIN);
  expect(accountSchema.parse({ id: 'a', email: 'a@example.org', name: TURNED }).name).toBe(PLAIN);
  const now = new Date(0).toISOString();
  expect(projectSchema.parse({ slug: 's', name: TURNED, role: 'owner', createdAt: now }).name).toBe(PLAIN);
  const board = { id: 'b', title: TURNED, project: 's', role: 'owner', createdAt: now, updatedAt: now };
  expect(boardSchema.parse(board).title).toBe(PLAIN);
  const snapshot = { id: 'c', board: 'b', boardTitle: TURNED, project: 's', title: TURNED, summary: '' };
  expect(snapshotSchema.parse({ ...snapshot, author: person, createdAt: now })).toMatchObject({
    ...{ boardTitle: PLAIN, title: PLAIN, author: { name: PLAIN } },
  });
  expect(awarenessSchema.parse({ user: person }).user?.name).toBe(PLAIN);
});
