import pino from 'pino';
import { expect, test } from 'vitest';
import { LOG_REDACTION } from './log.ts';

test('secrets never reach the log, however deep they hang', () => {
  const lines: string[] = [];
  const log = pino({ redact: LOG_REDACTION }, { write: (line: string) => void lines.push(line) });
  const secrets = {
    password: 'S1',
    token: 'S2',
    ticket: 'S3',
    cookie: 'S4',
    authorization: 'S5',
    secret: 'S6',
  };
  log.warn(secrets, 'at the top');
  log.warn({ request: { headers: secrets } }, 'two deep');
  log.error({ a: { b: { c: { passwordHash: 'S7', invite: 'S8' } } } }, 'three deep');
  expect(lines).toHaveLength(3);
  expect(lines.join('')).not.toMatch(/S\d/);
  expect(lines[1]).toContain('[redacted]');
});
