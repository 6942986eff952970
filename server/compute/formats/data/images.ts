/** Pictures in class folders: the layout of most image data sets. What is not read is said, and changes no class index. */

import { DATA_FORMATS } from '../../../../core/formats/index.ts';
import type { RawDataset, RawSplit } from '../datasets/dataset.ts';
import { isHidden, type SortedFile, sortByFolder } from '../datasets/folders.ts';
import { orderNotes } from '../datasets/labels.ts';
import {
  extension,
  type ImportContext,
  invalid,
  type SourceFile,
  step,
  unsupported,
} from '../files/context.ts';
import { counted, listed } from '../files/numbers.ts';
import type { DataFormat } from '../format.ts';
import { decodePicture } from '../pictures/decode.ts';
import type { Picture } from '../pictures/picture.ts';

const { endings: READ, unread: UNREAD = [] } = DATA_FORMATS.images;
const MAX_BYTES = 2 ** 31;

/** `folders` are those of the archives, also the empty ones, which are classes too. */
export const format: DataFormat = { read: importImages };

async function importImages(
  files: readonly SourceFile[],
  folders: readonly string[],
  context: ImportContext,
): Promise<RawDataset> {
  const shown = files.filter(({ name }) => !name.split(/[\\/]/).some(isHidden));
  const readable = shown.filter(({ name }) => READ.includes(extension(name)));
  const known = new Set(readable);
  if (readable.length === 0) {
    const found = shown.filter(({ name }) => UNREAD.includes(extension(name)));
    throw unsupported(
      found[0]?.name ?? files[0]!.name,
      `${kindsOf(found)} pictures are not read (${found.length} files); convert them to PNG`,
    );
  }
  const { files: placed, classes, notes } = sortByFolder(shown, folders, (file) => known.has(file));
  const warnings = [...notes, ...leftOut(shown.filter((file) => !known.has(file)))];
  const labelled = classes.length > 0;
  const kept = labelled ? placed.filter(({ label }) => label !== null) : placed;
  if (!labelled) warnings.push('The pictures are not in class folders, so they have no labels.');
  else warnings.push(...folderNotes(placed, kept, classes));
  const stack = new Stack();
  const splits: { name: string; file: string; y: Int32Array; from: number; count: number }[] = [];
  for (const name of ['train', 'validation', 'test', 'all']) {
    const own = kept.filter(({ split }) => split === name);
    if (own.length === 0) continue;
    splits.push({
      ...{ name, file: own[0]!.file.name, from: stack.count, count: own.length },
      y: Int32Array.from(own, ({ label }) => classes.indexOf(label ?? '')),
    });
    stack.reserve(own.length);
    for (const { file } of own) {
      if (stack.count % 64 === 0)
        step(context, (0.6 * stack.count) / kept.length, `pictures ${stack.count} of ${kept.length}`);
      stack.add(await decodePicture(file, context), file.name);
    }
  }
  warnings.push(...stack.notes());
  return {
    classes,
    warnings,
    splits: splits.map(
      ({ name, file, y }, at): RawSplit => ({
        ...{ name, file, x: { shape: stack.shape(at), data: stack.data(at), type: 'uint8' } },
        ...(labelled ? { y } : {}),
      }),
    ),
  };
}

/** What kinds of files there are: "WebP and TIFF". */
function kindsOf(files: readonly SourceFile[]): string {
  const names: Record<string, string> = { webp: 'WebP', tif: 'TIFF', tiff: 'TIFF' };
  return listed([
    ...new Set(files.map(({ name }) => names[extension(name)] ?? extension(name).toUpperCase())),
  ]);
}

function leftOut(rest: readonly SourceFile[]): string[] {
  const pictures = rest.filter(({ name }) => UNREAD.includes(extension(name)));
  const others = rest.filter(({ name }) => !UNREAD.includes(extension(name)));
  const say = (list: readonly SourceFile[], one: string, many: string) =>
    list.length === 0
      ? []
      : [`Left out ${counted(list.length, one, many)}: ${listed(list.map(({ name }) => name))}.`];
  const kinds = kindsOf(pictures);
  return [
    ...say(
      pictures,
      `${kinds} picture, which is not read (convert it to PNG)`,
      `${kinds} pictures, which are not read (convert them to PNG)`,
    ),
    ...say(others, 'file that is no picture', 'files that are no pictures'),
  ];
}

