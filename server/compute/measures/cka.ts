/**
 * Linear centred kernel alignment of many representations of the same examples (Kornblith, Norouzi, Lee & Hinton 2019,
 * "Similarity of Neural Network Representations Revisited", ICML, eq. 5): |Y'X|^2 / (|X'X| |Y'Y|) in Frobenius norms,
 * X and Y centred, which is <K, L> / (|K| |L|) of their Gram matrices.
 */
import { setImmediate } from 'node:timers/promises';
import type { Tensor2D } from '@tensorflow/tfjs';
import type { ModelManifest } from '../../../core/artifacts/index.ts';
import type { Examples } from '../data/examples.ts';
import { checkCancelled, forEachBatch, type Pace } from '../inference/forward.ts';
import type { LoadedModel } from '../network/model.ts';
import { centreColumns } from '../numerics/linear/centre.ts';

/** Layers of one model on the examples. */
export interface LayerGroup {
  readonly manifest: ModelManifest;
  readonly examples: Examples;
  readonly layers: readonly { readonly name: string; readonly features: number }[];
  load(): Promise<LoadedModel>;
}

export interface Alignment {
  /** (representations, representations), groups after one another; NaN where one does not vary or is not finite. */
  readonly values: Float64Array;
  readonly size: number;
  /** Representations that are the same for all examples. */
  readonly constant: readonly number[];
  /** Representations with a value that is not finite. */
  readonly broken: readonly BrokenRepresentation[];
}

export interface BrokenRepresentation {
  readonly representation: number;
  /** Examples with such a value, at least, and the first of them. */
  readonly examples: number;
  readonly first: number;
}

/** Numbers of one pass over the examples that are held at once, 256 MiB. */
const PASS_NUMBERS = 2 ** 26;
/** Numbers of all Gram matrices together, 512 MiB. */
const GRAM_NUMBERS = 2 ** 27;
/** Numbers that all passes together may make, unless that left fewer than LEAST_EXAMPLES. */
const ALL_NUMBERS = 2 ** 30;
const LEAST_EXAMPLES = 256;
const MOST_EXAMPLES = 2000;

/** How many examples can be compared. `features` of every representation. */
export function mostExamples(features: readonly number[]): number {
  const grams = Math.floor(Math.sqrt(GRAM_NUMBERS / Math.max(1, features.length)));
  const passes = Math.floor(ALL_NUMBERS / Math.max(1, sum(features)));
  return Math.max(2, Math.min(MOST_EXAMPLES, grams, Math.max(LEAST_EXAMPLES, passes)));
}

/** Peak bytes: products, what one pass holds, and of its widest layer a copy in float64, one to scale, and its transpose. */
export function alignmentBytes(features: readonly number[], n: number): number {
  const total = sum(features);
  const kept = total <= n ? 3 * n * total : (features.length + 1) * n * n;
  const held = (width: number): number => Math.min(PASS_NUMBERS, n * width);
  return 4 * (kept + held(total) + 5 * held(Math.max(0, ...features)));
}

/** All groups have as many examples, the same ones in the same order; `numbers` of one pass are held at once. Leaves no tensor behind. */
export async function linearCka(
  pace: Pace,
  groups: readonly LayerGroup[],
  numbers = PASS_NUMBERS,
): Promise<Alignment> {
  const n = groups[0]?.examples.indices.length ?? 0;
  const features = groups.flatMap((g) => g.layers.map((l) => l.features));
  // The products of all features with each other are smaller than those of all examples, or the other way round.
  const products = sum(features) <= n ? new Columns(pace, n) : new Grams(pace, n);
  const broken = new Map<number, BrokenRepresentation>();
  const passes = groups.map((group) => passesOf(group, n, numbers));
  const count = sum(passes.map((p) => p.length));
  let first = 0;
  let done = 0;
  for (const [g, group] of groups.entries()) {
    for (const pass of passes[g] ?? []) {
      const before = done / count;
      const scaled = {
        ...pace,
        progress: (share: number, note: string) => pace.progress(0.8 * (before + share / count), note),
      };
      for (const [layer, rows, width] of await collect(scaled, group, pass, n)) {
        const representation = first + layer;
        const lost = brokenRows(rows, n, width);
        const known = broken.get(representation);
        if (lost.length > 0)
          broken.set(representation, {
            representation,
            examples: Math.max(known?.examples ?? 0, lost.length),
            first: Math.min(known?.first ?? n, lost[0]!),
          });
        else products.add(representation, centreColumns(rows, n, width), width);
        await setImmediate();
        checkCancelled(pace.signal);
      }
      done++;
    }
    first += group.layers.length;
  }
  const inner = await products.inner(first);
  const { values, constant } = aligned(inner, first, broken);
  return { values, constant, size: first, broken: [...broken.values()] };
}

