/** NumPy's array file (NEP 1; numpy.lib.format): magic, version, a Python literal as header, then the numbers. */
import { z } from 'zod';
import { elementsOf, invalid, unsupported } from './context.ts';
import { decodeText } from './encoding.ts';
import { type ArrayData, decodeNumbers, NUMBER_TYPES, type NumberType, widthOf } from './number-types.ts';
import type { NumberArray, TextArray } from './numbers.ts';

const headerSchema = z.object({
  descr: z.string(),
  fortran: z.enum(['True', 'False']),
  shape: z.array(z.number()),
});
const MAX_HEADER = 65_536;

/** An array of numbers, or of texts (NumPy's `<U5` and `S5`), as labels may be. */
export function decodeNpy(bytes: Buffer, file: string): NumberArray | TextArray {
  if (bytes.length < 10 || bytes.toString('latin1', 0, 6) !== '\x93NUMPY')
    throw invalid(file, 'not a NumPy array: it does not begin with \\x93NUMPY; write it with numpy.save');
  const major = bytes[6]!;
  const wide = major >= 2;
  if (major < 1 || major > 3) throw unsupported(file, `NumPy format version ${major} is not known`);
  if (wide && bytes.length < 12) throw invalid(file, 'the file ends within its header');
  const size = wide ? bytes.readUInt32LE(8) : bytes.readUInt16LE(8);
  const start = (wide ? 12 : 10) + size;
  if (size > MAX_HEADER || start > bytes.length)
    throw invalid(file, `the header says it is ${size} bytes long; the file has ${bytes.length}`);
  const { descr, fortran, shape } = parseHeader(bytes.toString('latin1', wide ? 12 : 10, start), file);
  const count = elementsOf(shape, file, 'the array');
  const kind = kindOf(descr, file);
  const width = typeof kind === 'string' ? widthOf(kind) : kind.bytes;
  if (bytes.length - start !== count * width)
    throw invalid(
      file,
      `the array [${shape.join(', ')}] of ${descr} needs ${count * width} bytes, found ${bytes.length - start}`,
    );
  const raw = bytes.subarray(start);
  const little = descr[0] !== '>';
  const columns = fortran === 'True' && shape.length > 1;
  if (typeof kind !== 'string') {
    const texts = textsIn(raw, count, kind, little);
    return { shape, texts: columns ? inOrder(texts, shape, new Array<string>(count)) : texts };
  }
  const data = decodeNumbers(raw, count, kind, little, file);
  return { shape, type: kind, data: columns ? inOrder(data, shape, data.slice()) : data };
}

function parseHeader(text: string, file: string): z.infer<typeof headerSchema> {
  const shape = /'shape'\s*:\s*\(([\d\s,L]*)\)/.exec(text)?.[1];
  const parsed = headerSchema.safeParse({
    descr: /'descr'\s*:\s*'([^']*)'/.exec(text)?.[1],
    fortran: /'fortran_order'\s*:\s*(True|False)/.exec(text)?.[1],
    shape: shape
      ?.split(',')
      .map((part) => part.trim().replace(/L$/, ''))
      .filter((part) => part !== '')
      .map(Number),
  });
  if (parsed.success) return parsed.data;
  if (/'descr'\s*:\s*\[/.test(text))
    throw unsupported(file, 'the array has named fields; save each field as its own array');
  throw invalid(file, 'the header is not that of a NumPy array (descr, fortran_order, shape)');
}

/** Width in bytes of each text, and whether its letters are UTF-32 (`U`) or bytes (`S`). */
interface TextKind {
  readonly bytes: number;
  readonly wide: boolean;
}

function kindOf(descr: string, file: string): NumberType | TextKind {
  if (/O/.test(descr))
    throw unsupported(
      file,
      'the array holds Python objects (pickle), which are never loaded; save it with a number type, or texts with astype(str)',
    );
  const [, letter = '', digits = ''] = /^[<>|=]([a-zA-Z?])(\d*)$/.exec(descr) ?? [];
  const bytes = Number(digits);
  if (letter === 'U' || letter === 'S')
    return { bytes: letter === 'U' ? 4 * bytes : bytes, wide: letter === 'U' };
  const kinds: Record<string, string> = { i: 'int', u: 'uint', f: 'float' };
  const name = letter === '?' || (letter === 'b' && bytes === 1) ? 'bool' : `${kinds[letter]}${8 * bytes}`;
  const known = NUMBER_TYPES.find((type) => type === name);
  if (!known)
    throw unsupported(file, `the number type ${descr} is not known; save it as uint8, int32 or float32`);
  return known;
}

/** Texts of one width, padded with zeros. */
function textsIn(raw: Buffer, count: number, { bytes, wide }: TextKind, little: boolean): string[] {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  return Array.from({ length: count }, (_, i) => {
    if (!wide) return withoutPadding(decodeText(raw.subarray(i * bytes, (i + 1) * bytes)).text);
    let text = '';
    for (let at = i * bytes; at < (i + 1) * bytes; at += 4) {
      const code = view.getUint32(at, little);
      text += String.fromCodePoint(code > 0x10ffff ? 0xfffd : code);
    }
    return withoutPadding(text);
  });
}

/** Not by a regular expression: one tries each zero of the text as the first of the last ones, in quadratic time. */
function withoutPadding(text: string): string {
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) === 0) end--;
  return text.slice(0, end);
}

/** From first axis fastest to last axis fastest, into `out`. */
function inOrder<T extends ArrayData | string[]>(data: T, shape: readonly number[], out: T): T {
  const strides: number[] = [];
  let stride = 1;
  for (const size of shape) {
    strides.push(stride);
    stride *= size;
  }
  const index = new Array<number>(shape.length).fill(0);
  for (let to = 0; to < data.length; to++) {
    out[to] = data[index.reduce((sum, value, axis) => sum + value * strides[axis]!, 0)]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis]!++;
      if (index[axis]! < shape[axis]!) break;
      index[axis] = 0;
    }
  }
  return out;
}
