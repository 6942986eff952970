import { describe, expect, it } from 'vitest';
import { parse } from '@/core/algebra/index.ts';
import { type Control, fromTrack, type NumberControl, SLIDER_STEPS, slideTo, toTrack } from './control.ts';
import { controlsOf } from './controls.ts';

const of = (text: string, id: string): Control => {
  const found = controlsOf(text).find((control) => control.id === id);
  if (!found) throw new Error(`${id} is none of ${controlsOf(text).map((c) => c.id)}`);
  return found;
};
const set = (text: string, id: string, value: number | string): string => {
  const control = of(text, id);
  const { index, remove, insert } =
    control.kind === 'number' ? control.splice(Number(value)) : control.splice(String(value));
  const next = text.slice(0, index) + insert + text.slice(index + remove);
  parse(next);
  return next;
};
const slider = (text: string, id: string): NumberControl => {
  const control = of(text, id);
  if (control.kind !== 'number') throw new Error(`${id} is no number`);
  return control;
};

describe('the controls of a query', () => {
  it('write a parameter at its own place, whether it stands there, beside others, or not at all', () => {
    expect(set('select * from f(x) using ig(steps=64)', 'using steps', 32)).toBe(
      'select * from f(x) using ig(steps=32)',
    );
    expect(set('select * from f(x) using ig(baseline=mean)', 'using steps', 32)).toBe(
      'select * from f(x) using ig(baseline=mean, steps=32)',
    );
    expect(set('select * from f(x) using ig', 'using steps', 32)).toBe(
      'select * from f(x) using ig(steps=32)',
    );
    expect(set('select * from f(x) using ig()', 'using steps', 8)).toBe(
      'select * from f(x) using ig(steps=8)',
    );
    expect(set('select * from f(x)', 'using steps', 32)).toBe('select * from f(x) using ig(steps=32)');
    expect(set('select * from f(x) for class 7 limit 3', 'using steps', 32)).toBe(
      'select * from f(x) for class 7 using ig(steps=32) limit 3',
    );
  });

  it('change the method and keep the parameters that the new one has', () => {
    expect(set('select * from f(x) using ig(steps=64, baseline=mean)', 'method', 'occlusion')).toBe(
      'select * from f(x) using occlusion(baseline=mean)',
    );
    expect(set('select units(dense_1) from f(data)', 'method', 'umap')).toBe(
      'select units(dense_1) from f(data) using umap',
    );
  });

  it('write k, limit and the numbers of changes', () => {
    expect(set('select top(conv2d_1#3) from f(data)', 'arg k', 16)).toBe(
      'select top(conv2d_1#3, 16) from f(data)',
    );
    expect(set('select neighbours(dense_1, 10) from f(x)', 'arg k', 5)).toBe(
      'select neighbours(dense_1, 5) from f(x)',
    );
    expect(set('select images() from f(data) limit 100', 'limit', 30)).toBe(
      'select images() from f(data) limit 30',
    );
    expect(set('select predict() from f(x)\n  with ablate(c#1), clamp(c#2,  0.5 )', 'change 1 1', -1.5)).toBe(
      'select predict() from f(x)\n  with ablate(c#1), clamp(c#2,  -1.5 )',
    );
    expect(set('select predict() from f(x) with pgd(0.1, 10)', 'change 0 1', 20)).toBe(
      'select predict() from f(x) with pgd(0.1, 20)',
    );
    expect(set('select predict() from f(x) with patch([1, 2, 3, 4], 0)', 'change 0 1', 1)).toBe(
      'select predict() from f(x) with patch([1, 2, 3, 4], 1)',
    );
  });

  it('speak of the right side of a join only where it says something of its own', () => {
    const text = 'select * from f(x) using ig left join (select * from f(x) with scale(c#1, 2))';
    expect(controlsOf(text).map((c) => c.id)).toEqual([
      'method',
      'using steps',
      'using baseline',
      'right change 0 1',
    ]);
    expect(set(text, 'right change 0 1', 3)).toContain('scale(c#1, 3))');
  });

  it('are none while the text does not parse, or where there is nothing to set', () => {
    expect(controlsOf('select * from')).toEqual([]);
    expect(controlsOf('select graph() from f')).toEqual([]);
  });

  it('slide on a logarithmic track where the range is wide, and come back to where they were', () => {
    const steps = slider('select * from f(x) using ig', 'using steps');
    expect(steps.scale).toBe('log');
    expect(fromTrack(steps, toTrack(steps, 1000))).toBe(1000);
    expect(slider('select * from f(x) using shapley', 'using seed').scale).toBe('none');
    const sd = slider('select * from f(x) using smoothgrad', 'using sd');
    expect(sd.scale).toBe('cubic');
    for (const control of [steps, sd, slider('select predict() from f(x) with fgsm(0.1)', 'change 0 0')])
      for (let at = 0; at <= SLIDER_STEPS; at++) {
        const value = fromTrack(control, at);
        expect(value).toBeGreaterThanOrEqual(control.min);
        expect(value).toBeLessThanOrEqual(control.max);
        expect(String(value).length).toBeLessThan(9);
        if (at > 0) expect(value).toBeGreaterThanOrEqual(fromTrack(control, at - 1));
      }
  });

  it('always move by the keyboard, whatever rounding says', () => {
    for (const [text, id] of [
      ['select units(a) from f(data) using umap', 'using neighbours'],
      ['select * from f(x) using smoothgrad', 'using sd'],
      ['select predict() from f(x) with fgsm(0.1)', 'change 0 0'],
    ] as const) {
      const control = slider(text, id);
      let value = control.value;
      for (let i = 0; i < 20; i++) {
        const next = slideTo(control, value, toTrack(control, value) + 1);
        expect(next).toBeGreaterThan(value);
        value = next;
      }
    }
  });
});
