// @vitest-environment happy-dom
/**
 * Every lens drawn for good, effects and canvases included, on every fixture; on what it must bear (variants.ts), and with
 * each option at its ends, once for each shape of result: no shape at a place that is no number, no colour that cannot be
 * read, no canvas left blank, nothing on the console.
 */
import { act, createElement } from 'react';
import { createRoot } from 'react-dom/client';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { nameInOther, type Result } from '@/core/result/types.ts';
import { TooltipProvider } from '../ui/tooltip.tsx';
import type { LensProps, LensSpec } from './contract.ts';
import { FIXTURES } from './fixtures.ts';
import { LENSES, lensesFor, optionsOf } from './index.ts';
import { endsOf } from './options.ts';
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
function faultsOf(
  lens: LensSpec,
  { name: variant, result, lacks }: Variant,
  options: LensProps['options'] = {},
): string[] {
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
          options,
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
  // What is drawn is what a list says, also where nobody chose.
  for (const list of host.querySelectorAll('[role=combobox]:not([disabled])'))
    if (list.textContent?.trim() === '')
      faults.push(`the list ${list.getAttribute('aria-label')} says nothing`);
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

/** Two results of one shape differ in their numbers alone, which are made other ones in any case. */
function shapeOf(lens: LensSpec, { meta }: Result): string {
  // An ordinary lens draws the first answer alone, and what is made of it is that of a result without the other.
  const drawn = Object.entries(meta.tensors).filter(
    ([name]) => lens.id === 'before-after' || nameInOther(name) === null,
  );
  const facts = typeof meta.record === 'object' && meta.record !== null ? Object.entries(meta.record) : [];
  return JSON.stringify([
    lens.id,
    drawn.map(([name, { dtype, axes }]) => [name, dtype, axes]),
    facts.map(([name, value]) => [name, value === null, typeof value]),
  ]);
}
/** Of two answers with other places the change alone: each of them is drawn by its own lens. */
const ONLY_CHANGE: LensProps['options'] = { look: 'change' };
const CASES = FIXTURES.flatMap(({ name, result }) =>
  lensesFor(result.meta).map((lens) => [name, lens.name, lens, result] as const),
);
const SHAPES = [...new Map(CASES.toReversed().map((each) => [shapeOf(each[2], each[3]), each])).values()];

test.each(CASES)('%s by %s is drawn', (_, __, lens, result) => {
  expect(faultsOf(lens, { name: 'whole', result })).toEqual([]);
});
describe.each(SHAPES)('%s by %s', (_, __, lens, result) => {
  test('is drawn, whatever the numbers and the sizes', () => {
    const faults = variantsOf(result).flatMap((variant) =>
      faultsOf(lens, variant, variant.places ? ONLY_CHANGE : {}).map((fault) => `${variant.name}: ${fault}`),
    );
    expect(faults).toEqual([]);
  });
  test('is drawn with each option at its ends', () => {
    const rows = optionsOf(lens, result.meta);
    const faults = endsOf(rows, { result, options: {} }).flatMap((options) =>
      faultsOf(lens, { name: 'whole', result }, options).map(
        (fault) => `${JSON.stringify(options)}: ${fault}`,
      ),
    );
    expect(faults).toEqual([]);
  });
});
test('the options of all lenses are tried, each at two ends or more', () => {
  const tried = new Map<string, Set<unknown>>();
  for (const [, , lens, result] of SHAPES)
    for (const bag of endsOf(optionsOf(lens, result.meta), { result, options: {} }))
      for (const [key, option] of Object.entries(bag))
        tried.set(`${lens.id} ${key}`, (tried.get(`${lens.id} ${key}`) ?? new Set()).add(option));
  for (const lens of LENSES)
    for (const { key } of lens.options ?? [])
      expect(tried.get(`${lens.id} ${key}`)?.size ?? 0, `${lens.id} ${key}`).toBeGreaterThan(1);
});
