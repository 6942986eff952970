/** Pan and zoom of a flat drawing. `x` and `y` are the screen place of the drawing's origin, in CSS pixels. */
export interface View {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}
export const ZOOM = { least: 0.08, most: 2 };
/** Below this the small text of a box is left out, and below the second one all text. */
export const READABLE = { details: 0.62, name: 0.3 };

interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * All of it in the middle if its small text shows so, else its beginning at `least`, where that is read with ease: with
 * `first`, what it begins with, in the middle of the side that is too long.
 */
export function fitAll(drawing: Size, area: Size, { least = 0.75, first }: FitOptions = {}): View {
  const whole = Math.min(area.width / Math.max(1, drawing.width), area.height / Math.max(1, drawing.height));
  const zoom = Math.min(1, whole >= Math.min(READABLE.details, least) ? whole : least);
  const placed = (side: number, room: number, start: number, length: number) => {
    if (side * zoom <= room) return Math.max(0, (room - side * zoom) / 2);
    return Math.min(0, Math.max(room - side * zoom, room / 2 - (start + length / 2) * zoom));
  };
  return {
    zoom,
    x: placed(drawing.width, area.width, first?.x ?? 0, first?.width ?? 0),
    y: placed(drawing.height, area.height, first?.y ?? 0, first?.height ?? 0),
  };
}
interface FitOptions {
  readonly least?: number;
  readonly first?: Size & { readonly x: number; readonly y: number };
}

/** Zooms by a factor and keeps the place under the pointer where it is. */
export function zoomAt(view: View, factor: number, x: number, y: number): View {
  const zoom = Math.min(ZOOM.most, Math.max(ZOOM.least, view.zoom * factor));
  const ratio = zoom / view.zoom;
  return { zoom, x: x - (x - view.x) * ratio, y: y - (y - view.y) * ratio };
}

/** The least move that brings a box of the drawing into the area, with a margin. */
export function reveal(
  view: View,
  box: Size & { readonly x: number; readonly y: number },
  area: Size,
  margin = 20,
): View {
  const shift = (start: number, side: number, room: number) => {
    if (start < margin) return margin - start;
    const over = start + side - (room - margin);
    return over > 0 ? -Math.min(over, start - margin) : 0;
  };
  const [x, y] = [view.x + box.x * view.zoom, view.y + box.y * view.zoom];
  return {
    ...view,
    x: view.x + shift(x, box.width * view.zoom, area.width),
    y: view.y + shift(y, box.height * view.zoom, area.height),
  };
}

/** Whether a box of the drawing shows in the area; what does not is not drawn. */
export function shows(
  view: View,
  box: Size & { readonly x: number; readonly y: number },
  area: Size,
): boolean {
  const [x, y] = [view.x + box.x * view.zoom, view.y + box.y * view.zoom];
  return x < area.width && y < area.height && x + box.width * view.zoom > 0 && y + box.height * view.zoom > 0;
}
