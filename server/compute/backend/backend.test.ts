import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { BACKENDS } from '../testing/engines.ts';

/** Runs a script beside backend.ts in a Node of its own; its last line of output is JSON. */
async function inNode(script: string): Promise<unknown> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', script],
    { cwd: import.meta.dirname },
  );
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}
const WITHOUT_ADDON = `
  import Module from 'node:module';
  const load = Module._load;
  Module._load = (name, ...rest) => {
    if (name === '@tensorflow/tfjs-node') throw new Error('no addon here\\nRequire stack: /home/me/secret');
    return load(name, ...rest);
  };
`;
/** A product, a strided slice and a relu: calls that go through the addon's checks of its arguments. */
const COMPUTE = `
  const y = backend.tf.tidy(() => backend.tf.matMul([[1, 2]], [[3], [-4]]).slice([0, 0], [1, 1]).relu().add(1).arraySync());
  console.log(JSON.stringify({ name: backend.name, why: backend.why, y }));
`;

test.runIf(BACKENDS.includes('native'))(
  'auto takes the addon, also where util has lost what it calls (Node 23)',
  async () => {
    const found = await inNode(`
    import util from 'node:util';
    for (const name of ['isNullOrUndefined', 'isArray', 'isString', 'isNumber', 'isBoolean', 'isFunction', 'isObject']) delete util[name];
    const { loadBackend } = await import('./backend.ts');
    const backend = await loadBackend('auto');
    ${COMPUTE}
  `);
    expect(found).toEqual({ name: 'native', why: 'the addon is installed', y: [[1]] });
  },
);

test('auto falls back to WebAssembly and says why, without paths of the machine', async () => {
  const found = await inNode(`${WITHOUT_ADDON}
    const { loadBackend } = await import('./backend.ts');
    const backend = await loadBackend('auto');
    ${COMPUTE}
  `);
  expect(found).toEqual({ name: 'wasm', why: 'the native addon does not load (no addon here)', y: [[1]] });
});

test('native, where it was asked for and cannot be had, is an error with its remedy', async () => {
  const found = await inNode(`${WITHOUT_ADDON}
    const { loadBackend } = await import('./backend.ts');
    const error = await loadBackend('native').catch((e) => e);
    console.log(JSON.stringify({ code: error.code, message: error.message }));
  `);
  expect(found).toEqual({
    code: 'internal',
    message:
      "TensorFlow's native addon does not load (no addon here). Run npm start again to install it, or set INTERLAYER_BACKEND=wasm.",
  });
});
