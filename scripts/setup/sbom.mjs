/**
 * What is shipped, by name, version and hash: a software bill of materials in CycloneDX's format, out of the lock file.
 * Not by `npm sbom`, which leaves out packages that both the product and one of its tools need (npm 11.19: fflate).
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './run.mjs';

export const SBOM = 'sbom.cdx.json';

/** Of `sha512-BASE64`, as the lock file has it. */
function hashOf(integrity) {
  const [algorithm, base64 = ''] = integrity.split(' ')[0].split(/-(.*)/s);
  const content = Buffer.from(base64, 'base64').toString('hex');
  return { alg: algorithm.toUpperCase().replace(/^SHA(\d)/, 'SHA-$1'), content };
}

function component(place, { name, version, integrity, license, optional }) {
  const own = name ?? place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
  const purl = `pkg:npm/${own.replace(/^@/, '%40')}@${version}`;
  return {
    type: 'library',
    'bom-ref': place,
    name: own,
    version,
    purl,
    scope: optional ? 'optional' : 'required',
    ...(integrity ? { hashes: [hashOf(integrity)] } : {}),
    ...(license ? { licenses: [{ expression: license }] } : {}),
  };
}

/** The bill of a lock file: everything but what only development needs. */
export function billOfMaterials({ name, version, packages }) {
  const shipped = Object.entries(packages).filter(
    ([place, { dev, link }]) => place.includes('node_modules/') && !dev && !link,
  );
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: { component: { type: 'application', 'bom-ref': name, name, version } },
    components: shipped.map(([place, entry]) => component(place, entry)),
  };
}

/** Needs no network. Returns the file. */
export function writeBillOfMaterials(folder = path.join(root, 'build')) {
  const lock = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'));
  const file = path.join(folder, SBOM);
  writeFileSync(file, `${JSON.stringify(billOfMaterials(lock), null, 2)}\n`);
  return file;
}
