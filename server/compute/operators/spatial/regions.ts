/** Cells of regions of pictures: which numbers each takes, by which weights, forwards and back. */

/** One cell of one region. */
export interface Cell {
  readonly example: number;
  /** Places within a channel and their weights. */
  readonly places: readonly number[];
  readonly weights: readonly number[];
  /** A mean is the weighted sum over this. */
  readonly count: number;
}

export interface AlignedGrid {
  readonly height: number;
  readonly width: number;
  readonly rows: number;
  readonly columns: number;
  /** Points along each axis of a cell; 0: as many as it has pixels. */
  readonly samples: number;
  readonly scale: number;
  readonly halfPixel: boolean;
}

/** Of regions (r, 4: x1, y1, x2, y2): points of each cell, each between four pixels. */
export function alignedTaps(
  regions: readonly number[],
  examples: readonly number[],
  grid: AlignedGrid,
): Cell[] {
  const { rows, columns, scale, halfPixel, samples } = grid;
  const offset = halfPixel ? 0.5 : 0;
  return examples.flatMap((example, r) => {
    const [left = 0, top = 0, right = 0, bottom = 0] = regions
      .slice(4 * r, 4 * r + 4)
      .map((at) => Math.fround(Math.fround(at * scale) - offset));
    // Without half pixels a region is one pixel at least.
    const [wide, high] = [right - left, bottom - top].map((size) => (halfPixel ? size : Math.max(size, 1)));
    const [cellWide, cellHigh] = [(wide ?? 1) / columns, (high ?? 1) / rows];
    const across = samples > 0 ? samples : Math.ceil(cellWide);
    const down = samples > 0 ? samples : Math.ceil(cellHigh);
    const points = (start: number, cell: number, size: number, count: number) =>
      Array.from(
        { length: Math.max(0, count) },
        (_, at) => start + cell * size + ((at + 0.5) * size) / count,
      );
    return Array.from({ length: rows * columns }, (_, cell): Cell => {
      const taps = points(top, Math.floor(cell / columns), cellHigh, down).flatMap((y) =>
        points(left, cell % columns, cellWide, across).flatMap((x) => between(y, x, grid)),
      );
      return {
        example,
        places: taps.map(([place]) => place),
        weights: taps.map(([, weight]) => weight),
        count: Math.max(1, across * down),
      };
    });
  });
}

/** The four pixels around a point, with its nearness to each; none for a point outside. */
function between(y: number, x: number, { height, width }: AlignedGrid): (readonly [number, number])[] {
  if (y < -1 || y > height || x < -1 || x > width) return [[0, 0]];
  const along = (at: number, size: number) => {
    const inside = Math.max(at, 0);
    const low = Math.min(Math.floor(inside), size - 1);
    const high = Math.min(low + 1, size - 1);
    return { low, high, rest: low === high ? 0 : inside - low };
  };
  const [row, column] = [along(y, height), along(x, width)];
  return [
    [row.low * width + column.low, (1 - row.rest) * (1 - column.rest)],
    [row.low * width + column.high, (1 - row.rest) * column.rest],
    [row.high * width + column.low, row.rest * (1 - column.rest)],
    [row.high * width + column.high, row.rest * column.rest],
  ];
}

/** Of regions (r, 5: example, x1, y1, x2, y2), whose corners are rounded to pixels: the pixels of each cell. */
export function roundedCells(
  regions: readonly number[],
  grid: Pick<AlignedGrid, 'height' | 'width' | 'rows' | 'columns' | 'scale'>,
): Cell[] {
  const { height, width, rows, columns, scale } = grid;
  return Array.from({ length: regions.length / 5 }, (_, r) => {
    const [example = 0, ...corners] = regions.slice(5 * r, 5 * r + 5);
    const [left = 0, top = 0, right = 0, bottom = 0] = corners.map((at) => Math.round(at * scale));
    const cellHigh = Math.max(bottom - top + 1, 1) / rows;
    const cellWide = Math.max(right - left + 1, 1) / columns;
    const span = (at: number, size: number, start: number, end: number) => {
      const inside = (place: number) => Math.min(Math.max(place + start, 0), end);
      return [inside(Math.floor(at * size)), inside(Math.ceil((at + 1) * size))] as const;
    };
    return Array.from({ length: rows * columns }, (_cell, cell): Cell => {
      const [y0, y1] = span(Math.floor(cell / columns), cellHigh, top, height);
      const [x0, x1] = span(cell % columns, cellWide, left, width);
      const places: number[] = [];
      for (let y = y0; y < y1; y++) for (let x = x0; x < x1; x++) places.push(y * width + x);
      return { example, places, weights: places.map(() => 1), count: 1 };
    });
  }).flat();
}

interface Sizes {
  readonly channels: number;
  /** Of a channel. */
  readonly places: number;
  readonly perRegion: number;
}

/** Weighted means, or the largest weighted number of each cell; an empty cell gives 0. */
export function pooledCells(cells: readonly Cell[], { channels, places, perRegion }: Sizes, mode: string) {
  /** Calls back with each cell of each channel: where its numbers begin, and its place in the output. */
  const each = (at: (cell: Cell, base: number, out: number) => void) => {
    cells.forEach((cell, index) => {
      const [region, within] = [Math.floor(index / perRegion), index % perRegion];
      for (let c = 0; c < channels; c++)
        at(cell, (cell.example * channels + c) * places, (region * channels + c) * perRegion + within);
    });
  };
  const best = (x: Float32Array, { places: at, weights }: Cell, base: number) => {
    let found = 0;
    for (let i = 1; i < at.length; i++)
      if (weights[i]! * x[base + at[i]!]! > weights[found]! * x[base + at[found]!]!) found = i;
    return found;
  };
  return {
    values(x: Float32Array): Float32Array {
      const y = new Float32Array(cells.length * channels);
      each((cell, base, out) => {
        if (cell.places.length === 0) return;
        if (mode === 'max') {
          const i = best(x, cell, base);
          y[out] = cell.weights[i]! * x[base + cell.places[i]!]!;
          return;
        }
        let sum = 0;
        cell.places.forEach((place, i) => {
          sum += cell.weights[i]! * x[base + place]!;
        });
        y[out] = sum / cell.count;
      });
      return y;
    },
    back(x: Float32Array, dy: Float32Array): Float32Array {
      const dx = new Float32Array(x.length);
      each((cell, base, out) => {
        if (cell.places.length === 0) return;
        if (mode === 'max') {
          const i = best(x, cell, base);
          dx[base + cell.places[i]!]! += cell.weights[i]! * dy[out]!;
          return;
        }
        cell.places.forEach((place, i) => {
          dx[base + place]! += (cell.weights[i]! * dy[out]!) / cell.count;
        });
      });
      return dx;
    },
  };
}
