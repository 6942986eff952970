/** What must never stand in a log, wherever it hangs in the facts of a line. */
const SECRETS = [
  'password',
  'passwordHash',
  'token',
  'ticket',
  'secret',
  'secretHash',
  'cookie',
  'authorization',
  'jwt',
  'invite',
];

export const LOG_REDACTION = {
  paths: SECRETS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`, `*.*.*.${key}`]),
  censor: '[redacted]',
};
