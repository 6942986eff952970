/** Settings by environment, checked once at the start. */
import path from 'node:path';
import { z } from 'zod';

/** Of package.json; a test keeps them equal. */
export const VERSION = '0.1.0';

/** Wrong settings: `message` is for the person who starts the server. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

/** Settings whose value is never shown. */
const SECRET = /SECRET|TOKEN|DATABASE_URL/;
const text = z.string().trim().min(1).optional();
const wholeNumber = (least: number, most: number) => {
  const range = most === Number.MAX_SAFE_INTEGER ? '' : ` from ${least} to ${most}`;
  const expected = `a whole number${range}`;
  return z
    .string()
    .regex(/^\d+$/, expected)
    .transform(Number)
    .pipe(z.number().min(least, expected).max(most, expected));
};
const publicUrl = z.url({ protocol: /^https?$/, error: 'an address such as https://interlayer.example.org' });

const environment = z.object({
  PORT: wholeNumber(0, 65_535).default(3000),
  HOST: z.string().trim().min(1).default('127.0.0.1'),
  INTERLAYER_DATA: z.string().trim().min(1).default('data'),
  DATABASE_URL: z
    .string()
    .regex(/^(postgres(ql)?:\/\/|file:)/, 'an address such as postgres://user:password@host/database')
    .optional(),
  INTERLAYER_URL: publicUrl.optional(),
  INTERLAYER_SECRET: z.string().min(32, 'at least 32 characters').optional(),
  INTERLAYER_BACKEND: z.enum(['auto', 'native', 'wasm'], 'auto, native or wasm').default('auto'),
  INTERLAYER_WORKERS: wholeNumber(1, 64).default(1),
  INTERLAYER_OWNER_TOKEN: z.string().min(16, 'at least 16 characters').optional(),
  INTERLAYER_MAX_UPLOAD: wholeNumber(1, Number.MAX_SAFE_INTEGER).default(512 * 1024 * 1024),
  /** Bytes of results kept before the least recently used, unpinned ones are dropped. */
  INTERLAYER_RESULT_BUDGET: wholeNumber(0, Number.MAX_SAFE_INTEGER).default(4 * 1024 * 1024 * 1024),
  /** Bytes of models, data sets, snapshots and boards that a project may keep. */
  INTERLAYER_PROJECT_BYTES: wholeNumber(0, Number.MAX_SAFE_INTEGER).default(64 * 1024 ** 3),
  /** The same for all projects that one person answers for. */
  INTERLAYER_PERSON_BYTES: wholeNumber(0, Number.MAX_SAFE_INTEGER).default(256 * 1024 ** 3),
  INTERLAYER_BOARDS_PER_PROJECT: wholeNumber(1, 1_000_000).default(1_000),
  INTERLAYER_SNAPSHOTS_PER_BOARD: wholeNumber(1, 1_000_000).default(1_000),
  /** Projects that one person may own. */
  INTERLAYER_PROJECTS_PER_PERSON: wholeNumber(1, 1_000_000).default(200),
  /** Windows that may be open at once: on one board, and of one person. */
  INTERLAYER_SOCKETS_PER_BOARD: wholeNumber(1, 100_000).default(100),
  INTERLAYER_SOCKETS_PER_PERSON: wholeNumber(1, 100_000).default(20),
  INTERLAYER_TRUST_PROXY: z.enum(['0', '1'], '0 or 1').default('0'),
  INTERLAYER_LOG: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'], 'debug, info, warn, error or silent')
    .default('info'),
  INTERLAYER_GITHUB_ID: text,
  INTERLAYER_GITHUB_SECRET: text,
  INTERLAYER_GOOGLE_ID: text,
  INTERLAYER_GOOGLE_SECRET: text,
  INTERLAYER_OIDC_ISSUER: publicUrl.optional(),
  INTERLAYER_OIDC_CLIENT_ID: text,
  INTERLAYER_OIDC_CLIENT_SECRET: text,
  INTERLAYER_OIDC_NAME: text,
});

/** Names of all variables that are read here. */
export const SETTINGS: readonly string[] = Object.keys(environment.shape);

export interface OAuthClient {
  readonly id: 'github' | 'google' | 'oidc';
  readonly name: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** OpenID Connect only. */
  readonly issuer?: string;
}

/** What may be kept: limits that keep one project, board or person from filling the disk for all. */
export interface Quotas {
  readonly projectBytes: number;
  readonly personBytes: number;
  readonly boardsPerProject: number;
  readonly snapshotsPerBoard: number;
  readonly projectsPerPerson: number;
}

