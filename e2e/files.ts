/** Files as people have them, made on the spot: models, data sets, and such as are wrong by accident or by intent. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { deflateSync, gzipSync } from 'node:zlib';
import type { Page, TestInfo } from '@playwright/test';
import { zipSync } from 'fflate';

/** Content by name; names may hold folders. */
export type Files = Readonly<Record<string, Uint8Array | string>>;

/** Drops files on the board as the system's file manager does: the browser itself makes the event. */
export async function drop(page: Page, info: TestInfo, files: Files): Promise<void> {
  const folder = info.outputPath(`drop-${Object.keys(files).join('-').replaceAll('/', '_').slice(0, 60)}`);
  const tops = new Set<string>();
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
    tops.add(path.join(folder, name.split('/')[0] ?? name));
  }
  const browser = await page.context().newCDPSession(page);
  const data = { items: [], files: [...tops], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await browser.send('Input.dispatchDragEvent', { type, x: 620, y: 400, data });
  await browser.detach();
}

export const zip = (files: Files): Uint8Array =>
  zipSync(Object.fromEntries(Object.entries(files).map(([name, data]) => [name, bytesOf(data)])));

const bytesOf = (data: Uint8Array | string): Uint8Array =>
  typeof data === 'string' ? new TextEncoder().encode(data) : new Uint8Array(data);

/** A Keras 3 file that Keras wrote: conv, batch norm and dense layers (server/compute/goldens). */
export const kerasFile = (): Promise<Buffer> => readFile('server/compute/goldens/convolutional.keras');

export interface ModelEdit {
  readonly layer?: string;
  readonly kernel?: readonly number[];
  readonly weights?: readonly number[];
}

/** A TensorFlow.js model, 3 inputs, `hidden` of 4, `out` of 2: model.json and two shards. */
export function tfjsModel({
  layer = 'Dense',
  kernel = [3, 4],
  weights = [0.5, -1, 2],
}: ModelEdit = {}): Files {
  const data = Float32Array.from({ length: 26 }, (_, i) => weights[i % weights.length] ?? 0);
  const bytes = new Uint8Array(data.buffer);
  const dense = (name: string, units: number, more: object = {}) => ({
    class_name: name === 'hidden' ? layer : 'Dense',
    config: { name, units, activation: 'tanh', use_bias: true, ...more },
  });
  const json = {
    format: 'layers-model',
    modelTopology: {
      class_name: 'Sequential',
      config: {
        name: 'small',
        layers: [dense('hidden', 4, { batch_input_shape: [null, 3] }), dense('out', 2)],
      },
    },
    weightsManifest: [
      {
        paths: ['group1-shard1of2.bin', 'group1-shard2of2.bin'],
        weights: [
          { name: 'hidden/kernel', shape: kernel, dtype: 'float32' },
          { name: 'hidden/bias', shape: [4], dtype: 'float32' },
          { name: 'out/kernel', shape: [4, 2], dtype: 'float32' },
          { name: 'out/bias', shape: [2], dtype: 'float32' },
        ],
      },
    ],
  };
  return {
    'model.json': JSON.stringify(json),
    'group1-shard1of2.bin': bytes.subarray(0, 50),
    'group1-shard2of2.bin': bytes.subarray(50),
  };
}

/** Bytes as the IDX format of MNIST has them. */
export function idx(shape: readonly number[], value: (at: number) => number): Buffer {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.set([0, 0, 8, shape.length]);
  for (const [at, size] of shape.entries()) header.writeUInt32BE(size, 4 + 4 * at);
  const count = shape.reduce((a, b) => a * b, 1);
  return Buffer.concat([header, Buffer.from(Array.from({ length: count }, (_, i) => value(i)))]);
}
export const gzip = (bytes: Uint8Array): Buffer => gzipSync(bytes);

/** A NumPy array file of bytes (`|u1`), format 1.0. */
export function npy(shape: readonly number[], value: (at: number) => number): Buffer {
  const text = `{'descr': '|u1', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`;
  const header = Buffer.from(`${text.padEnd(117)}\n`, 'latin1');
  const size = Buffer.alloc(2);
  size.writeUInt16LE(header.length);
  const count = shape.reduce((a, b) => a * b, 1);
  const data = Buffer.from(Array.from({ length: count }, (_, i) => value(i)));
  return Buffer.concat([Buffer.from('\x93NUMPY\x01\x00', 'latin1'), size, header, data]);
}

/** A grey PNG, every pixel of one value. */
export function png(width: number, height: number, value: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 0, 0, 0, 0], 8);
  const line = Buffer.alloc(width + 1, value);
  line[0] = 0;
  const pixels = Buffer.concat(Array<Buffer>(height).fill(line));
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(pixels)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, body: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type, 'latin1'), body]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(body.length, 0);
  frame.writeUInt32BE(crc32(typed), 4);
  return Buffer.concat([frame.subarray(0, 4), typed, frame.subarray(4)]);
}

function crc32(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
