'use client';
/** The left panel: where one is, the models and layers of the project, and the tools that are applied to them. */
import { Search } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import { useBoard } from '../state/context.tsx';
import { isComposing } from '../ui/composing.ts';
import { Input } from '../ui/input.tsx';
import { ModelTree } from './model-tree.tsx';
import { Toolbox } from './toolbox.tsx';
import { Trail } from './trail.tsx';

export function Inspector() {
  const board = useBoard();
  const error = useStore(board.data.store, (s) => s.error);
  const [search, setSearch] = useState('');
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <div className="flex flex-col gap-2 border-b p-3 pt-2">
        <Trail />
        <div className="relative">
          <Search aria-hidden className="absolute top-1.5 left-2 size-4 text-faint" />
          <Input
            type="search"
            aria-label="Search models and layers"
            placeholder="Search models and layers"
            className="h-7 pl-7"
            value={search}
            onChange={(event) => setSearch(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === 'Escape' && !isComposing(event)) {
                event.stopPropagation();
                setSearch('');
                event.currentTarget.blur();
              }
            }}
          />
        </div>
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto p-2">
        {error !== null ? (
          <p role="alert" className="px-1 pb-2 text-fault text-sm">
            {error}
          </p>
        ) : null}
        <ModelTree search={search} />
      </div>
      <Toolbox />
    </div>
  );
}
