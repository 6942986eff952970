'use client';
import { createContext, type ReactNode, useContext } from 'react';
import { Boundary } from '@/components/ui/boundary.tsx';
import { ErrorNote } from '@/components/ui/error-note.tsx';
import { BadgeMark } from './drawing/badge-mark.tsx';
import { LensError } from './result/read.ts';

const BAR = 28;
const FOOT = 20;
/** Kept free at the right end of the foot: whoever shows a lens puts marks of the whole result there. */
const MARKS_WIDTH = 80;
/** Below this a lens shows its name and says how to see more. */
export const TINY = { w: 120, h: 72 };
/** The same for bare pictures, whose name stands above them. */
const BARE_TINY = { w: 64, h: 48 };

/** Room for the picture in a frame that has controls and a foot, for lenses that need it before they are drawn. */
export function bodyOf(width: number, height: number): { width: number; height: number } {
  return { width, height: height - barOf(width, height) - footOf(height) };
}
const barOf = (width: number, height: number) => (height >= 160 && width >= 200 ? BAR : 0);
const footOf = (height: number) => (height >= 120 ? FOOT : 0);

/** Within it, pictures show neither controls nor foot: they stand side by side and are told about together. */
export const BareFrames = createContext(false);

export interface About {
  readonly address: string | null;
  /** Open threads at it and inside it. */
  readonly count: number;
}
export interface FrameProps {
  /** CSS pixels that the lens was given. */
  readonly width: number;
  readonly height: number;
  /** What the picture is, in a few words, for the tiny state and screen readers. */
  readonly name: string;
  /** Options and legend, in one row above the picture; left out where there is little room. */
  readonly controls?: ReactNode;
  /** What the whole picture is of, for its badge: in the controls, or where they are left out in the foot, else over the picture. */
  readonly about?: About;
  /** Sample size and the like, in one line below. */
  readonly foot?: ReactNode;
  /** Nothing to draw: says so instead. */
  readonly empty?: string | null;
  /** The picture at the size that is left. */
  readonly children: (width: number, height: number) => ReactNode;
}

export function Frame({ width, height, name, controls, about, foot, empty, children }: FrameProps) {
  const bare = useContext(BareFrames);
  const least = bare ? BARE_TINY : TINY;
  if (width < least.w || height < least.h)
    return (
      <div
        className="flex items-center justify-center overflow-hidden text-faint text-xs"
        style={{ width, height }}
      >
        {name}
      </div>
    );
  const bar = controls && !bare ? barOf(width, height) : 0;
  const line = foot && !bare ? footOf(height) : 0;
  const mark = about && about.address !== null && about.count > 0 && (
    <BadgeMark
      count={about.count}
      address={about.address}
      className={bar > 0 ? 'ml-auto' : line > 0 ? '' : 'absolute top-1 right-1 z-10'}
    />
  );
  return (
    // biome-ignore lint/a11y/useSemanticElements: a picture is no set of form fields, and no landmark either.
    <div
      role="group"
      aria-label={name}
      className="flex flex-col overflow-hidden text-base"
      style={{ width, height }}
    >
      {bar > 0 && (
        <div
          className="nodrag flex shrink-0 items-center gap-2 overflow-hidden border-b px-2 text-sm"
          style={{ height: BAR }}
        >
          {controls}
          {mark}
        </div>
      )}
      <div className="relative min-h-0 flex-1 overflow-hidden">
        {empty ? (
          // What a choice of class or slice has left empty is told to those who do not see it.
          <p role="status" className="flex h-full items-center justify-center p-3 text-center text-muted">
            {empty}
          </p>
        ) : (
          children(width, height - bar - line)
        )}
        {bar === 0 && line === 0 && mark}
      </div>
      {line > 0 && (
        <div className="flex shrink-0 border-t pl-2" style={{ height: FOOT, paddingRight: MARKS_WIDTH }}>
          <div className="flex min-w-0 items-center gap-3 overflow-hidden whitespace-nowrap text-muted text-xs">
            {bar === 0 && mark}
            {foot}
          </div>
        </div>
      )}
    </div>
  );
}

/** Keeps a picture that fails from taking the board with it. */
export function LensBoundary({ of, children }: { readonly of: string; readonly children: ReactNode }) {
  return (
    <Boundary
      of={of}
      fallback={(error) => (
        <div className="p-3">
          <ErrorNote>
            {error instanceof LensError
              ? error.message
              : 'This picture could not be drawn. Choose another lens, or run the query again.'}
          </ErrorNote>
        </div>
      )}
    >
      {children}
    </Boundary>
  );
}
