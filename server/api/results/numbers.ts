/** A result's numbers as they are sent: files of earlier versions with the names of tensors that the newest one has. */
import { headerBytes, withNamesOfOther } from '../../../core/result/index.ts';
import type { ResultRow } from '../../store/contract.ts';
import type { App } from '../app/app.ts';
import { noteUse } from '../app/use.ts';

/** A small result's safetensors file. */
export async function numbersOf(app: App, result: ResultRow): Promise<Uint8Array<ArrayBuffer>> {
  await noteUse(app.store, result);
  const bytes = await app.store.blobs.read(result.blob);
  return Uint8Array.from(result.meta.other ? withNamesOfOther(bytes) : bytes);
}

/** The file as a stream, and how many bytes it has. */
export async function numbersStream(
  app: App,
  result: ResultRow,
): Promise<{ readonly bytes: number; readonly body: ReadableStream<Uint8Array> }> {
  const { bytes, body } = await app.store.blobs.stream(result.blob);
  return { bytes, body: result.meta.other ? body.pipeThrough(renaming()) : body };
}

/** Holds back what comes until the whole header is there; a file that ends before is passed on as it is. */
function renaming(): TransformStream<Uint8Array, Uint8Array> {
  let head: Uint8Array | null = new Uint8Array();
  return new TransformStream({
    transform(chunk, controller) {
      if (head === null) {
        controller.enqueue(chunk);
        return;
      }
      head = Buffer.concat([head, chunk]);
      if (!(head.byteLength >= headerBytes(head))) return;
      controller.enqueue(withNamesOfOther(head));
      head = null;
    },
    flush(controller) {
      if (head !== null) controller.enqueue(head);
    },
  });
}