export interface Config {
  readonly version: string;
  readonly port: number;
  readonly host: string;
  /** Absolute. */
  readonly dataFolder: string;
  readonly databaseUrl: string | undefined;
  /** Public origin, when it is set. */
  readonly publicOrigin: string | undefined;
  /** When not set, one is made and kept in the data folder. */
  readonly secret: string | undefined;
  readonly backend: 'auto' | 'native' | 'wasm';
  readonly workers: number;
  readonly ownerToken: string | undefined;
  readonly maxUploadBytes: number;
  readonly resultBudgetBytes: number;
  readonly quotas: Quotas;
  readonly socketsPerBoard: number;
  readonly socketsPerPerson: number;
  /** The address of a caller is what the proxy in front says. */
  readonly trustProxy: boolean;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  readonly oauth: readonly OAuthClient[];
}

/** Throws ConfigError that names every wrong variable, what was found and what was expected. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = environment.safeParse(set);
  if (!parsed.success)
    throw new ConfigError(
      parsed.error.issues
        .map((issue) => {
          const name = issue.path.join('.');
          return `${name} is ${SECRET.test(name) ? 'not fit' : JSON.stringify(env[name])}: expected ${issue.message}.`;
        })
        .join('\n'),
    );
  const e = parsed.data;
  return {
    version: VERSION,
    port: e.PORT,
    host: e.HOST,
    dataFolder: path.resolve(e.INTERLAYER_DATA),
    databaseUrl: e.DATABASE_URL,
    publicOrigin: e.INTERLAYER_URL === undefined ? undefined : new URL(e.INTERLAYER_URL).origin,
    secret: e.INTERLAYER_SECRET,
    backend: e.INTERLAYER_BACKEND,
    workers: e.INTERLAYER_WORKERS,
    ownerToken: e.INTERLAYER_OWNER_TOKEN,
    maxUploadBytes: e.INTERLAYER_MAX_UPLOAD,
    resultBudgetBytes: e.INTERLAYER_RESULT_BUDGET,
    quotas: {
      projectBytes: e.INTERLAYER_PROJECT_BYTES,
      personBytes: e.INTERLAYER_PERSON_BYTES,
      boardsPerProject: e.INTERLAYER_BOARDS_PER_PROJECT,
      snapshotsPerBoard: e.INTERLAYER_SNAPSHOTS_PER_BOARD,
      projectsPerPerson: e.INTERLAYER_PROJECTS_PER_PERSON,
    },
    socketsPerBoard: e.INTERLAYER_SOCKETS_PER_BOARD,
    socketsPerPerson: e.INTERLAYER_SOCKETS_PER_PERSON,
    trustProxy: e.INTERLAYER_TRUST_PROXY === '1',
    logLevel: e.INTERLAYER_LOG,
    oauth: [
      client('github', 'GitHub', e.INTERLAYER_GITHUB_ID, e.INTERLAYER_GITHUB_SECRET),
      client('google', 'Google', e.INTERLAYER_GOOGLE_ID, e.INTERLAYER_GOOGLE_SECRET),
      e.INTERLAYER_OIDC_ISSUER === undefined
        ? null
        : client(
            'oidc',
            e.INTERLAYER_OIDC_NAME ?? 'Single sign-on',
            e.INTERLAYER_OIDC_CLIENT_ID,
            e.INTERLAYER_OIDC_CLIENT_SECRET,
            e.INTERLAYER_OIDC_ISSUER,
          ),
    ].filter((found) => found !== null),
  };
}

function client(
  id: OAuthClient['id'],
  name: string,
  clientId: string | undefined,
  clientSecret: string | undefined,
  issuer?: string,
): OAuthClient | null {
  if (clientId === undefined && clientSecret === undefined && issuer === undefined) return null;
  if (clientId === undefined || clientSecret === undefined)
    throw new ConfigError(`Signing in by ${name} needs both its client id and its client secret.`);
  return { id, name, clientId, clientSecret, ...(issuer === undefined ? {} : { issuer }) };
}

/** Exact origins under which the server is reached: the public one alone when it is set, else this machine's names. */
export function originsOf(config: Config, port: number): string[] {
  if (config.publicOrigin !== undefined) return [config.publicOrigin];
  const everywhere = config.host === '0.0.0.0' || config.host === '::';
  const bracketed = config.host.includes(':') ? `[${config.host}]` : config.host;
  const hosts = [...(everywhere ? [] : [bracketed]), '127.0.0.1', 'localhost', '[::1]'];
  return [...new Set(hosts)].map((host) => new URL(`http://${host}:${port}`).origin);
}
