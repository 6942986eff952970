/** Picture files to pixels, by their content: PNG, BMP and GIF here, JPEG by the native TensorFlow backend. */

import { extension, type ImportContext, invalid, type SourceFile, unsupported } from '../files/context.ts';
import { decodeBmp, looksLikeBmp } from './bmp.ts';
import { decodeGif, looksLikeGif } from './gif.ts';
import { MAX_PIXELS, type Picture } from './picture.ts';
import { decodePng, looksLikePng } from './png.ts';

export async function decodePicture(file: SourceFile, { tf }: ImportContext): Promise<Picture> {
  const bytes = await file.read();
  if (looksLikePng(bytes)) return decodePng(bytes, file.name);
  if (looksLikeGif(bytes)) return decodeGif(bytes, file.name);
  if (looksLikeBmp(bytes)) return decodeBmp(bytes, file.name);
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8)
    throw invalid(
      file.name,
      `not a PNG, JPEG, BMP or GIF picture, though it is named .${extension(file.name)}; convert it to PNG, or leave it out`,
    );
  const node = 'node' in tf ? tf.node : null;
  if (!isDecoder(node))
    throw unsupported(
      file.name,
      'JPEG needs the native TensorFlow backend, and this server runs on WebAssembly; convert the pictures to PNG, or ask its keeper to install the native backend (npm start says how)',
    );
  const size = jpegSize(bytes);
  if (!size || size.width * size.height > MAX_PIXELS)
    throw invalid(file.name, 'the JPEG picture has no valid size in its header');
  try {
    const tensor = node.decodeImage(bytes);
    const [height = 0, width = 0, channels = 0] = tensor.shape;
    const data = Uint8Array.from(tensor.dataSync());
    tensor.dispose();
    return { width, height, channels, data };
  } catch {
    throw invalid(file.name, 'the JPEG picture is damaged or cut off');
  }
}

interface Decoder {
  decodeImage(bytes: Uint8Array): { shape: number[]; dataSync(): ArrayLike<number>; dispose(): void };
}
function isDecoder(node: unknown): node is Decoder {
  return typeof node === 'object' && node !== null && 'decodeImage' in node;
}

/** From the start-of-frame marker (ITU T.81, B.2.2): known before the decoder allocates. */
function jpegSize(bytes: Buffer): { width: number; height: number } | null {
  for (let at = 2; at + 9 < bytes.length; ) {
    if (bytes[at] !== 0xff) return null;
    const marker = bytes[at + 1]!;
    const frame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (frame) return { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) };
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  return null;
}
