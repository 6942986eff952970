'use client';
import { useEffect, useState } from 'react';

/** Pictures are costly to make: one at a time, when the browser has nothing more urgent, so that panning stays smooth. */
const waiting: (() => void)[] = [];
let scheduled = false;
/** A picture by itself is drawn at once: after this long without another, in milliseconds. */
const ALONE_MS = 100;
let last = Number.NEGATIVE_INFINITY;

const whenIdle = (run: () => void): void => {
  if (typeof requestIdleCallback === 'function') requestIdleCallback(run, { timeout: 200 });
  else setTimeout(run, 16);
};

function schedule(): void {
  if (scheduled || waiting.length === 0) return;
  scheduled = true;
  whenIdle(() => {
    scheduled = false;
    last = performance.now();
    waiting.shift()?.();
    schedule();
  });
}

/** False until it is this component's turn. What left the screen before its turn loses its place. */
export function useDrawSlot(): boolean {
  const [mine, setMine] = useState(false);
  useEffect(() => {
    const take = () => setMine(true);
    if (waiting.length === 0 && performance.now() - last > ALONE_MS) {
      last = performance.now();
      take();
      return;
    }
    waiting.push(take);
    schedule();
    return () => {
      const at = waiting.indexOf(take);
      if (at >= 0) waiting.splice(at, 1);
    };
  }, []);
  return mine;
}
