/**
 * The formats of models and of data, a row each. What reads the files of a row is server/compute/formats/models/NAME.ts
 * or server/compute/formats/data/NAME.ts; of files that could be of several formats, the first row takes them.
 */

interface FormatRow {
  /** What to send, in a sentence: "Send IDX (.gz), ...". */
  readonly send: string;
  /** What follows the last dot of its files' names, in lower case. */
  readonly endings: readonly string[];
  /** Names that tell it too, whatever they end in. */
  readonly names?: RegExp;
  /** Endings of files that are zips and are not to be opened as bundles of files. */
  readonly zips?: readonly string[];
}

export interface ModelFormatRow extends FormatRow {
  /** One file is a whole model: what was dropped with it is imported for itself. */
  readonly oneFile?: true;
}

export interface DataFormatRow extends FormatRow {
  /** Files of the same kind that cannot be read: that is said of them, instead of looking for another format. */
  readonly unread?: readonly string[];
  /** It looks at all files that were sent, whatever they are. */
  readonly takesAll?: true;
  /** Bytes that a byte of its files may come to while it is read; 4 where it is not given. */
  readonly expands?: number;
}

const MODELS = {
  huggingface: {
    send: 'a folder of transformers (config.json with model.safetensors)',
    endings: [],
    names: /^config\.json$/i,
  },
  keras: {
    send: 'a .keras or .h5 file',
    endings: ['keras', 'h5', 'hdf5'],
    zips: ['keras'],
    oneFile: true,
  },
  tfjs: {
    send: 'a TensorFlow.js model.json with its weight files (or a zip of them)',
    endings: [],
    names: /^model\.json$/i,
  },
  exported: { send: 'a .pt2 file of torch.export', endings: ['pt2'], zips: ['pt2'] },
  torch: {
    send: 'weights that PyTorch saved (.pt, .pth, .bin, .ckpt, model.safetensors)',
    endings: ['pt', 'pth', 'ckpt'],
    names: /^(pytorch|diffusion_pytorch)_model\.bin$|model[-\w]*\.safetensors$/i,
    zips: ['pt', 'pth', 'ckpt', 'bin'],
  },
  onnx: { send: 'an .onnx file (with its data files, where it has any)', endings: ['onnx'] },
} satisfies Readonly<Record<string, ModelFormatRow>>;

const DATA = {
  // `train-images-idx3-ubyte.gz`, `t10k-labels.idx1-ubyte`, `images.idx`
  idx: { send: 'IDX (.gz)', endings: [], names: /(^|[-._])(idx\d*|ubyte)([-._]|$)/i },
  npz: { send: '.npz, .npy', endings: ['npz', 'npy'], zips: ['npz'] },
  safetensors: { send: '.safetensors', endings: ['safetensors'] },
  images: {
    send: 'a zip of pictures in class folders',
    endings: ['png', 'jpg', 'jpeg', 'bmp', 'gif'],
    unread: ['webp', 'tif', 'tiff', 'avif', 'heic', 'svg', 'ppm', 'pgm', 'pbm', 'jp2', 'ico'],
    takesAll: true,
  },
  // A digit and a comma become float64 twice.
  csv: { send: '.csv', endings: ['csv', 'tsv'], expands: 16 },
} satisfies Readonly<Record<string, DataFormatRow>>;

export type ModelFormatName = keyof typeof MODELS;
export type DataFormatName = keyof typeof DATA;
export const MODEL_FORMATS: Readonly<Record<ModelFormatName, ModelFormatRow>> = MODELS;
export const DATA_FORMATS: Readonly<Record<DataFormatName, DataFormatRow>> = DATA;

const models: readonly ModelFormatRow[] = Object.values(MODEL_FORMATS);
const data: readonly DataFormatRow[] = Object.values(DATA_FORMATS);

/** For people, before they choose a file. */
export const MODELS_IN_WORDS = models.map(({ send }) => send).join(', or ');
export const DATA_IN_WORDS = data.map(({ send }) => send).join(', ');
export const FORMATS_IN_WORDS = `Models: ${MODELS_IN_WORDS}. Data: ${DATA_IN_WORDS}.`;

/** The name of a file without its folders, which may be written in either way. */
export function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}

/** Lower-case text after the last dot of the file's name, '' without one. */
export function extension(path: string): string {
  const name = baseName(path);
  const dot = name.lastIndexOf('.');
  return dot < 0 ? '' : name.slice(dot + 1).toLowerCase();
}

const isOf = (row: FormatRow, path: string): boolean =>
  row.endings.includes(extension(path)) || (row.names?.test(baseName(path)) ?? false);

/** Whether the name is that of a model's file: of the format, or of any. */
export function isModel(path: string, row?: ModelFormatRow): boolean {
  return (row ? [row] : models).some((each) => isOf(each, path));
}

/** Whether the name is that of a file of data, be it that it cannot be read: of the format, or of any. */
export function isData(path: string, row?: DataFormatRow): boolean {
  return (row ? [row] : data).some(
    (each) => isOf(each, path) || (each.unread?.includes(extension(path)) ?? false),
  );
}

/** A file that is imported for itself, whatever was dropped with it: a whole model, or a zip. */
export function isOneImport(path: string): boolean {
  return extension(path) === 'zip' || models.some((row) => row.oneFile && isOf(row, path));
}

/** A zip that is one artefact, not a bundle of files: its own format opens it. */
export function isOwnZip(path: string): boolean {
  return [...models, ...data].some((row) => row.zips?.includes(extension(path)) ?? false);
}