function folderNotes(
  placed: readonly SortedFile[],
  kept: readonly SortedFile[],
  classes: readonly string[],
): string[] {
  const notes: string[] = [];
  const outside = placed.filter(({ label }) => label === null);
  if (outside.length > 0)
    notes.push(
      `Left out ${counted(outside.length, 'picture that lies', 'pictures that lie')} in no class folder: ${listed(outside.map(({ file }) => file.name))}.`,
    );
  const filled = new Set(kept.map(({ label }) => label));
  const empty = classes.filter((name) => !filled.has(name));
  if (empty.length > 0)
    notes.push(
      `${empty.length === 1 ? 'The class folder' : 'The class folders'} ${listed(empty)} ${empty.length === 1 ? 'holds' : 'hold'} no picture that is read; a folder is a class all the same, as in Keras, so that the others keep their index.`,
    );
  if (classes.length === 1)
    notes.push(
      `All pictures lie in one class folder, ${classes[0]}: there is one class only, so no question about telling classes apart says anything.`,
    );
  return [...notes, ...orderNotes(classes)];
}

/** Pictures of one size, split by split: grey as long as all are grey, else RGB. */
class Stack {
  #first: { picture: Picture; file: string } | null = null;
  #channels = 1;
  #sizes: number[] = [];
  #parts: Uint8Array[] = [];
  #filled = 0;
  count = 0;
  #grey = 0;
  #transparent: string[] = [];
  #moving: string[] = [];
  #deep: string[] = [];
  #recoloured: string[] = [];

  /** The next pictures are a split of this many. */
  reserve(size: number): void {
    this.#sizes.push(size);
    this.#filled = 0;
  }

  add(decoded: Picture, file: string): void {
    if (decoded.frames) this.#moving.push(file);
    if (decoded.deep) this.#deep.push(file);
    if (decoded.recoloured) this.#recoloured.push(file);
    if (isTransparent(decoded)) this.#transparent.push(file);
    const picture = withoutAlpha(decoded);
    this.#first ??= { picture, file };
    checkAlike(picture, file, this.#first);
    if (picture.channels === 1) this.#grey++;
    const pixels = picture.width * picture.height;
    const split = this.#sizes.length - 1;
    if (picture.channels > this.#channels) {
      this.#channels = picture.channels;
      this.#parts = this.#parts.map((part) => repeated(part, picture.channels));
    }
    if (this.#parts.length <= split)
      this.#parts.push(reserve(this.#sizes[split]! * pixels * this.#channels, file));
    const data = picture.channels === this.#channels ? picture.data : repeated(picture.data, this.#channels);
    this.#parts[split]!.set(data, this.#filled * data.length);
    this.#filled++;
    this.count++;
  }

  shape(split: number): number[] {
    const { width, height } = this.#first!.picture;
    return [this.#sizes[split]!, height, width, this.#channels];
  }

  data(split: number): Uint8Array {
    return this.#parts[split]!;
  }

  notes(): string[] {
    const notes: string[] = [];
    const some = (files: readonly string[]) => `${files.length} (${listed(files)})`;
    if (this.#channels === 1)
      notes.push(
        "All pictures are grey and have 1 channel. A model trained with Keras' image_dataset_from_directory has 3 equal ones, unless color_mode was 'grayscale'.",
      );
    else if (this.#grey > 0)
      notes.push(
        `${this.#grey} of ${this.count} pictures are grey; they are read with 3 equal channels, as in Keras.`,
      );
    if (this.#transparent.length > 0)
      notes.push(
        `Transparency is left out, as in Keras, of ${some(this.#transparent)}: the colours are kept.`,
      );
    if (this.#moving.length > 0)
      notes.push(`Of moving pictures the first frame is read: ${some(this.#moving)}.`);
    if (this.#deep.length > 0)
      notes.push(`Samples of 16 bits are cut to their upper 8, as in Keras, in ${some(this.#deep)}.`);
    if (this.#recoloured.length > 0)
      notes.push(
        `The colours of a BMP's palette are read, as Pillow does, in ${some(this.#recoloured)}; TensorFlow and Keras read their places in the palette as greys.`,
      );
    return notes;
  }
}

const isTransparent = ({ channels, data }: Picture): boolean =>
  channels % 2 === 0 && data.some((value, i) => i % channels === channels - 1 && value < 255);

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

/** Grey as equal channels. */
function repeated(grey: Uint8Array, channels: number): Uint8Array {
  const out = new Uint8Array(grey.length * channels);
  for (let i = 0; i < grey.length; i++) out.fill(grey[i]!, i * channels, (i + 1) * channels);
  return out;
}

function checkAlike(picture: Picture, file: string, first: { picture: Picture; file: string }): void {
  const say = ({ width, height }: Picture) => `${width} x ${height}`;
  if (say(picture) !== say(first.picture))
    throw invalid(
      file,
      `the picture is ${say(picture)} pixels, but ${first.file} is ${say(first.picture)}; bring all to one size first (Keras resizes them to its image_size when it loads them)`,
    );
}

function reserve(bytes: number, file: string): Uint8Array {
  if (bytes > MAX_BYTES)
    throw invalid(file, 'the pictures together exceed 2 GiB; make them smaller or fewer');
  return new Uint8Array(bytes);
}
