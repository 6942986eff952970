import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ConfigError, originsOf, readConfig, SETTINGS, VERSION } from './config.ts';

test('without any setting: this machine only, SQLite in ./data', () => {
  const config = readConfig({});
  expect(config).toMatchObject({ port: 3000, host: '127.0.0.1', databaseUrl: undefined, oauth: [] });
  expect(config.dataFolder).toMatch(/\/data$/);
  expect(config.maxUploadBytes).toBe(512 * 1024 * 1024);
});

test('every wrong setting is named, with what was found and expected; secrets are not shown', () => {
  const wrong = {
    PORT: 'http',
    INTERLAYER_WORKERS: '0',
    INTERLAYER_SECRET: 'hush',
    INTERLAYER_BACKEND: 'gpu',
  };
  expect(() => readConfig(wrong)).toThrow(ConfigError);
  try {
    readConfig(wrong);
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    expect(message).toContain('PORT is "http": expected a whole number from 0 to 65535.');
    expect(message).toContain('INTERLAYER_WORKERS is "0": expected a whole number from 1 to 64.');
    expect(message).toContain('INTERLAYER_BACKEND is "gpu": expected auto, native or wasm.');
    expect(message).toContain('INTERLAYER_SECRET');
    expect(message).not.toContain('hush');
  }
});

test('half of an OAuth client is an error', () => {
  expect(() => readConfig({ INTERLAYER_GITHUB_ID: 'abc' })).toThrow(
    /^Signing in by GitHub needs both its client id and its client secret\.$/,
  );
  expect(
    readConfig({
      INTERLAYER_OIDC_ISSUER: 'https://id.example',
      INTERLAYER_OIDC_CLIENT_ID: 'a',
      INTERLAYER_OIDC_CLIENT_SECRET: 'b',
      INTERLAYER_OIDC_NAME: 'Company',
    }).oauth,
  ).toEqual([
    { id: 'oidc', name: 'Company', clientId: 'a', clientSecret: 'b', issuer: 'https://id.example' },
  ]);
});

test('S4: the public origin is the only one when it is set', () => {
  const open = readConfig({ INTERLAYER_URL: 'https://lab.example/base/' });
  expect(originsOf(open, 3000)).toEqual(['https://lab.example']);
  expect(originsOf(readConfig({ HOST: '0.0.0.0' }), 80)).toEqual([
    'http://127.0.0.1',
    'http://localhost',
    'http://[::1]',
  ]);
  expect(originsOf(readConfig({ HOST: '10.0.0.5' }), 3000)[0]).toBe('http://10.0.0.5:3000');
});

test('the version is the package’s', () => {
  const file = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  expect(JSON.parse(file)).toMatchObject({ version: VERSION });
});

test('the README’s table has every setting', () => {
  const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
  const table = readme.slice(readme.indexOf('## Configuration'), readme.indexOf('## How it is built'));
  const listed = [...table.matchAll(/`([A-Z][A-Z_]+)`/g)].map(([, name]) => name);
  expect(SETTINGS).toContain('INTERLAYER_RESULT_BUDGET');
  expect(SETTINGS.filter((name) => !listed.includes(name))).toEqual([]);
  expect(new Set(listed).size).toBe(listed.length);
});
