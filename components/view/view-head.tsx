'use client';
import { ChartNoAxesColumn, Crosshair, EllipsisVertical, Lock, MessageSquare, Pin } from 'lucide-react';
import type { RefObject } from 'react';
import { useStore } from 'zustand';
import type { View } from '@/core/board/index.ts';
import type { LensSpec } from '../lenses/contract.ts';
import { type ShownResult, useBindings, useBoard, type ViewResult } from '../state/context.tsx';
import { layerText, steplessText } from '../state/project/addresses.ts';
import { titleOf } from '../state/questions/query-text.ts';
import { IconButton } from '../ui/button.tsx';
import { counted } from '../ui/format.ts';
import { Menu } from '../ui/menu.tsx';
import { useToast } from '../ui/toast.tsx';
import { useViewMenu } from './view-menu.tsx';

export interface ViewHeadProps {
  readonly view: View;
  readonly shown: ViewResult;
  readonly lens: LensSpec | null;
  readonly model: string | null;
  /** CSS colour. */
  readonly modelColor: string;
  readonly body: RefObject<HTMLDivElement | null>;
}

/** 28 px: the handle by which a view is dragged, and everything that can be done with it. */
export function ViewHead({ view, shown, lens, model, modelColor, body }: ViewHeadProps) {
  const board = useBoard();
  const bindings = useBindings();
  const toast = useToast();
  const saved = view.pinnedResult === null ? null : (shown.result?.meta.provenance.query ?? null);
  const title = titleOf(saved ?? shown.asked, bindings);
  const items = useViewMenu({ view, result: shown.result, lens, body, title, say: toast.show });
  const Icon = lens?.icon ?? ChartNoAxesColumn;
  const place = placeOf(shown, model);
  const about = place === null ? null : steplessText(place.unit ?? place.layer);
  // Those on this view, and those at the unit that it shows, wherever they were written (rule T2).
  const threads = useStore(
    board.threads.store,
    ({ badges }) => (badges.byView[view.id] ?? 0) + (about === null ? 0 : (badges.byAddress[about] ?? 0)),
  );
  const atPlace =
    place === null ? {} : { layer: place.layer, units: place.unit === null ? [] : [place.unit] };
  return (
    <header
      className="board-handle flex h-7 shrink-0 cursor-grab items-center gap-1 border-b bg-surface pr-0.5 pl-2"
      style={{ borderLeft: `3px solid ${model === null ? 'transparent' : modelColor}` }}
    >
      <Icon aria-label={lens?.name ?? 'View'} className="size-3.5 shrink-0 text-faint" />
      <h2 className="min-w-0 flex-1 truncate font-medium text-sm" title={view.query}>
        {title}
      </h2>
      {view.pinnedResult !== null ? (
        <Pin aria-label="Pinned" className="size-3 shrink-0 text-accent" />
      ) : null}
      {view.locked ? <Lock aria-label="Locked" className="size-3 shrink-0 text-faint" /> : null}
      {threads > 0 ? (
        <button
          type="button"
          className="nodrag flex h-4 items-center gap-0.5 rounded-sm bg-accent-soft px-1 font-medium text-accent text-xs"
          aria-label={`${counted(threads, 'open thread')} on this view`}
          onClick={() => {
            board.selection.select({ items: [view.id], ...atPlace });
            board.show({ layout: { ...board.ui.getState().layout, details: true } });
          }}
        >
          <MessageSquare aria-hidden className="size-3" /> {threads}
        </button>
      ) : null}
      {place !== null ? (
        <IconButton
          size="sm"
          className="nodrag"
          label="Jump to the unit"
          icon={<Crosshair />}
          onClick={() => board.selection.select(atPlace)}
        />
      ) : null}
      <Menu items={items} align="end" label={`Menu of ${title}`}>
        <IconButton size="sm" className="nodrag" label={`Menu of ${title}`} icon={<EllipsisVertical />} />
      </Menu>
    </header>
  );
}

/** The layer, and unit if any, that the query asks about. */
function placeOf(
  { bound }: ShownResult,
  model: string | null,
): { readonly layer: string; readonly unit: string | null } | null {
  if (!bound.ok || model === null) return null;
  const { what } = bound.query;
  const arg =
    what.kind === 'layer'
      ? what
      : what.kind === 'call'
        ? what.args.find((a) => a.kind === 'layer')
        : undefined;
  if (arg?.kind !== 'layer') return null;
  return {
    layer: layerText(model, arg.layer),
    unit: arg.unit === undefined ? null : layerText(model, arg.layer, arg.unit),
  };
}
