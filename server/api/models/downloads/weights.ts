/** A checkpoint's weights in order, read a piece at a time. */
import type { CheckpointManifest, ModelManifest } from '../../../../core/artifacts/index.ts';
import type { VerifyingBlobs } from '../../../store/contract.ts';

export interface WeightSource {
  /** The model's. */
  readonly name: string;
  readonly step: number;
  readonly manifest: ModelManifest;
  /** In the order of the manifest's weights. */
  readonly tensors: CheckpointManifest['tensors'];
  readonly blobs: Pick<VerifyingBlobs, 'stream' | 'read'>;
}

export const elementsOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** A blob's bytes; never all of them in memory. */
export async function* piecesOf({ blobs }: Pick<WeightSource, 'blobs'>, blob: string) {
  const reader = (await blobs.stream(blob)).body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel();
  }
}

/** As the body of an answer: the next piece is made when it is asked for, and none once the reader is gone. */
export function inPieces(pieces: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = pieces[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await iterator.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await iterator.return?.();
    },
  });
}
