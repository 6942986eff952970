'use client';
import { ChevronRight } from 'lucide-react';
import { useStore } from 'zustand';
import { useBindings, useBoard } from '../state/context.tsx';
import { shortName, trail } from '../state/project/addresses.ts';

/** Breadcrumbs from the project to what is selected; each step goes back up to it. */
export function Trail() {
  const board = useBoard();
  const bindings = useBindings();
  const layer = useStore(board.selection.store, (s) => s.layer);
  const unit = useStore(board.selection.store, (s) => s.units[0] ?? null);
  const project = useStore(board.data.store, (s) => s.project);
  const steps = trail(unit ?? layer ?? bindings.f ?? '');
  return (
    <nav aria-label="Levels" className="min-h-6 pr-7">
      <ol className="flex items-center gap-0.5 text-sm">
        <li className="min-w-8 max-w-40 shrink-[9]">
          <button
            type="button"
            className="block h-6 w-full truncate text-muted hover:text-text"
            onClick={() => board.selection.select({ layer: null, units: [] })}
          >
            {project?.name ?? board.slug}
          </button>
        </li>
        {steps.map(({ address, text }, i) => (
          <li
            key={text}
            title={shortName(address)}
            className={`flex items-center gap-0.5 ${address.kind === 'unit' ? 'shrink-0' : address.kind === 'layer' ? 'min-w-0 shrink-[0.1]' : 'min-w-0 shrink-[9]'}`}
          >
            <ChevronRight aria-hidden className="size-3 shrink-0 text-faint" />
            <button
              type="button"
              aria-current={i === steps.length - 1 ? 'location' : undefined}
              className="h-6 min-w-6 truncate font-mono hover:text-accent aria-[current]:text-text"
              onClick={() => {
                if (address.kind === 'layer') board.selection.select({ layer: text, units: [] });
                else if (address.kind === 'unit') board.selection.select({ units: [text] });
                else board.selection.select({ layer: null, units: [] });
              }}
            >
              {address.kind === 'unit' ? `#${address.unit}` : shortName(address)}
            </button>
          </li>
        ))}
      </ol>
    </nav>
  );
}
