/**
 * Files of torch.save: since version 1.6 a zip of one pickle and a file per storage, before that pickles one after another
 * with the storages behind them (torch/serialization.py).
 */
import { invalid, type SourceFile, unsupported } from '../files/context.ts';
import { widthOf } from '../files/number-types.ts';
import { looksLikeZip, openZip } from '../files/zip.ts';
import { readPickle } from './pickle.ts';
import {
  PickleDict,
  PickleGlobal,
  PickleList,
  PickleStorage,
  type PickleValue,
  storageType,
  type TorchType,
} from './pickle-values.ts';

export interface TorchFile {
  readonly file: string;
  readonly value: PickleValue;
  readonly little: boolean;
  /** It holds a program in TorchScript beside its objects. */
  readonly script: boolean;
  /** Bytes of the storage of a key. Throws UserError where it is not there. */
  storage(key: string): Promise<Buffer>;
  close(): void;
}

/** Null where the bytes are not of torch.save. */
export async function openTorch(file: SourceFile): Promise<TorchFile | null> {
  const bytes = await file.read();
  if (looksLikeZip(bytes)) {
    const archive = await openZip(bytes, file.name);
    try {
      const opened = await openEntries(archive.files, file.name, archive.close);
      if (!opened) archive.close();
      return opened;
    } catch (error) {
      archive.close();
      throw error;
    }
  }
  return isLegacy(bytes) ? openLegacy(bytes, file.name) : null;
}

/** The entries of such a zip: `name/data.pkl`, `name/data/0`. */
export async function openEntries(
  files: readonly SourceFile[],
  name: string,
  close: () => void = () => undefined,
): Promise<TorchFile | null> {
  const pickle = files.find((each) => /(^|\/)data\.pkl$/.test(each.name));
  if (!pickle) return null;
  const root = pickle.name.slice(0, -'data.pkl'.length);
  const entries = new Map(files.map((each) => [each.name, each]));
  const order = (await entries.get(`${root}byteorder`)?.read())?.toString('latin1');
  const { value } = readPickle(await pickle.read(), name, (id) => storageOf(id, name));
  return {
    ...{ file: name, value, little: order !== 'big', close },
    script: files.some(
      (each) => each.name.startsWith(`${root}code/`) || each.name === `${root}constants.pkl`,
    ),
    storage: async (key) => {
      const entry = entries.get(`${root}data/${key}`);
      if (!entry)
        throw invalid(name, `the numbers of one of its tensors (data/${key}) are missing; save it again`);
      return await entry.read();
    },
  };
}

/** 0x1950a86a20f9469cfc6c as a pickle of protocol 2. */
const MAGIC = Buffer.from('80028a0a6cfc9c46f9206aa850192e', 'hex');

const isLegacy = (bytes: Buffer) => bytes.subarray(0, MAGIC.length).equals(MAGIC);

function openLegacy(bytes: Buffer, name: string): TorchFile {
  const none = (): never => {
    throw invalid(name, 'its head is damaged; save it again');
  };
  const version = readPickle(bytes, name, none, MAGIC.length);
  const system = readPickle(bytes, name, none, version.end);
  /** Bytes of a number of each storage. */
  const widths = new Map<string, number>();
  const { value, end } = readPickle(
    bytes,
    name,
    (id) => {
      const storage = storageOf(id, name);
      widths.set(storage.key, widthOfType(storage.type, name));
      return storage;
    },
    system.end,
  );
  const keys = readPickle(bytes, name, none, end);
  const little = !(system.value instanceof PickleDict) || system.value.get('little_endian') !== false;
  const listed = keys.value instanceof PickleList ? keys.value.items : [];
  const places = new Map<string, Buffer>();
  let at = keys.end;
  for (const key of listed) {
    if (typeof key !== 'string') none();
    if (at + 8 > bytes.length) throw cutOff(name);
    const count = little ? bytes.readBigInt64LE(at) : bytes.readBigInt64BE(at);
    const size = Number(count) * (widths.get(String(key)) ?? 1);
    at += 8;
    if (!Number.isSafeInteger(size) || size < 0 || at + size > bytes.length) throw cutOff(name);
    places.set(String(key), bytes.subarray(at, at + size));
    at += size;
  }
  return {
    ...{ file: name, value, little, script: false, close: () => undefined },
    storage: async (key) => places.get(key) ?? none(),
  };
}

function widthOfType(type: TorchType | null, name: string): number {
  if (type === null) return 1;
  if (typeof type === 'string') return widthOf(type);
  throw unsupported(
    name,
    `it holds numbers of the type ${type.unread}, which is not known; save it with a later version of PyTorch`,
  );
}

const cutOff = (name: string) =>
  invalid(name, 'the numbers of its tensors end before they should; copy or download the file again');

/** `('storage', torch.FloatStorage, '0', 'cpu', 6)`, before version 1.6 with the part of it that is meant. */
function storageOf(id: PickleValue, name: string): PickleStorage {
  const [kind, type, key, , count, view] = id instanceof PickleList ? id.items : [];
  if (kind !== 'storage' || typeof count !== 'number' || (typeof key !== 'string' && typeof key !== 'number'))
    throw unsupported(
      name,
      'it refers to what is no storage of tensors; save the state_dict of the model: torch.save(model.state_dict(), "model.pt")',
    );
  const start = view instanceof PickleList && typeof view.items[1] === 'number' ? view.items[1] : 0;
  const typed = type instanceof PickleGlobal ? storageType(type.name) : null;
  return new PickleStorage(String(key), typed, count, start);
}
