/** A decoded picture. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha. */
  readonly channels: number;
  /** (height, width, channels), 0 to 255. */
  readonly data: Uint8Array;
  /** Of a moving picture, of which the first is here. */
  readonly frames?: number;
  /** The file has 16 bits for each sample, of which the upper 8 are here. */
  readonly deep?: true;
  /** A BMP of 8 bits whose palette is not the greys in order: TensorFlow reads numbers of colours, not colours. */
  readonly recoloured?: true;
}

/** More are refused before anything is allocated. */
export const MAX_PIXELS = 64 * 2 ** 20;
