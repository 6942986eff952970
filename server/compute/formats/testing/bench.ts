/** Helpers of this folder's tests: a backend, spool folders, uploads from memory, and zip archives written by hand. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deflateRawSync, deflateSync } from 'node:zlib';
import type { LayersModel, Tensor } from '@tensorflow/tfjs';
import { afterAll } from 'vitest';
import { loadBackend } from '../../backend/backend.ts';
import type { UploadedFile } from '../../contract.ts';
import type { ImportContext, Tf } from '../files/context.ts';
import { crc32 } from '../files/crc32.ts';
import { buildModel, type Topology } from '../topology/build.ts';
import type { ModelOutcome } from '../topology/model.ts';

export interface Workbench {
  readonly tf: Tf;
  readonly context: ImportContext;
  /** Writes an upload; the name may hold folders. */
  upload(name: string, bytes: Uint8Array | string): UploadedFile;
  /** A file on disk as an upload. */
  existing(file: string, name?: string): UploadedFile;
  /** A model of an import with its weights. */
  revive(outcome: ModelOutcome): Promise<LayersModel>;
}

/** One per test file; its folder goes when the tests are over. */
export async function workbench(): Promise<Workbench> {
  const { tf } = await loadBackend('auto');
  const root = mkdtempSync(path.join(tmpdir(), 'formats-'));
  const spool = path.join(root, 'spool');
  mkdirSync(spool);
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  let count = 0;
  return {
    tf,
    context: { tf, spool },
    upload(name, bytes) {
      const file = path.join(root, `upload-${count++}`);
      writeFileSync(file, bytes);
      return { name, path: file, bytes: statSync(file).size };
    },
    existing: (file, name = path.basename(file)) => ({ name, path: file, bytes: statSync(file).size }),
    async revive({ manifest, weights }) {
      const elements = weights.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
      const model = await buildModel(tf, manifest.topology as Topology, elements, 'manifest');
      const tensors = weights.map(({ file, shape }) => {
        const bytes = readFileSync(file);
        return tf.tensor(new Float32Array(Uint8Array.from(bytes).buffer), [...shape]);
      });
      model.setWeights(tensors);
      tf.dispose(tensors);
      return model;
    },
  };
}

/** Outputs in order, downloaded. */
export function predict(
  tf: Tf,
  model: LayersModel,
  inputs: { shape: number[]; data: number[] }[],
): Float32Array[] {
  return tf.tidy(() => {
    const tensors = inputs.map(({ shape, data }) => tf.tensor(data, shape));
    const out = model.predict(tensors.length === 1 ? tensors[0]! : tensors);
    return (Array.isArray(out) ? out : [out]).map((tensor: Tensor) => Float32Array.from(tensor.dataSync()));
  });
}

/** Bytes of a sound file with some replaced. */
export function patched(bytes: Buffer, ...changes: [at: number, bytes: readonly number[]][]): Buffer {
  const out = Buffer.from(bytes);
  for (const [at, values] of changes) out.set(values, at);
  return out;
}

export interface ZipEntry {
  readonly name: string;
  readonly data: Uint8Array | string;
  readonly store?: boolean;
  /** Unix mode, for links: 0o120777. */
  readonly mode?: number;
  /** What the headers claim as the unpacked size, where it is a lie. */
  readonly claimed?: number;
}

/** A zip archive, written by hand so that it can be wrong in any way. */
export function zipOf(entries: readonly ZipEntry[]): Buffer {
  const parts: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const { name, data, store = false, mode = 0o100644, claimed } of entries) {
    const raw = Buffer.from(data);
    const packed = store ? raw : deflateRawSync(raw);
    const text = Buffer.from(name);
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt16LE(0x800, 2);
    shared.writeUInt16LE(store ? 0 : 8, 4);
    shared.writeUInt32LE(crc32(raw), 10);
    shared.writeUInt32LE(packed.length, 14);
    shared.writeUInt32LE(claimed ?? raw.length, 18);
    shared.writeUInt16LE(text.length, 22);
    parts.push(Buffer.from('PK\x03\x04'), shared, text, packed);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE((mode << 16) >>> 0, 6);
    tail.writeUInt32LE(offset, 10);
    central.push(Buffer.from('PK\x01\x02'), Buffer.from([20, 3]), shared, tail, text);
    offset += 30 + text.length + packed.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, directory, end]);
}

/** A NumPy array file, format 1.0. */
export function npy(descr: string, shape: readonly number[], data: Uint8Array, fortran = false): Buffer {
  const text = `{'descr': '${descr}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': (${shape.join(', ')},), }`;
  const header = Buffer.from(`${text.padEnd(117)}\n`, 'latin1');
  const size = Buffer.alloc(2);
  size.writeUInt16LE(header.length);
  return Buffer.concat([Buffer.from('\x93NUMPY\x01\x00', 'latin1'), size, header, data]);
}

/** How the encoder below packs a picture. */
export interface PngOptions {
  readonly color?: number;
  readonly depth?: number;
  /** Filter of each line, by its number. */
  readonly filter?: (line: number) => number;
  readonly interlaced?: boolean;
  readonly palette?: readonly number[];
  readonly transparency?: readonly number[];
}