interface Piece {
  /** Place of the layer in its group. */
  readonly layer: number;
  readonly from: number;
  /** Null: to the end. */
  readonly to: number | null;
}

/** Pieces of layers that are held at once; one that is too wide for that is cut into several passes. */
function passesOf({ layers }: LayerGroup, n: number, numbers: number): Piece[][] {
  const most = Math.max(1, Math.floor(numbers / n));
  const passes: Piece[][] = [];
  let pass: Piece[] = [];
  let width = 0;
  const close = () => {
    if (pass.length > 0) passes.push(pass);
    [pass, width] = [[], 0];
  };
  layers.forEach(({ features }, layer) => {
    if (features > most) {
      close();
      for (let from = 0; from < features; from += most)
        passes.push([{ layer, from, to: from + most >= features ? null : from + most }]);
      return;
    }
    if (width + features > most) close();
    pass.push({ layer, from: 0, to: null });
    width += features;
  });
  close();
  return passes;
}

type Collected = [layer: number, rows: Float32Array, width: number];

async function collect(
  pace: Pace,
  group: LayerGroup,
  pass: readonly Piece[],
  n: number,
): Promise<Collected[]> {
  const { tf } = pace;
  const found: Collected[] = [];
  const names = pass.map(({ layer }) => group.layers[layer]?.name ?? '');
  await forEachBatch(
    pace,
    group.manifest,
    await group.load(),
    group.examples,
    names,
    ({ outputs, from, to }) => {
      pass.forEach(({ layer, from: first, to: last }, p) => {
        const all = tf.reshape(outputs[p]!, [to - from, outputs[p]!.size / (to - from)]);
        const end = last ?? all.shape[1] ?? 0;
        const part = first === 0 && last === null ? all : tf.slice(all, [0, first], [to - from, end - first]);
        const width = end - first;
        found[p] ??= [layer, new Float32Array(n * width), width];
        found[p][1].set(part.dataSync(), from * width);
      });
    },
  );
  return found;
}

/** Sums of products of every representation with every other: inner(i, j) = |X_i' X_j|^2. */
interface Products {
  /** More centred features (n, width) of a representation. */
  add(representation: number, centred: Float64Array, width: number): void;
  inner(count: number): Promise<Float64Array>;
}

/** Of many features: the Gram matrix of each representation, (n, n). */
class Grams implements Products {
  private readonly grams: (Float32Array | undefined)[] = [];
  private readonly scales: number[] = [];
  constructor(
    private readonly pace: Pace,
    private readonly n: number,
  ) {}

  add(at: number, centred: Float64Array, width: number): void {
    const { tf } = this.pace;
    const own = scaleOf(centred);
    if (own === 0) return;
    // Of a representation that comes in pieces, the widest sets the scale, and what came before is brought to it.
    const known = this.scales[at] ?? own;
    const scale = Math.min(known, own);
    this.scales[at] = scale;
    const gram = numbersOf(
      tf.tidy(() => timesItsTranspose(tf, tf.tensor2d(scaledBy(centred, scale), [this.n, width]))),
    );
    const before = this.grams[at];
    const factor = (scale / known) ** 2;
    if (before) for (let i = 0; i < gram.length; i++) before[i] = before[i]! * factor + gram[i]!;
    else this.grams[at] = gram;
  }

  /** In float64, and outside of TensorFlow: there a part of a large tensor may cost a copy of it. */
  async inner(count: number): Promise<Float64Array> {
    const { signal, progress } = this.pace;
    const { n } = this;
    const sums = new Float64Array(count * count);
    for (let row = 0; row < n; row++) {
      for (let a = 0; a < count; a++)
        for (let b = a; b < count; b++) {
          const [one, other] = [this.grams[a], this.grams[b]];
          // A Gram matrix is symmetric: what lies right of the diagonal counts twice.
          if (one && other) sums[a * count + b]! += symmetricRow(one, other, row, n);
        }
      if (row % 64 === 63) {
        progress(0.8 + (0.2 * row) / n, 'similarity');
        await setImmediate();
        checkCancelled(signal);
      }
    }
    for (let a = 0; a < count; a++) for (let b = 0; b < a; b++) sums[a * count + b] = sums[b * count + a]!;
    return sums;
  }
}

