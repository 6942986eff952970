/** A view taken out of the app: its numbers as CSV, its picture as PNG or SVG. */
import type { NamedTensor, Result, TensorInfo } from '@/core/result/index.ts';

const quote = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/**
 * One table per tensor, in long form: an index (or label) column per axis, then the value. Tensors that share their only
 * axis (columns of a table) stand side by side. The query and the hashes come first, as comments.
 */
export function resultCsv({ meta, tensors }: Result): string {
  const lines = [
    `# ${meta.provenance.query}`,
    ...meta.provenance.checkpoints.map((c) => `# model ${c.address} ${c.hash}`),
    ...meta.provenance.data.map((d) => `# data ${d.address} ${d.hash}`),
  ];
  const columns = new Map<string, [string, NamedTensor][]>();
  for (const [name, info] of Object.entries(meta.tensors)) {
    const tensor = tensors[name];
    const [axis] = info.axes;
    if (!tensor) continue;
    if (info.axes.length === 1 && axis !== undefined)
      columns.set(axis, [...(columns.get(axis) ?? []), [name, tensor]]);
    else lines.push('', ...longTable(meta.axes, name, info, tensor));
  }
  for (const [axis, group] of columns) {
    lines.push('', [axis, ...group.map(([name]) => name)].map(quote).join(','));
    const size = group[0]?.[1].data.length ?? 0;
    for (let i = 0; i < size; i++)
      lines.push([labelOf(meta.axes, axis, i), ...group.map(([, t]) => String(t.data[i]))].join(','));
  }
  return `${lines.join('\n')}\n`;
}

function labelOf(axes: Result['meta']['axes'], axis: string, i: number): string {
  return quote(axes.find((a) => a.name === axis)?.labels?.[i] ?? String(i));
}

function longTable(
  axes: Result['meta']['axes'],
  name: string,
  info: TensorInfo,
  tensor: NamedTensor,
): string[] {
  const lines = [[...info.axes, name].map(quote).join(',')];
  const at = info.shape.map(() => 0);
  for (let i = 0; i < tensor.data.length; i++) {
    lines.push(
      [...info.axes.map((axis, d) => labelOf(axes, axis, at[d] ?? 0)), String(tensor.data[i])].join(','),
    );
    for (let d = at.length - 1; d >= 0; d--) {
      const next = (at[d] ?? 0) + 1;
      if (next < (info.shape[d] ?? 1)) {
        at[d] = next;
        break;
      }
      at[d] = 0;
    }
  }
  return lines;
}

