/** NumPy arrays as data sets: a single .npy, or an .npz (a zip of them) with x_train, y_train, x_test, y_test or x, y. */
import { baseName, extension, invalid, type SourceFile, unsupported } from './context.ts';
import type { RawDataset, RawSplit } from './dataset.ts';
import { decodeNpy, type NumberArray } from './npy.ts';
import { openZip } from './zip.ts';

export async function importNumpy(files: readonly SourceFile[]): Promise<RawDataset> {
  const arrays = new Map<string, { file: string; array: NumberArray }>();
  for (const file of files)
    if (extension(file.name) === 'npz') await readNpz(file, arrays);
    else add(arrays, file.name, file.name, await file.read());
  const names = [...arrays.keys()];
  const from = files[0]!.name;
  const only = names.length === 1 ? arrays.get(names[0]!) : undefined;
  if (only) return { splits: [{ name: 'all', file: only.file, x: only.array }] };
  const splits: RawSplit[] = [];
  for (const [split, words] of Object.entries(SPLITS)) {
    const x = find(arrays, words, X);
    if (!x) continue;
    const y = find(arrays, words, Y);
    splits.push({ name: split, file: x.file, x: x.array, ...(y ? { y: labelsOf(y.array, y.file) } : {}) });
  }
  if (splits.length === 0)
    throw invalid(
      from,
      `no array is named x_train, x_test or x; found ${names.slice(0, 8).join(', ') || 'none'}. Save with numpy.savez(file, x_train=..., y_train=..., x_test=..., y_test=...)`,
    );
  return { splits };
}

const X = ['x', 'data', 'images', 'features', 'inputs'];
const Y = ['y', 'labels', 'label', 'target', 'targets', 'classes'];
const SPLITS: Record<string, readonly string[]> = {
  train: ['train', 'training'],
  validation: ['val', 'valid', 'validation'],
  test: ['test'],
  all: [''],
};

function find(
  arrays: ReadonlyMap<string, { file: string; array: NumberArray }>,
  split: readonly string[],
  roles: readonly string[],
) {
  for (const word of split)
    for (const role of roles)
      for (const key of word === '' ? [role] : [`${role}_${word}`, `${word}_${role}`]) {
        const found = arrays.get(key);
        if (found) return found;
      }
  return undefined;
}

async function readNpz(
  file: SourceFile,
  arrays: Map<string, { file: string; array: NumberArray }>,
): Promise<void> {
  const archive = await openZip(await file.read(), file.name);
  try {
    for (const entry of archive.files)
      if (extension(entry.name) === 'npy')
        add(arrays, entry.name, `${file.name}/${entry.name}`, await entry.read());
  } finally {
    archive.close();
  }
}

function add(
  arrays: Map<string, { file: string; array: NumberArray }>,
  name: string,
  file: string,
  bytes: Buffer,
): void {
  const key = baseName(name)
    .replace(/\.npy$/i, '')
    .toLowerCase();
  if (arrays.has(key)) throw invalid(file, `a second array is named ${key}`);
  arrays.set(key, { file, array: decodeNpy(bytes, file) });
}

/** (n), (n, 1) whole numbers, or (n, classes) one-hot. */
function labelsOf({ shape, data }: NumberArray, file: string): Int32Array {
  const [n = 0, width = 1] = shape;
  if (shape.length > 2)
    throw invalid(file, `labels must be (n) or (n, classes), found [${shape.join(', ')}]`);
  if (width === 1) {
    const at = data.findIndex((value) => !Number.isInteger(value));
    if (at >= 0)
      throw unsupported(
        file,
        `label ${at} is ${data[at]}: labels must be whole class numbers; regression is not known yet`,
      );
    return Int32Array.from(data);
  }
  return Int32Array.from({ length: n }, (_, i) => {
    const row = data.subarray(i * width, (i + 1) * width);
    const hot = row.indexOf(1);
    if (hot < 0 || row.some((value, j) => value !== (j === hot ? 1 : 0)))
      throw invalid(file, `row ${i} of the labels is not one-hot (a single 1 among zeros)`);
    return hot;
  });
}
