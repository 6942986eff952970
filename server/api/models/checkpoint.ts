/** Checkpoints made of spool files or of named tensors: weights go to blobs, equal ones once. */
import { createHash } from 'node:crypto';
import type { BlobStore, CheckpointManifest, ModelManifest } from '../../../core/artifacts/index.ts';
import { UserError } from '../../../core/errors/index.ts';
import type { NamedTensor } from '../../../core/result/index.ts';

type Tensors = CheckpointManifest['tensors'];
const bytesOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1) * 4;

/**
 * Hash over the architecture (topology of layers, or graph of operators) and the names, shapes and blobs of the tensors, in order: two networks may have equal weights
 * and differ by a layer that has none.
 */
export function checkpointOf(
  architecture: Pick<ModelManifest, 'topology' | 'operators'>,
  tensors: Tensors,
): { manifest: CheckpointManifest; bytes: number } {
  const hash = createHash('sha256')
    .update(JSON.stringify(architecture.operators ?? architecture.topology))
    .update('\n');
  for (const { name, shape, blob } of tensors) hash.update(JSON.stringify([name, shape, blob])).update('\n');
  return {
    manifest: { hash: hash.digest('hex'), tensors },
    bytes: tensors.reduce((sum, { shape }) => sum + bytesOf(shape), 0),
  };
}

/** Moves the weights' spool files into the blob store. */
export async function adoptWeights(
  blobs: BlobStore,
  weights: readonly { name: string; shape: readonly number[]; file: string }[],
): Promise<Tensors> {
  const tensors: Tensors = [];
  for (const { name, shape, file } of weights)
    tensors.push({ name, shape: [...shape], blob: await blobs.adopt(file) });
  return tensors;
}

/**
 * The weights of an architecture out of named tensors (float32), by name; `conv2d_1/kernel:0` is `conv2d_1/kernel`.
 * Throws `invalid` where one is missing or has another shape.
 */
export async function storeTensors(
  blobs: BlobStore,
  architecture: ModelManifest,
  tensors: Readonly<Record<string, NamedTensor>>,
  file: string,
): Promise<Tensors> {
  const plain = (name: string) => name.replace(/:\d+$/, '');
  const given = new Map(Object.entries(tensors).map(([name, tensor]) => [plain(name), tensor]));
  const stored: Tensors = [];
  for (const { name, shape } of architecture.weights) {
    const tensor = given.get(plain(name));
    if (!tensor)
      throw new UserError(
        'invalid',
        `${file}: the weight ${name} is missing; found ${[...given.keys()].slice(0, 12).join(', ') || 'none'}.`,
        file,
      );
    if (tensor.dtype !== 'F32' || String(tensor.shape) !== String(shape))
      throw new UserError(
        'invalid',
        `${file}: the weight ${name} is ${tensor.dtype} [${tensor.shape.join(', ')}]; F32 [${shape.join(', ')}] was expected.`,
        file,
      );
    const { buffer, byteOffset, byteLength } = tensor.data;
    stored.push({
      name,
      shape: [...shape],
      blob: await blobs.put(new Uint8Array(buffer, byteOffset, byteLength)),
    });
  }
  return stored;
}

/** Throws `invalid` unless the weights fit the architecture, in order. */
export function checkSameArchitecture(
  architecture: ModelManifest,
  other: ModelManifest,
  model: string,
): void {
  const listed = (manifest: ModelManifest) =>
    manifest.weights.map(({ shape }) => `[${shape.join(', ')}]`).join(' ');
  if (listed(architecture) === listed(other)) return;
  throw new UserError(
    'invalid',
    `The file's weights do not fit ${model}: ${listed(other)} found, ${listed(architecture)} expected. Import it as a model of its own.`,
  );
}