/** Products of two symmetric matrices (n, n) in a row, from the diagonal on; those beside it count twice. */
function symmetricRow(a: Float32Array, b: Float32Array, row: number, n: number): number {
  const end = (row + 1) * n;
  const start = row * n + row;
  let p = 0;
  let q = 0;
  let r = 0;
  let s = 0;
  let at = start + 1;
  for (; at + 3 < end; at += 4) {
    p += a[at]! * b[at]!;
    q += a[at + 1]! * b[at + 1]!;
    r += a[at + 2]! * b[at + 2]!;
    s += a[at + 3]! * b[at + 3]!;
  }
  for (; at < end; at++) p += a[at]! * b[at]!;
  return a[start]! * b[start]! + 2 * (p + q + r + s);
}

/** Of few features: all of them beside one another, (n, all), and one product of them with themselves. */
class Columns implements Products {
  private readonly parts: { at: number; centred: Float32Array; width: number }[] = [];
  constructor(
    private readonly pace: Pace,
    private readonly n: number,
  ) {}

  add(at: number, centred: Float64Array, width: number): void {
    const scale = scaleOf(centred);
    if (scale > 0) this.parts.push({ at, centred: scaledBy(centred, scale), width });
  }

  async inner(count: number): Promise<Float64Array> {
    const { tf } = this.pace;
    const sums = new Float64Array(count * count);
    const { parts, n } = this;
    if (parts.length === 0) return sums;
    const total = sum(parts.map((p) => p.width));
    const products = numbersOf(
      tf.tidy(() => {
        const all = tf.concat2d(
          parts.map((p) => tf.tensor2d(p.centred, [n, p.width])),
          1,
        );
        return timesItsTranspose(tf, tf.transpose(all));
      }),
    );
    let row = 0;
    for (const a of parts) {
      let column = 0;
      for (const b of parts) {
        let squares = 0;
        for (let r = row; r < row + a.width; r++)
          for (let c = column; c < column + b.width; c++) squares += products[r * total + c]! ** 2;
        sums[a.at * count + b.at]! += squares;
        column += b.width;
      }
      row += a.width;
    }
    return sums;
  }
}

/** Its numbers, and disposes of it. Not within tidy(), which looks for tensors in every number that is returned. */
function numbersOf(tensor: Tensor2D): Float32Array {
  try {
    return new Float32Array(tensor.dataSync());
  } finally {
    tensor.dispose();
  }
}

/** x x'. The transpose is made: WebAssembly multiplies by one that is only said ten times slower. */
function timesItsTranspose(tf: Pace['tf'], x: Tensor2D): Tensor2D {
  return tf.matMul(x, tf.transpose(x));
}

/** What brings the root mean square to one, so that no square overflows; 0 where nothing varies. */
function scaleOf(centred: Float64Array): number {
  let largest = 0;
  for (const value of centred) largest = Math.max(largest, Math.abs(value));
  if (largest === 0) return 0;
  let squares = 0;
  for (const value of centred) squares += (value / largest) ** 2;
  return 1 / (largest * Math.sqrt(squares / centred.length));
}

const scaledBy = (centred: Float64Array, scale: number): Float32Array => {
  const out = new Float32Array(centred.length);
  for (let i = 0; i < out.length; i++) out[i] = centred[i]! * scale;
  return out;
};

function aligned(
  inner: Float64Array,
  size: number,
  broken: ReadonlyMap<number, BrokenRepresentation>,
): { values: Float64Array; constant: number[] } {
  const values = new Float64Array(size * size);
  const constant: number[] = [];
  for (let i = 0; i < size; i++) {
    const own = inner[i * size + i]!;
    if (own === 0 && !broken.has(i)) constant.push(i);
    for (let j = 0; j < size; j++) {
      if (broken.has(i) || broken.has(j)) {
        values[i * size + j] = Number.NaN;
        continue;
      }
      const both = (inner[i * size + j]! + inner[j * size + i]!) / 2;
      const norm = Math.sqrt(own) * Math.sqrt(inner[j * size + j]!);
      values[i * size + j] = norm > 0 ? Math.min(1, Math.max(0, both / norm)) : Number.NaN;
    }
  }
  return { values, constant };
}

/** Rows of (n, width) that hold a value that is not finite. */
function brokenRows(rows: Float32Array, n: number, width: number): number[] {
  const found: number[] = [];
  for (let i = 0; i < n; i++)
    if (rows.subarray(i * width, (i + 1) * width).some((value) => !Number.isFinite(value))) found.push(i);
  return found;
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
