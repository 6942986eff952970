'use client';
import { PanelLeft, PanelRight } from 'lucide-react';
import { type ReactNode, useEffect } from 'react';
import { useStore } from 'zustand';
import { useBoard } from '../state/context.tsx';
import { panelLayoutSchema } from '../state/workspace.ts';
import { IconButton } from '../ui/button.tsx';

const KEY = 'interlayer.layout';
const LIMITS = { inspector: [200, 600], details: [240, 700] } as const;

/** A panel beside the canvas: collapses, and remembers its width on this machine. */
export function SidePanel({
  side,
  panel,
  label,
  children,
}: {
  readonly side: 'left' | 'right';
  readonly panel: 'inspector' | 'details';
  readonly label: string;
  readonly children: ReactNode;
}) {
  const board = useBoard();
  const layout = useStore(board.ui, (s) => s.layout);
  const widthKey = panel === 'inspector' ? 'inspectorWidth' : 'detailsWidth';
  const width = layout[widthKey];
  useEffect(() => remember(board), [board]);
  const set = (next: number) => {
    const [least, most] = LIMITS[panel];
    board.show({
      layout: { ...board.ui.getState().layout, [widthKey]: Math.min(most, Math.max(least, next)) },
    });
  };
  const show = (open: boolean) => board.show({ layout: { ...board.ui.getState().layout, [panel]: open } });
  const Icon = side === 'left' ? PanelLeft : PanelRight;
  if (!layout[panel])
    return (
      <div
        className={`flex w-8 shrink-0 justify-center bg-surface pt-1 ${side === 'left' ? 'border-r' : 'border-l'}`}
      >
        <IconButton
          size="sm"
          label={`Show ${label.toLowerCase()}`}
          icon={<Icon />}
          onClick={() => show(true)}
        />
      </div>
    );
  const handle = (
    // biome-ignore lint/a11y/useSemanticElements: an <hr> cannot be dragged
    <div
      role="separator"
      tabIndex={0}
      aria-label={`Width of ${label.toLowerCase()}`}
      aria-orientation="vertical"
      aria-valuenow={width}
      aria-valuemin={LIMITS[panel][0]}
      aria-valuemax={LIMITS[panel][1]}
      className={`absolute inset-y-0 z-10 w-1.5 cursor-col-resize hover:bg-accent-soft ${side === 'left' ? '-right-1' : '-left-1'}`}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        const start = event.clientX;
        const target = event.currentTarget;
        const move = (e: PointerEvent) =>
          set(width + (side === 'left' ? e.clientX - start : start - e.clientX));
        target.addEventListener('pointermove', move);
        target.addEventListener('pointerup', () => target.removeEventListener('pointermove', move), {
          once: true,
        });
      }}
      onKeyDown={(event) => {
        const by = { ArrowLeft: -16, ArrowRight: 16 }[event.key];
        if (by === undefined) return;
        event.preventDefault();
        set(width + (side === 'left' ? by : -by));
      }}
    />
  );
  return (
    <aside
      aria-label={label}
      className={`relative flex shrink-0 flex-col bg-surface ${side === 'left' ? 'border-r' : 'border-l'}`}
      style={{ width }}
    >
      {handle}
      <div className="absolute top-1.5 right-1.5 z-10">
        <IconButton
          size="sm"
          label={`Hide ${label.toLowerCase()}`}
          icon={<Icon />}
          onClick={() => show(false)}
        />
      </div>
      {children}
    </aside>
  );
}

/** Reads the widths once, then writes each change. Storage that is closed to us changes nothing. */
function remember(board: ReturnType<typeof useBoard>): () => void {
  try {
    const stored = panelLayoutSchema.safeParse(JSON.parse(localStorage.getItem(KEY) ?? 'null'));
    if (stored.success) board.show({ layout: stored.data });
  } catch {
    return () => {};
  }
  return board.ui.subscribe((state, before) => {
    if (state.layout !== before.layout) localStorage.setItem(KEY, JSON.stringify(state.layout));
  });
}
