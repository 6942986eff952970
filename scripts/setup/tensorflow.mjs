/**
 * Makes TensorFlow work, by the first of three ways that succeeds:
 *   1. tfjs-node's own installer (downloads library and addon from TensorFlow's storage);
 *   2. the library out of TensorFlow's official Python wheel, with the addon compiled here;
 *   3. the WebAssembly backend, which is an npm package and needs nothing.
 * Library and addon are kept in a cache outside node_modules, so that the next install only links them.
 */
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { marks } from './packages.mjs';
import { step } from './report.mjs';
import { root, run, tail } from './run.mjs';

const TFJS = '4.22.0';
const WHEEL = {
  version: '2.21.0',
  file: 'tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl',
  sha256: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
  bytes: 274_000_000,
};
/** What the addon's sources include, of the wheel's 10,000 headers. */
const HEADERS =
  /^tensorflow\/include\/(tensorflow\/c\/|tensorflow\/core\/platform\/ctstring|tsl\/platform\/ctstring|xla\/tsl\/c\/)/;
const LIBRARIES = /^tensorflow\/(libtensorflow_cc\.so\.2|libtensorflow_framework\.so\.2)$/;
/** A way that failed is not tried again before this many days, so that starting stays quick. */
const RETRY_DAYS = 7;

const home = path.join(root, 'node_modules', '@tensorflow', 'tfjs-node');
export const cacheFolder = () => process.env.INTERLAYER_CACHE || path.join(homedir(), '.cache', 'interlayer');
const cache = () =>
  path.join(cacheFolder(), `tensorflow-${TFJS}-${WHEEL.version}-${process.platform}-${process.arch}`);

/** 'native' or 'wasm'. INTERLAYER_BACKEND=wasm leaves the native library alone. */
export async function ensureTensorFlow() {
  if (process.env.INTERLAYER_BACKEND === 'wasm') return 'wasm';
  const mark = path.join(marks, 'tensorflow.json');
  const remembered = readMark(mark);
  if (remembered?.backend === 'native') return 'native';
  if (remembered && process.env.INTERLAYER_BACKEND !== 'native') {
    const line = step('TensorFlow');
    line.skip(`WebAssembly backend, since ${remembered.reason}`);
    return 'wasm';
  }
  const reasons = [];
  for (const way of [fromCache, fromOwnInstaller, fromWheel]) {
    const reason = await way();
    if (reason === null) {
      remember(mark, { backend: 'native' });
      return 'native';
    }
    if (reason) reasons.push(reason);
  }
  const line = step('TensorFlow');
  line.skip(
    'WebAssembly backend (everything works; large models are slower, and training of convolutions is not possible)',
  );
  remember(mark, { backend: 'wasm', reason: reasons.join('; ') });
  return 'wasm';
}

function readMark(file) {
  if (!existsSync(file)) return null;
  const mark = JSON.parse(readFileSync(file, 'utf8'));
  if (mark.backend === 'native') return existsSync(path.join(home, 'deps', 'lib')) ? mark : null;
  return Date.now() - mark.at < RETRY_DAYS * 86_400_000 ? mark : null;
}
function remember(file, mark) {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ ...mark, at: Date.now() }));
}

/** Null when a sum computed by the native library is right. */
async function fault() {
  const code = "const tf=require('@tensorflow/tfjs-node');process.exit(tf.sum([1,2,3]).arraySync()===6?0:3)";
  // Node 23 took away what tfjs-node 4.22 still calls.
  const shim = "const u=require('util');u.isNullOrUndefined??=(v)=>v==null;u.isArray??=Array.isArray;";
  const { code: exit, output } = await run(process.execPath, ['-e', shim + code], {
    env: { TF_CPP_MIN_LOG_LEVEL: '3' },
    timeout: 120_000,
  });
  return exit === 0 ? null : tail(output, 3) || `exit code ${exit}`;
}

/** Undefined: nothing cached. */
async function fromCache() {
  if (!existsSync(path.join(cache(), 'ready'))) return undefined;
  const line = step('TensorFlow');
  link();
  const problem = await fault();
  if (problem === null) {
    line.done('native library linked from the cache');
    return null;
  }
  line.skip('the cached library does not load; making it anew');
  rmSync(cache(), { recursive: true, force: true });
  return undefined;
}