export function fileName(title: string, extension: string): string {
  const base = title.replace(/[^\p{L}\p{N}@#.-]+/gu, '-').replace(/^-+|-+$/g, '');
  return `${base || 'view'}.${extension}`;
}

export function save(file: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/**
 * The body as one SVG: drawn charts as they are, canvases (feature maps, WebGL) as pictures inside it, at the places that
 * they have on screen. Colours and fonts are written out, since tokens mean nothing outside the page.
 */
export async function toSvg(body: HTMLElement): Promise<Blob> {
  const box = body.getBoundingClientRect();
  const scale = box.width / Math.max(1, body.offsetWidth);
  const parts: string[] = [];
  for (const element of body.querySelectorAll('svg, canvas, img')) {
    if (element.parentElement?.closest('svg, button')) continue;
    const at = element.getBoundingClientRect();
    const place = `x="${(at.x - box.x) / scale}" y="${(at.y - box.y) / scale}" width="${at.width / scale}" height="${at.height / scale}"`;
    if (element instanceof SVGSVGElement) {
      const copy = styled(element);
      copy.setAttribute('x', String((at.x - box.x) / scale));
      copy.setAttribute('y', String((at.y - box.y) / scale));
      copy.setAttribute('width', String(at.width / scale));
      copy.setAttribute('height', String(at.height / scale));
      parts.push(new XMLSerializer().serializeToString(copy));
    } else if (element instanceof HTMLCanvasElement)
      parts.push(`<image ${place} href="${element.toDataURL()}" style="image-rendering:pixelated"/>`);
    else if (element instanceof HTMLImageElement) parts.push(`<image ${place} href="${element.src}"/>`);
  }
  if (parts.length === 0)
    throw new Error('This lens draws no picture that can be exported; export its numbers as CSV instead.');
  parts.push(...gradients(body, box, scale), ...texts(body, box, scale));
  const width = body.offsetWidth;
  const height = body.offsetHeight;
  const background = getComputedStyle(body.parentElement ?? body).backgroundColor;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><rect width="100%" height="100%" fill="${background}"/>${parts.join('')}</svg>`;
  return new Blob([svg], { type: 'image/svg+xml' });
}

/** Twice the size on screen. */
export async function toPng(body: HTMLElement): Promise<Blob> {
  const url = URL.createObjectURL(await toSvg(body));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = body.offsetWidth * 2;
    canvas.height = body.offsetHeight * 2;
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) =>
      canvas.toBlob((blob) =>
        blob ? resolve(blob) : reject(new Error('The picture is too large to export.')),
      ),
    );
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** Labels that a lens writes as HTML beside its picture, each as wide as on screen whatever font there will be. */
function texts(body: HTMLElement, box: DOMRect, scale: number): string[] {
  const out: string[] = [];
  const walker = document.createTreeWalker(body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    const whole = node.textContent ?? '';
    const text = whole.trim();
    if (!parent || text === '' || parent.closest('svg, button, [role="combobox"], .sr-only')) continue;
    const range = document.createRange();
    const from = whole.length - whole.trimStart().length;
    range.setStart(node, from);
    range.setEnd(node, from + text.length);
    const at = range.getBoundingClientRect();
    const style = getComputedStyle(parent);
    const label = document.createElementNS('http://www.w3.org/2000/svg', 'text');
    label.setAttribute('x', String((at.x - box.x) / scale));
    label.setAttribute('y', String((at.y - box.y) / scale + at.height / scale / 2));
    label.setAttribute('textLength', String(at.width / scale));
    label.setAttribute('lengthAdjust', 'spacingAndGlyphs');
    label.setAttribute('dominant-baseline', 'central');
    label.setAttribute('fill', style.color);
    label.setAttribute('font-size', style.fontSize);
    label.setAttribute('font-family', style.fontFamily);
    label.textContent = text;
    out.push(new XMLSerializer().serializeToString(label));
  }
  return out;
}

/** Legends are boxes with a gradient from left to right; a picture without its scale says nothing. */
function gradients(body: HTMLElement, box: DOMRect, scale: number): string[] {
  const out: string[] = [];
  for (const element of body.querySelectorAll('div, span')) {
    const image = getComputedStyle(element).backgroundImage;
    if (!image.startsWith('linear-gradient(')) continue;
    const stops = [...image.matchAll(/((?:rgba?|color|oklab|oklch)\([^)]*\))(?:\s+([\d.]+)%)?/g)];
    const at = element.getBoundingClientRect();
    const id = `scale-${out.length}`;
    const drawn = stops
      .map(([, color, place], i) => {
        const offset = place ?? String((100 * i) / Math.max(1, stops.length - 1));
        return `<stop offset="${offset}%" stop-color="${color}"/>`;
      })
      .join('');
    const frame = `x="${(at.x - box.x) / scale}" y="${(at.y - box.y) / scale}" width="${at.width / scale}" height="${at.height / scale}"`;
    out.push(`<linearGradient id="${id}">${drawn}</linearGradient><rect ${frame} fill="url(#${id})"/>`);
  }
  return out;
}

const WRITTEN = [
  'fill',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'opacity',
  'font-size',
  'font-family',
  'font-weight',
  'text-anchor',
  'color',
] as const;

function styled(svg: SVGSVGElement): SVGSVGElement {
  const copy = svg.cloneNode(true);
  if (!(copy instanceof SVGSVGElement)) return svg;
  const sources = [svg, ...svg.querySelectorAll('*')];
  const targets = [copy, ...copy.querySelectorAll('*')];
  for (const [i, source] of sources.entries()) {
    const style = getComputedStyle(source);
    for (const property of WRITTEN) targets[i]?.setAttribute(property, style.getPropertyValue(property));
  }
  return copy;
}
