/** Values that a cloud is drawn from; colours are plain values, for WebGL knows no CSS variables. */
export type Rgb = readonly [number, number, number];

export interface SceneTheme {
  /** 0 to 255 each: selection, ground that far points fade into, and ink of rings, labels and the gizmo. */
  readonly accent: Rgb;
  readonly ground: Rgb;
  readonly ink: Rgb;
  readonly muted: Rgb;
}

export interface CloudData {
  /** (n, dims) in rows. */
  readonly xyz: ArrayLike<number>;
  readonly dims: 2 | 3;
  /** Names of the components, for the gizmo: "PC1". */
  readonly axes: readonly string[];
}
export interface CloudStyle {
  /** (n, 3), red, green and blue of 0 to 255. */
  readonly colors: Uint8Array;
  /** (n), see states.ts. */
  readonly states: Uint8Array;
}
/** A text beside a point. */
export interface CloudLabel {
  readonly index: number;
  readonly text: string;
}
/** A picture beside a point. */
export interface CloudPicture {
  readonly index: number;
  readonly image: CanvasImageSource & { readonly width: number; readonly height: number };
}
export interface ModifierKeys {
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
}
export interface CloudEvents {
  /** The point under the pointer, with its place in CSS pixels of the picture. */
  onHover?(point: { readonly index: number; readonly x: number; readonly y: number } | null): void;
  /** A click; null beside all points. */
  onPick?(index: number | null, keys: ModifierKeys): void;
  onActivate?(index: number): void;
  /** The picture was painted anew: points may have other places. */
  onDraw?(): void;
  onLasso?(indices: readonly number[], keys: ModifierKeys): void;
}

export const css = ([r, g, b]: Rgb, alpha = 1): string => `rgb(${r} ${g} ${b} / ${alpha})`;