async function fromOwnInstaller() {
  const line = step('TensorFlow, way 1 of 3 (its own installer)');
  line.progress('asking its storage');
  const arch =
    process.platform === 'linux'
      ? 'linux-x86_64'
      : process.platform === 'darwin'
        ? 'darwin-x86_64'
        : 'windows-x86_64';
  const base = process.env.TFJS_NODE_CDN_STORAGE || 'https://storage.googleapis.com/';
  const url = `${base}tensorflow/libtensorflow/libtensorflow-cpu-${arch}-2.9.1.tar.gz`;
  try {
    const answer = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(8000) });
    if (!answer.ok) throw new Error(`it answered ${answer.status}`);
  } catch (error) {
    const why = /answered/.test(error.message) ? error.message : 'it cannot be reached';
    line.skip(`not possible, ${why}`);
    return `TensorFlow's storage: ${why}`;
  }
  line.progress('downloading');
  await rebuild();
  const problem = await fault();
  if (problem !== null) {
    line.skip(`failed: ${problem.split('\n')[0]}`);
    return 'its own installer failed';
  }
  line.done('native library installed');
  return null;
}

/** What the second way needs and this machine has not; null when all is there. */
export async function missingTool(env = {}) {
  const again = 'delete node_modules/.interlayer, start again';
  for (const [tool, args, reason, packages] of [
    ['python3', ['-m', 'pip', '--version'], 'there is no pip', 'python3 and python3-pip'],
    ['g++', ['--version'], 'there is no g++', 'g++ and make'],
    ['make', ['--version'], 'there is no make', 'g++ and make'],
  ])
    if ((await run(tool, args, { env, timeout: 30_000 })).code !== 0)
      return { reason, advice: `Install ${packages}, ${again}` };
  return null;
}

async function fromWheel() {
  const line = step('TensorFlow, way 2 of 3 (library of the official Python wheel)');
  const stop = (reason, advice = '') => {
    line.skip(`not possible, ${reason}${advice ? `. ${advice}` : ''}`);
    return reason;
  };
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return stop(`not prepared for ${process.platform} ${process.arch}`);
  const lack = await missingTool();
  if (lack) return stop(lack.reason, lack.advice);

  const work = path.join(cacheFolder(), `making-${process.pid}`);
  rmSync(work, { recursive: true, force: true });
  try {
    mkdirSync(path.join(work, 'tmp'), { recursive: true });
  } catch {
    return stop(`${cacheFolder()} cannot be written`, 'Set INTERLAYER_CACHE to a folder that can');
  }
  try {
    const wheel = await download(work, line);
    if (typeof wheel !== 'string') return stop(wheel.reason, wheel.advice);
    line.progress('unpacking');
    await unpack(wheel, work);
    rmSync(wheel);
    const made = path.join(work, 'made');
    for (const [name, target] of [
      ['libtensorflow.so', 'libtensorflow_cc.so.2'],
      ['libtensorflow.so.2.9.1', 'libtensorflow_cc.so.2'],
      ['libtensorflow_framework.so', 'libtensorflow_framework.so.2'],
    ])
      symlinkSync(target, path.join(made, 'lib', name));
    rmSync(cache(), { recursive: true, force: true });
    renameSync(made, cache());
    line.progress('compiling the addon');
    link();
    const stale = addonFile();
    if (stale) rmSync(stale);
    const built = await rebuild();
    const addon = addonFile();
    if (!addon) return stop('the addon does not compile', tail(built.output, 3));
    copyFileSync(addon, path.join(cache(), path.basename(addon)));
    const problem = await fault();
    if (problem !== null) return stop(`the library does not load: ${problem.split('\n')[0]}`);
    writeFileSync(path.join(cache(), 'ready'), path.basename(path.dirname(addon)));
    line.done(`native library ${WHEEL.version} ready`);
    return null;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** pip finds the wheel on whatever index is configured; its progress is read off its temporary folder. */
async function download(work, line) {
  const timer = setInterval(() => {
    line.progress(
      `downloading ${Math.round(WHEEL.bytes / 1e6)} MB`,
      Math.min(0.99, sizeOf(work) / WHEEL.bytes),
    );
  }, 500);
  const { code, output } = await run(
    'python3',
    [
      ...[
        '-m',
        'pip',
        'download',
        '--no-deps',
        '--only-binary=:all:',
        '--disable-pip-version-check',
        '--retries',
        '1',
      ],
      ...[
        '--timeout',
        '20',
        '--no-cache-dir',
        '--python-version',
        '3.11',
        '--implementation',
        'cp',
        '--abi',
        'cp311',
      ],
      ...['--platform', 'manylinux_2_27_x86_64', '-d', work, `tensorflow-cpu==${WHEEL.version}`],
    ],
    { env: { TMPDIR: path.join(work, 'tmp') }, timeout: 1_800_000 },
  );
  clearInterval(timer);
  const wheel = path.join(work, WHEEL.file);
  if (code !== 0 || !existsSync(wheel))
    return /No matching distribution/.test(output)
      ? { reason: `pip's index does not have tensorflow-cpu ${WHEEL.version}` }
      : {
          reason: 'pip cannot download it',
          advice: 'Connect to a network with a Python index once, and start again',
        };
  line.progress('checking');
  const hash = createHash('sha256');
  await pipeline(createReadStream(wheel), hash);
  if (hash.digest('hex') !== WHEEL.sha256)
    return { reason: 'the downloaded wheel is not the one that was tested (its SHA-256 differs)' };
  return wheel;
}

function sizeOf(folder) {
  let bytes = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true }))
    if (entry.isFile())
      try {
        bytes += statSync(path.join(entry.parentPath ?? entry.path, entry.name)).size;
      } catch {
        // It was moved while we looked.
      }
  return bytes;
}

