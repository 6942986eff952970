import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { checkNode } from './node.mjs';
import { explain } from './packages.mjs';
import { localPlaces } from './python.mjs';
import { root, run } from './run.mjs';
import { writeBillOfMaterials } from './sbom.mjs';
import { missingTool } from './tensorflow.mjs';

test('an old Node is told what to do', () => {
  expect(() => checkNode('18.19.0')).toThrow(/needs Node 20 or later; this is 18\.19\.0/);
  expect(() => checkNode('20.9.0')).not.toThrow();
  expect(() => checkNode('24.1.0')).not.toThrow();
});

test.each([
  ['npm error code ENOTFOUND\nnpm error network request failed', /registry cannot be reached.*Connect once/s],
  ['npm error code EACCES', /write access/],
  ['npm error code ENOSPC', /disk is full/],
  ['npm error code E404\nnpm error 404 no-such-package', /no-such-package/],
])('a failed install says why: %s', (output, says) => {
  expect(explain(output)).toMatch(says);
});

test('without pip, without a compiler: each is named with what to install', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'path-'));
  try {
    expect(await missingTool({ PATH: folder })).toMatchObject({
      reason: 'there is no pip',
      advice: expect.stringMatching(/python3-pip.*start again/),
    });
    // Something that answers to everything stands for pip; a compiler is still missing.
    symlinkSync('/bin/true', path.join(folder, 'python3'));
    expect(await missingTool({ PATH: folder })).toMatchObject({ reason: 'there is no g++' });
    symlinkSync('/bin/true', path.join(folder, 'g++'));
    expect(await missingTool({ PATH: folder })).toMatchObject({ reason: 'there is no make' });
    symlinkSync('/bin/true', path.join(folder, 'make'));
    expect(await missingTool({ PATH: folder })).toBeNull();
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a program that is not there is a failure with a reason, not an exception', async () => {
  expect(await run('no-such-program', [])).toMatchObject({
    code: 127,
    output: expect.stringContaining('ENOENT'),
  });
});

test('folders with Python packages are those of pip’s settings that lie on this machine', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'pip-'));
  try {
    for (const name of ['index/simple', 'index/files', 'wheels'])
      mkdirSync(path.join(folder, name), { recursive: true });
    const settings = [
      "global.cert='/etc/ssl/cert.pem'",
      `global.extra-index-url='file://${folder}/index/simple https://pypi.example/simple file://${folder}/none/simple'`,
      `:env:.find-links='${folder}/wheels'`,
      "global.timeout='60'",
    ].join('\n');
    expect(localPlaces(settings)).toEqual([`${folder}/index/files`, `${folder}/wheels`]);
    expect(localPlaces('')).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('every dependency is pinned to one version', () => {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies }))
    expect(version, name).toMatch(/^\d+\.\d+\.\d+$/);
});

test('the bill of materials lists what is shipped, hashed, and nothing that only development needs', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'sbom-'));
  try {
    const bill = JSON.parse(readFileSync(writeBillOfMaterials(folder), 'utf8'));
    expect(bill).toMatchObject({ bomFormat: 'CycloneDX', metadata: { component: { name: 'interlayer' } } });
    const listed = new Map(bill.components.map((part) => [`${part.name}@${part.version}`, part]));
    const { dependencies, devDependencies } = JSON.parse(
      readFileSync(path.join(root, 'package.json'), 'utf8'),
    );
    for (const [name, version] of Object.entries(dependencies)) {
      const part = listed.get(`${name}@${version}`);
      expect(part, name).toMatchObject({ purl: `pkg:npm/${name.replace('@', '%40')}@${version}` });
      expect(part.hashes[0], name).toMatchObject({
        alg: 'SHA-512',
        content: expect.stringMatching(/^[0-9a-f]{128}$/),
      });
    }
    for (const name of ['vitest', '@biomejs/biome', 'fast-check'])
      expect(listed.has(`${name}@${devDependencies[name]}`), name).toBe(false);
    expect(new Set(bill.components.map((part) => part['bom-ref'])).size).toBe(bill.components.length);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