const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** A PNG; `pixel` gives the samples of a pixel (each below 2^depth), null leaves the pixels out. */
export function png(
  width: number,
  height: number,
  pixel: ((x: number, y: number) => readonly number[]) | null,
  options: PngOptions = {},
): Buffer {
  const { color = 2, depth = 8, filter = () => 0, interlaced = false, palette, transparency } = options;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, color, 0, 0, interlaced ? 1 : 0], 8);
  const lines: Buffer[] = [];
  if (pixel)
    for (const [x0, y0, dx, dy] of interlaced ? ADAM7 : ([[0, 0, 1, 1]] as const)) {
      if (x0 >= width) continue;
      let above: Buffer | null = null;
      for (let y = y0; y < height; y += dy) {
        const samples: number[] = [];
        for (let x = x0; x < width; x += dx) samples.push(...pixel(x, y));
        const line = packSamples(samples, depth);
        const step = Math.max(1, (pixel(0, 0).length * depth) / 8);
        const kind = filter(lines.length);
        lines.push(
          Buffer.concat([
            Buffer.from([kind]),
            filtered(line, above ?? Buffer.alloc(line.length), step, kind),
          ]),
        );
        above = line;
      }
    }
  const chunk = (type: string, body: Uint8Array) => {
    const typed = Buffer.concat([Buffer.from(type), body]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(body.length, 0);
    frame.writeUInt32BE(crc32(typed), 4);
    return Buffer.concat([frame.subarray(0, 4), typed, frame.subarray(4)]);
  };
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    ...(palette ? [chunk('PLTE', Buffer.from(palette))] : []),
    ...(transparency ? [chunk('tRNS', Buffer.from(transparency))] : []),
    chunk('IDAT', deflateSync(Buffer.concat(lines))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function packSamples(samples: readonly number[], depth: number): Buffer {
  const line = Buffer.alloc(Math.ceil((samples.length * depth) / 8));
  for (const [at, value] of samples.entries())
    if (depth === 16) line.writeUInt16BE(value, 2 * at);
    else line[(at * depth) >> 3]! |= value << (8 - depth - ((at * depth) & 7));
  return line;
}

function filtered(line: Buffer, above: Buffer, step: number, kind: number): Buffer {
  return Buffer.from(
    line.map((value, i) => {
      const [left, up, corner] = [line[i - step] ?? 0, above[i]!, i >= step ? above[i - step]! : 0];
      const guess = left + up - corner;
      const nearest = [left, up, corner].reduce((a, b) =>
        Math.abs(guess - b) < Math.abs(guess - a) ? b : a,
      );
      return value - [0, left, up, (left + up) >> 1, nearest][kind]!;
    }),
  );
}

/** The files of a TensorFlow.js model: input (3), dense `hidden`, dense `out` (2). `edit` changes the model.json. */
export function smallModel(
  { units = 4, weights = [0.5, -1, 2] }: { units?: number; weights?: readonly number[] } = {},
  edit: (json: ModelJson) => unknown = (json) => json,
): ZipEntry[] {
  const data = Float32Array.from({ length: 3 * 4 + 4 + 4 * 2 + 2 }, (_, i) => weights[i % weights.length]!);
  const dense = (name: string, size: number, first?: object) => ({
    class_name: 'Dense',
    config: { name, units: size, activation: 'tanh', use_bias: true, ...first },
  });
  const json: ModelJson = {
    format: 'layers-model',
    modelTopology: {
      class_name: 'Sequential',
      config: {
        name: 'small',
        layers: [dense('hidden', units, { batch_input_shape: [null, 3] }), dense('out', 2)],
      },
    },
    weightsManifest: [
      {
        paths: ['group1-shard1of2.bin', 'group1-shard2of2.bin'],
        weights: [
          { name: 'hidden/kernel', shape: [3, 4], dtype: 'float32' },
          { name: 'hidden/bias', shape: [4], dtype: 'float32' },
          { name: 'out/kernel', shape: [4, 2], dtype: 'float32' },
          { name: 'out/bias', shape: [2], dtype: 'float32' },
        ],
      },
    ],
  };
  const bytes = Buffer.from(data.buffer);
  return [
    { name: 'small/model.json', data: JSON.stringify(edit(json)) },
    { name: 'small/group1-shard1of2.bin', data: bytes.subarray(0, 50) },
    { name: 'small/group1-shard2of2.bin', data: bytes.subarray(50) },
  ];
}

export interface ModelJson {
  format: string;
  modelTopology: {
    class_name: string;
    config: { name: string; layers: { class_name: string; config: object }[] };
  };
  weightsManifest: { paths: string[]; weights: { name: string; shape: number[]; dtype: string }[] }[];
}

export type KerasConfig = Record<string, unknown>;
/** [class, name, configuration, what stands beside it]; a call without inputs of its own takes the layer before. */
export type KerasLayer = [className: string, name: string, config?: KerasConfig, beside?: KerasConfig];

/** A tensor of a call, as Keras 3 writes it. */
export const tensor = (layer: string) => ({
  class_name: '__keras_tensor__',
  config: { keras_history: [layer, 0, 0] },
});
export const INPUT: KerasLayer = ['InputLayer', 'in', { batch_shape: [null, 4, 4, 2] }];

/** A functional model, each layer with the keys by which Keras tells it from an operator; the last one is its output. */
export function functional(layers: readonly KerasLayer[], over: KerasConfig = {}): KerasConfig {
  return {
    class_name: 'Functional',
    name: 'net',
    config: {
      name: 'net',
      layers: layers.map(([class_name, name, config = {}, beside = {}], i) => ({
        ...{ class_name, name, config: { name, trainable: true, ...config } },
        inbound_nodes: class_name === 'InputLayer' ? [] : [{ args: [tensor(layers[i - 1]![1])], kwargs: {} }],
        ...beside,
      })),
      input_layers: layers.filter(([kind]) => kind === 'InputLayer').map(([, name]) => [name, 0, 0]),
      output_layers: [[layers.at(-1)![1], 0, 0]],
      ...over,
    },
  };
}
export const sequential = (layers: readonly unknown[], over: KerasConfig = {}) => ({
  class_name: 'Sequential',
  config: { name: 'net', layers, ...over },
});