async function unpack(wheel, work) {
  const yauzl = await import('yauzl');
  const zip = await new Promise((resolve, reject) =>
    yauzl.open(wheel, { lazyEntries: true, autoClose: false }, (error, file) =>
      error ? reject(error) : resolve(file),
    ),
  );
  await new Promise((resolve, reject) => {
    zip.on('error', reject);
    zip.on('end', resolve);
    zip.on('entry', (entry) => {
      const name = entry.fileName;
      const library = LIBRARIES.exec(name);
      if (!library && !(HEADERS.test(name) && !name.endsWith('/'))) return zip.readEntry();
      const target = path.join(
        work,
        'made',
        library ? `lib/${library[1]}` : name.replace('tensorflow/include', 'include'),
      );
      mkdirSync(path.dirname(target), { recursive: true });
      zip.openReadStream(entry, (error, stream) => {
        if (error) return reject(error);
        pipeline(stream, createWriteStream(target)).then(() => zip.readEntry(), reject);
      });
    });
    zip.readEntry();
  });
  zip.close();
}

/** Library and headers are linked from the cache; the addon is copied, since it finds the library beside itself. */
function link() {
  const deps = path.join(home, 'deps');
  rmSync(deps, { recursive: true, force: true });
  mkdirSync(path.join(deps, 'lib'), { recursive: true });
  for (const name of readdirSync(path.join(cache(), 'lib')))
    symlinkSync(path.join(cache(), 'lib', name), path.join(deps, 'lib', name));
  symlinkSync(path.join(cache(), 'include'), path.join(deps, 'include'));
  const ready = path.join(cache(), 'ready');
  if (!existsSync(ready)) return;
  const folder = path.join(home, 'lib', readFileSync(ready, 'utf8'));
  mkdirSync(folder, { recursive: true });
  copyFileSync(path.join(cache(), 'tfjs_binding.node'), path.join(folder, 'tfjs_binding.node'));
}

function addonFile() {
  const lib = path.join(home, 'lib');
  if (!existsSync(lib)) return null;
  for (const name of readdirSync(lib)) {
    const file = path.join(lib, name, 'tfjs_binding.node');
    if (existsSync(file)) return file;
  }
  return null;
}

function rebuild() {
  // Headers that came with Node spare their download.
  const own = [path.resolve(process.execPath, '../..'), '/usr'].find((prefix) =>
    existsSync(path.join(prefix, 'include/node/node_api.h')),
  );
  return run('npm', ['rebuild', '@tensorflow/tfjs-node', '--ignore-scripts=false', '--foreground-scripts'], {
    env: own ? { npm_config_nodedir: own } : {},
    timeout: 1_200_000,
  });
}
