/** A checkpoint's tensors in TensorFlow. */
import type { Tensor } from '@tensorflow/tfjs';
import type { BlobReader, CheckpointManifest, ModelManifest } from '../../../core/artifacts/index.ts';
import { UserError } from '../../../core/errors/index.ts';
import { uploaded } from '../operators/upload.ts';
import type { Tf } from '../tf.ts';

export interface Weights {
  /** In the order of the manifest; the asker's to dispose. */
  readonly values: readonly Tensor[];
  readonly bytes: number;
}

/** Throws UserError('invalid') where checkpoint and architecture do not belong together; nothing is left then. */
export async function readWeights(
  tf: Tf,
  manifest: Pick<ModelManifest, 'weights'>,
  checkpoint: CheckpointManifest,
  blobs: BlobReader,
): Promise<Weights> {
  if (checkpoint.tensors.length !== manifest.weights.length)
    throw new UserError(
      'invalid',
      `the checkpoint has ${checkpoint.tensors.length} tensors, the architecture has ${manifest.weights.length} weights`,
    );
  const values: Tensor[] = [];
  let bytes = 0;
  try {
    for (const [i, { name, shape, blob }] of checkpoint.tensors.entries()) {
      const raw = await blobs.read(blob);
      const count = shape.reduce((a, b) => a * b, 1);
      const wanted = manifest.weights[i];
      if (raw.byteLength !== count * 4 || String(shape) !== String(wanted?.shape))
        throw new UserError(
          'invalid',
          `weight ${name}: shape [${shape.join(', ')}] with ${raw.byteLength} bytes does not fit [${wanted?.shape.join(', ')}]`,
        );
      bytes += raw.byteLength;
      // A blob may start at an address that no array of numbers can.
      const { buffer, byteOffset } = raw.byteOffset % 4 === 0 ? raw : raw.slice();
      values.push(
        wanted?.integers
          ? uploaded(tf, new Int32Array(buffer, byteOffset, count), shape, 'int32')
          : uploaded(tf, new Float32Array(buffer, byteOffset, count), shape, 'float32'),
      );
    }
    return { values, bytes };
  } catch (error) {
    tf.dispose(values);
    throw error;
  }
}
