/** Helpers of this folder's tests: a backend, spool folders, uploads from memory, and zip archives written by hand. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deflateRawSync } from 'node:zlib';
import type { LayersModel, Tensor } from '@tensorflow/tfjs';
import { afterAll } from 'vitest';
import { loadBackend } from '../backend.ts';
import type { UploadedFile } from '../contract.ts';
import { buildModel, type Topology } from './build.ts';
import type { ImportContext, Tf } from './context.ts';
import { crc32 } from './crc32.ts';
import type { ModelOutcome } from './model.ts';

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
