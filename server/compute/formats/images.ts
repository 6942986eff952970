/** Pictures in class folders, `[train|test/]CLASS/picture.png`, PNG or JPEG: the layout of most image data sets. */
import { extension, type ImportContext, invalid, type SourceFile, step, unsupported } from './context.ts';
import type { RawDataset, RawSplit } from './dataset.ts';
import { decodePng, looksLikePng, type Picture } from './png.ts';

export const PICTURE_EXTENSIONS = ['png', 'jpg', 'jpeg'];
const SPLITS: Record<string, string> = {
  train: 'train',
  training: 'train',
  val: 'validation',
  valid: 'validation',
  validation: 'validation',
  test: 'test',
  testing: 'test',
};
const MAX_BYTES = 2 ** 31;
const MAX_PIXELS = 64 * 2 ** 20;

interface Placed {
  readonly file: SourceFile;
  readonly split: string;
  readonly label: string | null;
}

/** Classes in the order of their names; pictures in the order of theirs, numbers by value (2.png before 10.png). */
export async function importImages(
  files: readonly SourceFile[],
  context: ImportContext,
): Promise<RawDataset> {
  const placed = place(files);
  const labelled = placed.every(({ label }) => label !== null);
  const order = new Intl.Collator('en', { numeric: true });
  const classes = labelled ? [...new Set(placed.map(({ label }) => label!))].sort(order.compare) : [];
  const splits: RawSplit[] = [];
  let first: { picture: Picture; file: string } | null = null;
  let done = 0;
  for (const name of ['train', 'validation', 'test', 'all']) {
    const own = placed
      .filter(({ split }) => split === name)
      .sort((a, b) => order.compare(a.file.name, b.file.name));
    if (own.length === 0) continue;
    let data: Uint8Array | null = null;
    const labels = new Int32Array(own.length);
    for (const [at, { file, label }] of own.entries()) {
      if (done % 64 === 0)
        step(context, (0.6 * done) / placed.length, `pictures ${done} of ${placed.length}`);
      const picture = withoutAlpha(await decodePicture(file, context));
      first ??= { picture, file: file.name };
      checkAlike(picture, file.name, first);
      data ??= reserve(own.length * picture.data.length, file.name);
      data.set(picture.data, at * picture.data.length);
      labels[at] = label === null ? 0 : classes.indexOf(label);
      done++;
    }
    const { width, height, channels } = first!.picture;
    splits.push({
      name,
      file: own[0]!.file.name,
      x: { shape: [own.length, height, width, channels], data: data!, type: 'uint8' },
      ...(labelled ? { y: labels } : {}),
    });
  }
  const warnings = labelled ? [] : ['The pictures are not in class folders, so they have no labels.'];
  return { splits, classes, warnings };
}

/** Reads the folders from the right: the last is the class, one above it may be the split. */
function place(files: readonly SourceFile[]): Placed[] {
  const paths = files.map((file) => ({ file, folders: file.name.split(/[\\/]/).slice(0, -1) }));
  const anySplit = paths.some(({ folders }) => folders.some((folder) => SPLITS[folder.toLowerCase()]));
  return paths.map(({ file, folders }) => {
    const at = folders.findIndex((folder) => SPLITS[folder.toLowerCase()]);
    const split = at < 0 ? (anySplit ? 'train' : 'all') : SPLITS[folders[at]!.toLowerCase()]!;
    const inner = at < 0 ? folders : folders.slice(at + 1);
    return { file, split, label: inner.at(-1) ?? null };
  });
}

async function decodePicture(file: SourceFile, { tf }: ImportContext): Promise<Picture> {
  const bytes = await file.read();
  if (looksLikePng(bytes)) return decodePng(bytes, file.name);
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8)
    throw invalid(file.name, `not a PNG or JPEG picture, though it is named .${extension(file.name)}`);
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

/** Transparency says how to draw over a background; models are given colours only. */
function withoutAlpha(picture: Picture): Picture {
  if (picture.channels !== 2 && picture.channels !== 4) return picture;
  const kept = picture.channels - 1;
  const pixels = picture.width * picture.height;
  const data = new Uint8Array(pixels * kept);
  for (let i = 0; i < pixels; i++)
    for (let c = 0; c < kept; c++) data[i * kept + c] = picture.data[i * picture.channels + c]!;
  return { ...picture, channels: kept, data };
}

function checkAlike(picture: Picture, file: string, first: { picture: Picture; file: string }): void {
  const say = ({ width, height, channels }: Picture) => `${width} x ${height} with ${channels} channels`;
  if (say(picture) !== say(first.picture))
    throw invalid(
      file,
      `the picture is ${say(picture)}, but ${first.file} is ${say(first.picture)}; bring all to one size and colour mode first`,
    );
}

function reserve(bytes: number, file: string): Uint8Array {
  if (bytes > MAX_BYTES)
    throw invalid(file, 'the pictures together exceed 2 GiB; make them smaller or fewer');
  return new Uint8Array(bytes);
}
