// @vitest-environment happy-dom
/**
 * Every lens drawn for good, effects and canvases included, on every fixture and on what it must bear (variants.ts): no
 * shape at a place that is no number, no colour that cannot be read, no canvas left blank, nothing on the console.
 */
import { act, createElement } from 'react';
import { createRoot } from 'react-dom/client';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { TooltipProvider } from '../ui/tooltip.tsx';
import type { LensSpec } from './contract.ts';
import { FIXTURES } from './fixtures.ts';
import { lensesFor } from './index.ts';
import { NO_NUMBER, type Recording, recordCanvases } from './testing/recording-canvas.ts';
import { type Variant, variantsOf } from './testing/variants.ts';

/** Colours as the page's style sheet has them. */
const TOKENS = [
  ...['surface', 'sunken', 'hover', 'line', 'line-strong', 'text', 'muted', 'faint', 'accent', 'accent-soft'],
  ...['fault', 'warning'],
  ...Array.from({ length: 10 }, (_, i) => `class-${i}`),
  ...Array.from({ length: 8 }, (_, i) => `model-${i}`),
];

let recording: Recording;
let frames: (() => void)[] = [];
beforeAll(() => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  vi.stubGlobal('requestAnimationFrame', (draw: () => void) => frames.push(draw));
  vi.stubGlobal('cancelAnimationFrame', (id: number) => {
    frames[id - 1] = () => {};
  });
  // A worker that never answers: the plain layout of a graph stays.
  vi.stubGlobal(
    'Worker',
    class {
      postMessage() {}
      terminate() {}
    },
  );
  // Nothing is laid out here: an element is as large as its style says.
  for (const [size, from] of [
    ['clientWidth', 'width'],
    ['clientHeight', 'height'],
  ] as const)
    vi.spyOn(HTMLElement.prototype, size, 'get').mockImplementation(function (this: HTMLElement) {
      return Number.parseFloat(this.style[from]) || 0;
    });
  const style = document.createElement('style');
  style.textContent = `:root{${TOKENS.map((name, i) => `--${name}:rgb(${17 * (i % 16)}, 90, 120)`).join(';')}}`;
  document.head.append(style);
  // Without a layout nothing has a size, and a table would have no rows in sight.
  const { prototype } = HTMLElement;
  for (const name of ['offsetWidth', 'offsetHeight', 'clientWidth', 'clientHeight'] as const)
    Object.defineProperty(prototype, name, { configurable: true, get: () => 400 });
  prototype.getBoundingClientRect = () => new DOMRect(0, 0, 400, 400);
  recording = recordCanvases();
});
afterAll(() => {
  recording.stop();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

/** Attributes that hold places, and a number in them that a picture can use. */
const PLACES = [
  'd',
  'x',
  'y',
  'x1',
  'x2',
  'y1',
  'y2',
  'cx',
  'cy',
  'r',
  'points',
  'transform',
  'width',
  'height',
];
const FAR = 1e6;

/** How a picture says that numbers are missing: in words, or by a dash or an infinity where the number would be. */
const LACKS = /not finite|not a number|no finite|–|∞/i;

/** What is wrong with the picture; none: it is drawn. */
function faultsOf(lens: LensSpec, { name: variant, result, lacks }: Variant): string[] {
  const { w, h } = lens.size;
  const faults: string[] = [];
  const complain = vi.spyOn(console, 'error').mockImplementation((...said: unknown[]) => {
    faults.push(`the console says: ${said.map(String).join(' ').slice(0, 200)}`);
  });
  const host = document.createElement('div');
  document.body.append(host);
  const root = createRoot(host, {
    onUncaughtError: (error) => void faults.push(`it throws: ${String(error)}`),
  });
  const ran = (work: () => void) => {
    try {
      act(work);
    } catch (error) {
      faults.push(`it throws: ${String(error)}`);
    }
  };
  ran(() =>
    root.render(
      createElement(
        TooltipProvider,
        null,
        createElement(lens.Component, {
          result,
          width: w,
          height: h,
          selection: { layer: null, units: [], examples: [] },
          onSelect: () => {},
          selectedClass: null,
          options: {},
          onOption: () => {},
          modelColor: 0,
          badges: {},
        }),
      ),
    ),
  );
  for (let k = 0; k < 3 && frames.length > 0; k++) {
    const now = frames;
    frames = [];
    ran(() => {
      for (const draw of now) draw();
    });
  }
  for (const element of host.querySelectorAll('*')) {
    for (const { name, value } of element.attributes) {
      if (NO_NUMBER.test(value)) faults.push(`<${element.tagName} ${name}="${value.slice(0, 80)}">`);
      else if (
        PLACES.includes(name) &&
        value.match(/-?\d[\d.]*(e[-+]?\d+)?/g)?.some((n) => Math.abs(Number(n)) > FAR)
      )
        faults.push(`<${element.tagName} ${name}="${value.slice(0, 80)}"> is far off`);
    }
  }
  const text = host.textContent ?? '';
  if (NO_NUMBER.test(text)) faults.push(`it reads “${NO_NUMBER.exec(text)?.input.slice(0, 120)}”`);
  // After a change only what changed is shown.
  if (lacks && !(variant === 'one NaN' && lens.id === 'before-after')) {
    const named = Array.from(host.querySelectorAll('[title]'), (element) => element.getAttribute('title'));
    if (!LACKS.test([text, ...named].join('\n'))) faults.push('it does not say that numbers are missing');
  }
  for (const context of recording.take()) {
    faults.push(...context.end());
    if (context.marks === 0 && host.contains(context.canvas))
      faults.push(`the canvas “${context.canvas.getAttribute('aria-label')}” is blank`);
  }
  ran(() => root.unmount());
  host.remove();
  frames = [];
  complain.mockRestore();
  return [...new Set(faults)];
}

const CASES = FIXTURES.flatMap(({ name, result }) =>
  lensesFor(result.meta).map((lens) => [name, lens.name, lens, result] as const),
);
describe.each(CASES)('%s by %s', (_, __, lens, result) => {
  test('is drawn, whatever the numbers and the sizes', () => {
    const faults = variantsOf(result).flatMap((variant) =>
      faultsOf(lens, variant).map((fault) => `${variant.name}: ${fault}`),
    );
    expect(faults).toEqual([]);
  });
});
