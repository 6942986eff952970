/**
 * Loads TensorFlow.js: the native addon where it is installed, else WebAssembly. Only worker processes call this.
 */
import { createRequire } from 'node:module';
import path from 'node:path';
import util from 'node:util';
import { UserError } from '../../../core/errors/index.ts';
import { supplyLayers } from '../layers/index.ts';
import type { Tf } from '../tf.ts';
import { supplyNativeKernels } from './native-kernels.ts';
import { supplyNormalisation } from './normalisation.ts';
import { supplyGradients } from './supplements.ts';
import { supplyWasmKernels } from './wasm-kernels.ts';
import { guardWasmMemory } from './wasm-memory.ts';

export type BackendName = 'native' | 'wasm';
export const BACKEND_CHOICES = ['auto', 'native', 'wasm'] as const;
export type BackendChoice = (typeof BACKEND_CHOICES)[number];

export interface Backend {
  readonly tf: Tf;
  readonly name: BackendName;
  /** Why this one runs, for the log and the status line. */
  readonly why: string;
  readonly engine: string;
  readonly engineVersion: string;
}

/** Resolves from this file in the sources and from the bundle alike: packages stay outside of it. */
const load = createRequire(import.meta.url);

/** Throws UserError('internal') when 'native' was asked for and cannot be loaded. */
export async function loadBackend(choice: BackendChoice): Promise<Backend> {
  if (choice === 'wasm') return loadWasm('asked for by INTERLAYER_BACKEND=wasm');
  try {
    return await loadNative(
      choice === 'native' ? 'asked for by INTERLAYER_BACKEND=native' : 'the addon is installed',
    );
  } catch (error) {
    // The first line only: the rest is a require stack with this machine's paths.
    const cause = (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
    if (choice === 'native')
      throw new UserError(
        'internal',
        `TensorFlow's native addon does not load (${cause}). Run npm start again to install it, or set INTERLAYER_BACKEND=wasm.`,
      );
    return loadWasm(`the native addon does not load (${cause})`);
  }
}

async function loadNative(why: string): Promise<Backend> {
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  restoreUtil();
  const tf: Tf = load('@tensorflow/tfjs-node');
  if (!(await tf.setBackend('tensorflow'))) throw new Error('its backend does not start');
  supplyLayers(tf);
  supplyGradients(tf);
  supplyNormalisation(tf);
  supplyNativeKernels(tf);
  return { tf, name: 'native', why, engine: 'tensorflow.js (native)', engineVersion: tf.version.tfjs };
}

async function loadWasm(why: string): Promise<Backend> {
  const tf: Tf = load('@tensorflow/tfjs');
  const wasm: typeof import('@tensorflow/tfjs-backend-wasm') = load('@tensorflow/tfjs-backend-wasm');
  // Threads need a browser's workers; one SIMD thread it is.
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  wasm.setWasmPaths(`${path.dirname(load.resolve('@tensorflow/tfjs-backend-wasm'))}${path.sep}`);
  if (!(await tf.setBackend('wasm')))
    throw new UserError('internal', 'TensorFlow.js could not start its WebAssembly backend on this machine.');
  await tf.ready();
  supplyLayers(tf);
  supplyGradients(tf);
  supplyNormalisation(tf);
  guardWasmMemory(tf);
  supplyWasmKernels(tf);
  return { tf, name: 'wasm', why, engine: 'tensorflow.js (wasm)', engineVersion: tf.version.tfjs };
}

/** Node 23 removed these from util; tfjs-node 4.22 still calls them. */
function restoreUtil(): void {
  const missing: Record<string, (value: unknown) => boolean> = {
    isNullOrUndefined: (value) => value === null || value === undefined,
    isArray: Array.isArray,
    isString: (value) => typeof value === 'string',
    isNumber: (value) => typeof value === 'number',
    isBoolean: (value) => typeof value === 'boolean',
    isFunction: (value) => typeof value === 'function',
    isObject: (value) => typeof value === 'object' && value !== null,
    isUndefined: (value) => value === undefined,
    isNull: (value) => value === null,
  };
  for (const [name, test] of Object.entries(missing))
    if (!(name in util)) Object.defineProperty(util, name, { value: test, configurable: true });
}
