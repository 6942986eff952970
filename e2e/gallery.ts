/** The gallery as pixels: what part of each card is painted, and a coarse print of it that fonts do not change. */
import type { BrowserContext, Page } from '@playwright/test';

/** Cells of a print: small enough that a bar or a colour out of place shows, large enough that a pixel does not. */
export const GRID = { columns: 16, rows: 12 } as const;
/** Room for all cards at once, below what Chromium draws without a graphics card. */
export const SCREEN = { width: 1920, height: 10_400 } as const;

export interface Card {
  /** Fixture and lens. */
  readonly name: string;
  /** Share of pixels that are not of the commonest colour; 0 of a blank picture. */
  readonly painted: number;
  /** Mean red, green and blue of each cell in rows, two hexadecimal digits each. */
  readonly print: string;
}

/**
 * Before the page's own scripts: no text is painted and none is measured, neither in pictures nor beside them, and spaces
 * are drawn without WebGL, so that a print tells of shapes and colours alone. Fonts are other on each machine, and so are
 * graphics cards.
 */
export async function hideText(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const { prototype } = CanvasRenderingContext2D;
    prototype.fillText = () => {};
    prototype.strokeText = () => {};
    const measure = prototype.measureText;
    prototype.measureText = function (text) {
      return Object.defineProperty(measure.call(this, ''), 'width', { value: 6 * text.length });
    };
    const contextOf = HTMLCanvasElement.prototype.getContext;
    HTMLCanvasElement.prototype.getContext = function (this: HTMLCanvasElement, ...args: unknown[]) {
      return /^webgl/.test(String(args[0])) ? null : Reflect.apply(contextOf, this, args);
    } as typeof contextOf;
    const sheet = new CSSStyleSheet();
    // A fill of its own: the colour itself is read by the pictures.
    sheet.replaceSync(
      '*, ::before, ::after { -webkit-text-fill-color: transparent !important } text { visibility: hidden !important }',
    );
    document.adoptedStyleSheets = [sheet];
  });
}

interface Box {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
/** Where the pictures are, without the heads of their cards. */
const boxesOf = (page: Page): Promise<Box[]> =>
  page.locator('article[data-lens]').evaluateAll((cards) =>
    cards.flatMap((card) => {
      const picture = card.lastElementChild;
      if (!(card instanceof HTMLElement) || !picture) return [];
      const { x, y, width, height } = picture.getBoundingClientRect();
      return [{ name: `${card.dataset.fixture} by ${card.dataset.lens}`, x, y, width, height }];
    }),
  );

/** One picture of the screen, taken apart on a page beside it. */
export async function cardsOf(page: Page, context: BrowserContext): Promise<readonly Card[]> {
  const boxes = await boxesOf(page);
  const png = (await page.screenshot({ animations: 'disabled' })).toString('base64');
  const reader = await context.newPage();
  const cards = await reader.evaluate(
    async ({ png, boxes, columns, rows }) => {
      const bytes = Uint8Array.from(atob(png), (letter) => letter.charCodeAt(0));
      const screen = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
      return boxes.map(({ name, x, y, width, height }) => {
        const [w, h] = [Math.round(width), Math.round(height)];
        const target = new OffscreenCanvas(w, h).getContext('2d');
        if (!target) throw new Error('no canvas');
        target.drawImage(screen, -Math.round(x), -Math.round(y));
        const { data } = target.getImageData(0, 0, w, h);
        const colors = new Uint32Array(data.buffer);
        const counts = new Map<number, number>();
        const sums = new Float64Array(columns * rows * 4);
        for (let py = 0; py < h; py++)
          for (let px = 0; px < w; px++) {
            const i = py * w + px;
            const color = colors[i] ?? 0;
            counts.set(color, (counts.get(color) ?? 0) + 1);
            const cell = 4 * (Math.floor((py * rows) / h) * columns + Math.floor((px * columns) / w));
            for (let k = 0; k < 3; k++) sums[cell + k] = (sums[cell + k] ?? 0) + (data[4 * i + k] ?? 0);
            sums[cell + 3] = (sums[cell + 3] ?? 0) + 1;
          }
        let print = '';
        for (let cell = 0; cell < sums.length; cell += 4)
          for (let k = 0; k < 3; k++) {
            const mean = Math.round((sums[cell + k] ?? 0) / (sums[cell + 3] ?? 1));
            print += mean.toString(16).padStart(2, '0');
          }
        return { name, print, painted: 1 - Math.max(...counts.values()) / (w * h) };
      });
    },
    { png, boxes, ...GRID },
  );
  await reader.close();
  return cards;
}

/** How far two prints are apart: the mean over cells and the farthest cell, of 255. */
export function distanceOf(a: string, b: string): { readonly mean: number; readonly most: number } {
  if (a.length !== b.length) return { mean: 255, most: 255 };
  let [sum, most] = [0, 0];
  for (let i = 0; i < a.length; i += 2) {
    const apart = Math.abs(Number.parseInt(a.slice(i, i + 2), 16) - Number.parseInt(b.slice(i, i + 2), 16));
    sum += apart;
    most = Math.max(most, apart);
  }
  return { mean: sum / (a.length / 2), most };
}
