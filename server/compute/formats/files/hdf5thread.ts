/**
 * Runs the HDF5 library, compiled to WebAssembly, in a thread of its own with a fresh memory for each file. A damaged file
 * can make it loop for ever or ruin its memory (both were found by random corruption): the thread is then ended, and
 * nothing else is hurt. The one file of the library's file system is this one, read in parts, so that a file which names other files as the place of
 * its data (external links, external storage, virtual data sets) reaches none of this machine's.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { z } from 'zod';
import type { FilePlace } from './context.ts';
import { dumpHdf5, type Hdf5Dump, type Hdf5Limits } from './hdf5dump.ts';

const require = createRequire(import.meta.url);

/** The package exports one shared library only; its factory lies beside it. */
function factoryUrl(): string {
  for (const folder of require.resolve.paths('h5wasm') ?? []) {
    const file = path.join(folder, 'h5wasm', 'dist', 'esm', 'hdf5_util.js');
    if (existsSync(file)) return pathToFileURL(file).href;
  }
  throw new Error('the package h5wasm is not installed');
}

/**
 * The thread's program, from the text of a function that needs nothing else: so the bundle needs no second file.
 * A file may ask the library for any amount of memory (thousands of attributes that name one long text): it gets so much.
 * Compilers that keep functions' names wrap them in __name.
 */
const PROGRAM = `
const __name = (value) => value;
const dump = ${dumpHdf5.toString()};
const { parentPort, workerData } = require('node:worker_threads');
const { factory, source, limits } = workerData;
const { openSync, readSync } = require('node:fs');
const opened = () => {
  if (source instanceof Uint8Array)
    return {
      bytes: source.length,
      read: (into, at) => {
        const part = source.subarray(at, at + into.length);
        into.set(part);
        return part.length;
      },
    };
  const { path, offset, bytes } = source;
  const file = openSync(path, 'r');
  return {
    bytes,
    read: (into, at) => readSync(file, into, 0, Math.max(0, Math.min(into.length, bytes - at)), offset + at),
  };
};
const { grow } = WebAssembly.Memory.prototype;
WebAssembly.Memory.prototype.grow = function (pages) {
  if (this.buffer.byteLength + 65536 * pages > limits.memoryBytes) throw new RangeError('out of memory');
  return grow.call(this, pages);
};
import(factory)
  .then(({ default: create }) => create({ noInitialRun: true, print() {}, printErr() {} }))
  .then((library) => {
    const result = dump(library, opened(), limits);
    const data = Object.values(result.tensors).flatMap((tensor) => (tensor.data ? [tensor.data.buffer] : []));
    parentPort.postMessage({ result }, data);
  })
  .catch((error) => parentPort.postMessage({ error: String((error && error.message) || error) }));
`;

const fault = z.object({ code: z.enum(['invalid', 'unsupported', 'too_large']), message: z.string() });
const messageSchema = z.union([
  z.object({
    result: z.object({
      groups: z.record(
        z.string(),
        z.object({
          keys: z.array(z.string()),
          attributes: z.record(z.string(), z.union([z.array(z.string()), fault])),
        }),
      ),
      tensors: z.record(
        z.string(),
        z.union([z.object({ shape: z.array(z.number()), data: z.instanceof(Float32Array) }), fault]),
      ),
    }),
  }),
  z.object({ error: z.string() }),
]);

/** Throws an Error with the library's reason, or that it took longer than `timeoutMs`. */
export async function readHdf5(
  source: Uint8Array | FilePlace,
  limits: Hdf5Limits,
  timeoutMs: number,
): Promise<Hdf5Dump> {
  const worker = new Worker(PROGRAM, {
    eval: true,
    workerData: { factory: factoryUrl(), source, limits },
    // Neither the parent's loaders nor its secrets are needed there.
    execArgv: [],
    env: {},
    stdout: true,
    stderr: true,
  });
  let timer: NodeJS.Timeout | undefined;
  try {
    const message = await new Promise<unknown>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', () => reject(new Error('the library stopped')));
      timer = setTimeout(
        () => reject(new Error(`it could not be read within ${timeoutMs / 1000} s`)),
        timeoutMs,
      );
    });
    const parsed = messageSchema.parse(message);
    if ('error' in parsed) throw new Error(parsed.error);
    return parsed.result;
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}
