/**
 * A Python with Keras, which the tests of the generated scripts run: INTERLAYER_PYTHON where that is set, else a virtual
 * environment in the cache folder. pip installs it as this machine has configured pip; folders on this machine are tried
 * first and without a network, since an index that cannot be reached is only found out by waiting.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { step } from './report.mjs';
import { run, tail } from './run.mjs';
import { cacheFolder } from './tensorflow.mjs';

/** What generated scripts import. */
const REQUIREMENTS = [
  process.platform === 'linux' ? 'tensorflow-cpu>=2.20,<2.22' : 'tensorflow>=2.20,<2.22',
  'keras>=3.12,<4',
  'numpy>=1.26,<3',
];
/** Versions of Python that TensorFlow has wheels for. */
const OLDEST = [3, 10];
const NEWEST = [3, 13];
/** A try that failed is not repeated before this many hours, so that testing stays quick. */
const RETRY_HOURS = 24;
/** Set-up as a whole: three minutes at most. */
const LOCAL_MS = 100_000;
const INDEX_MS = 60_000;

const PROBE = 'import keras, numpy, tensorflow; print(tensorflow.__version__, keras.__version__)';

/** Path of an interpreter with tensorflow and keras, or why there is none. */
export async function ensurePython() {
  const line = step('Python with Keras');
  if (process.env.INTERLAYER_PYTHON) {
    const problem = await fault(process.env.INTERLAYER_PYTHON);
    if (problem === null) return { python: process.env.INTERLAYER_PYTHON };
    return gone(line, `INTERLAYER_PYTHON does not import keras, numpy and tensorflow: ${problem}`);
  }
  const key = createHash('sha256').update(REQUIREMENTS.join()).digest('hex').slice(0, 12);
  const home = path.join(cacheFolder(), `python-${key}-${process.platform}-${process.arch}`);
  const python = path.join(home, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  if (existsSync(path.join(home, 'ready'))) {
    if ((await fault(python)) === null) return { python };
    rmSync(home, { recursive: true, force: true });
  }
  const failed = `${home}.failed`;
  if (existsSync(failed) && Date.now() - statSync(failed).mtimeMs < RETRY_HOURS * 3_600_000)
    return gone(line, `${readFileSync(failed, 'utf8')} (to try again, delete ${failed})`);
  const reason = await install(home, python, line);
  if (reason === null) {
    rmSync(failed, { force: true });
    return { python };
  }
  rmSync(home, { recursive: true, force: true });
  try {
    writeFileSync(failed, reason);
  } catch {
    // A cache that cannot be written is the reason itself.
  }
  return gone(line, reason);
}

function gone(line, reason) {
  line.skip(`not here: ${reason}`);
  return { python: null, reason };
}

/** Null when Keras and TensorFlow can be imported. */
async function fault(python) {
  const { code, output } = await run(python, ['-c', PROBE], {
    env: { TF_CPP_MIN_LOG_LEVEL: '3', CUDA_VISIBLE_DEVICES: '' },
    timeout: 120_000,
  });
  return code === 0 ? null : tail(output, 1) || `exit code ${code}`;
}

/** Null when the environment stands. */
async function install(home, python, line) {
  const version = await run('python3', ['-c', 'import sys; print(*sys.version_info[:2])'], {
    timeout: 30_000,
  });
  if (version.code !== 0) return 'there is no python3';
  const found = version.output.trim().split(' ').map(Number);
  if (before(found, OLDEST) || before(NEWEST, found))
    return `python3 is ${found.join('.')}; TensorFlow needs ${OLDEST.join('.')} to ${NEWEST.join('.')}`;
  if ((await run('python3', ['-m', 'pip', '--version'], { timeout: 30_000 })).code !== 0)
    return 'python3 has no pip';
  try {
    rmSync(home, { recursive: true, force: true });
    mkdirSync(path.dirname(home), { recursive: true });
  } catch {
    return `${cacheFolder()} cannot be written; set INTERLAYER_CACHE to a folder that can`;
  }
  // The environment needs no pip of its own, which some systems have in a package apart.
  const made = await run('python3', ['-m', 'venv', '--without-pip', home], { timeout: 60_000 });
  if (made.code !== 0) return `python3 -m venv fails: ${tail(made.output, 1)}`;
  const pip = (args, timeout) =>
    run(
      'python3',
      [
        ...['-m', 'pip', '--python', python, 'install', '--only-binary=:all:', '--no-input', '--quiet'],
        ...['--disable-pip-version-check', ...args, ...REQUIREMENTS],
      ],
      { timeout },
    );
  const places = localPlaces(
    (await run('python3', ['-m', 'pip', 'config', 'list'], { timeout: 30_000 })).output,
  );
  const tries = [
    ...(places.length > 0
      ? [
          {
            from: 'folders on this machine',
            args: ['--no-index', ...places.flatMap((place) => ['--find-links', place])],
            timeout: LOCAL_MS,
          },
        ]
      : []),
    { from: 'pip’s index', args: ['--timeout', '15', '--retries', '0'], timeout: INDEX_MS },
  ];
  const reasons = [];
  for (const { from, args, timeout } of tries) {
    line.progress(`installing from ${from}`);
    const { code, output, timedOut } = await pip(args, timeout);
    const problem = code === 0 ? await fault(python) : null;
    if (code === 0 && problem === null) {
      writeFileSync(path.join(home, 'ready'), REQUIREMENTS.join('\n'));
      line.done(`installed from ${from}`);
      return null;
    }
    reasons.push(`${from}: ${timedOut ? `no end after ${timeout / 1000} s` : (problem ?? cause(output))}`);
  }
  return reasons.join('; ');
}

const before = ([major, minor], [otherMajor, otherMinor]) =>
  major < otherMajor || (major === otherMajor && minor < otherMinor);

/** pip's own last error, in a line. */
function cause(output) {
  const errors = output.split('\n').filter((text) => /^ERROR: /.test(text));
  return (errors.at(-1) ?? tail(output, 1)).replace(/^ERROR: /, '');
}

/**
 * Folders with packages that `pip config list` names: those of find-links, and of an index on this machine the folder
 * `files` beside its `simple`.
 */
export function localPlaces(config) {
  const places = new Set();
  for (const row of config.split('\n')) {
    const [, key = '', value = ''] = /^[^=]*?([\w-]+)='(.*)'$/.exec(row.trim()) ?? [];
    if (!['find-links', 'index-url', 'extra-index-url'].includes(key)) continue;
    for (const word of value.split(/\s+|\\n/).filter(Boolean)) {
      const folder = /^file:/.test(word) ? fileURLToPath(word) : word;
      if (!path.isAbsolute(folder)) continue;
      const files = path.join(path.dirname(folder), 'files');
      if (key === 'find-links' && existsSync(folder)) places.add(folder);
      else if (existsSync(files)) places.add(files);
    }
  }
  return [...places];
}
