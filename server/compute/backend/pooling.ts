/**
 * Largest numbers of windows, and the way back through them, in typed arrays: for backends that lack them or get them
 * wrong. TensorFlow.js's plain JavaScript kernels compute the same through a buffer object per number, fifty times slower.
 * A picture is a volume of one slice.
 */
export interface Windows {
  readonly batchSize: number;
  readonly channels: number;
  /** Of the input, per axis (depth, height, width); `places` of the output. */
  readonly sizes: readonly [number, number, number];
  readonly places: readonly [number, number, number];
  readonly filter: readonly [number, number, number];
  readonly strides: readonly [number, number, number];
  /** Padding before the first number. */
  readonly before: readonly [number, number, number];
}

/**
 * Which of a window's largest numbers the gradient goes to. TensorFlow 2.21 on the CPU: the first for pictures
 * (MaxPoolGrad), all of them, the whole gradient each, for volumes (MaxPool3DGrad).
 */
export type TieRule = 'first' | 'all';

/** x (n, ...sizes, c) -> (n, ...places, c). A window that holds a NaN gives NaN. */
export function maxPool(x: Float32Array, windows: Windows): Float32Array {
  const { batchSize, channels, places } = windows;
  const y = new Float32Array(batchSize * places[0] * places[1] * places[2] * channels);
  let out = 0;
  for (const members of membersOf(windows))
    for (let c = 0; c < channels; c++) {
      let most = Number.NEGATIVE_INFINITY;
      for (let i = 0; i < members.length; i++) {
        const value = x[members[i]! + c]!;
        if (value > most) most = value;
        else if (Number.isNaN(value)) {
          most = value;
          break;
        }
      }
      y[out++] = most;
    }
  return y;
}

/** dy (n, ...places, c) goes to the largest numbers of each window of x (n, ...sizes, c). */
export function maxPoolGrad(
  dy: Float32Array,
  x: Float32Array,
  windows: Windows,
  ties: TieRule,
): Float32Array {
  const dx = new Float32Array(x.length);
  let out = 0;
  for (const members of membersOf(windows))
    for (let c = 0; c < windows.channels; c++) {
      let first = 0;
      let most = x[members[0]! + c]!;
      for (let i = 1; i < members.length; i++) {
        const value = x[members[i]! + c]!;
        if (value > most) {
          most = value;
          first = i;
        }
      }
      const gradient = dy[out++]!;
      if (ties === 'first') dx[members[first]! + c]! += gradient;
      else
        for (let i = first; i < members.length; i++)
          if (x[members[i]! + c] === most) dx[members[i]! + c]! += gradient;
    }
  return dx;
}

/** For each window, example by example, the flat indices of its numbers in the first channel. */
function* membersOf({ batchSize, channels, ...windows }: Windows): Generator<Int32Array> {
  const { sizes, places, filter, strides, before } = windows;
  const [, height, width] = sizes;
  const members = new Int32Array(filter[0] * filter[1] * filter[2]);
  const reach = (place: number, axis: 0 | 1 | 2): readonly [number, number] => {
    const from = place * strides[axis] - before[axis];
    return [Math.max(0, from), Math.min(sizes[axis], from + filter[axis])];
  };
  for (let n = 0; n < batchSize; n++)
    for (let od = 0; od < places[0]; od++) {
      const [d0, d1] = reach(od, 0);
      for (let oy = 0; oy < places[1]; oy++) {
        const [y0, y1] = reach(oy, 1);
        for (let ox = 0; ox < places[2]; ox++) {
          const [x0, x1] = reach(ox, 2);
          let count = 0;
          for (let d = d0; d < d1; d++)
            for (let y = y0; y < y1; y++) {
              const row = ((n * sizes[0] + d) * height + y) * width;
              for (let x = x0; x < x1; x++) members[count++] = (row + x) * channels;
            }
          yield members.subarray(0, count);
        }
      }
    }
}
