'use client';
/** The tokens as plain colours, for canvas and WebGL, which do not know CSS variables. */
import { useSyncExternalStore } from 'react';

const NAMES = [
  'surface',
  'sunken',
  'hover',
  'line',
  'line-strong',
  'text',
  'muted',
  'faint',
  'accent',
  'accent-soft',
  'fault',
  'warning',
] as const;
export type TokenName = (typeof NAMES)[number];
export interface Theme {
  readonly dark: boolean;
  readonly color: Readonly<Record<TokenName, string>>;
  /** Ten colours. */
  readonly classes: readonly string[];
  /** Eight colours. */
  readonly models: readonly string[];
}

function readTheme(): Theme {
  const probe = document.createElement('span');
  probe.hidden = true;
  document.body.append(probe);
  // A property's own value keeps light-dark() unresolved; `color` does not.
  const resolve = (name: string) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const color = Object.fromEntries(NAMES.map((name) => [name, resolve(name)])) as Record<TokenName, string>;
  const theme = {
    color,
    dark: (rgbOf(color.surface)[1] ?? 255) < 128,
    classes: Array.from({ length: 10 }, (_, i) => resolve(`class-${i}`)),
    models: Array.from({ length: 8 }, (_, i) => resolve(`model-${i}`)),
  };
  probe.remove();
  return theme;
}

/** `rgb(1, 2, 3)` as numbers of 0 to 255. */
export function rgbOf(color: string): [number, number, number] {
  const [r = 0, g = 0, b = 0] = color.match(/[\d.]+/g)?.map(Number) ?? [];
  return [r, g, b];
}

const SERVER: Theme = {
  dark: false,
  color: Object.fromEntries(NAMES.map((name) => [name, `var(--${name})`])) as Record<TokenName, string>,
  classes: Array.from({ length: 10 }, (_, i) => `var(--class-${i})`),
  models: Array.from({ length: 8 }, (_, i) => `var(--model-${i})`),
};

let current: Theme | null = null;
const listeners = new Set<() => void>();
let stop: (() => void) | null = null;

/** One watch of the page for all lenses. */
function watch(): () => void {
  const change = () => {
    current = readTheme();
    for (const listener of listeners) listener();
  };
  const media = matchMedia('(prefers-color-scheme: dark)');
  media.addEventListener('change', change);
  const observer = new MutationObserver(change);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  return () => {
    media.removeEventListener('change', change);
    observer.disconnect();
    current = null;
  };
}
function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  stop ??= watch();
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    stop?.();
    stop = null;
  };
}
function snapshot(): Theme {
  current ??= readTheme();
  return current;
}

export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, snapshot, () => SERVER);
}
/** Colour of a class's index. */
export const classColor = (theme: Theme, index: number): string =>
  theme.classes[((index % 10) + 10) % 10] ?? theme.color.muted;
