'use client';
import { History } from 'lucide-react';
import { useState } from 'react';
import { IconButton } from '../ui/button.tsx';
import { Input } from '../ui/input.tsx';
import { Popover } from '../ui/popover.tsx';
import { historyOf, searched } from './text/history.ts';
import { QueryText } from './text/query-text.tsx';

/** The queries that this person ran in this project, newest first. */
export function HistoryMenu({ project, onPick }: { readonly project: string; onPick(query: string): void }) {
  const [open, setOpen] = useState(false);
  return (
    <Popover
      label="Queries run before"
      align="end"
      className="w-[420px] p-2"
      open={open}
      onOpenChange={setOpen}
      trigger={
        <IconButton size="sm" className="nodrag" label="History" shortcut="Alt+ArrowUp" icon={<History />} />
      }
    >
      <Past
        project={project}
        onPick={(query) => {
          setOpen(false);
          onPick(query);
        }}
      />
    </Popover>
  );
}

function Past({ project, onPick }: { readonly project: string; onPick(query: string): void }) {
  const [search, setSearch] = useState('');
  const [history] = useState(() => historyOf(project));
  const found = searched(history, search);
  return (
    <>
      <Input
        aria-label="Search the history"
        placeholder="Search"
        className="h-7"
        value={search}
        onChange={(event) => setSearch(event.target.value)}
      />
      {found.length === 0 ? (
        <p className="px-2 pt-2 text-muted text-sm">
          {history.length === 0 ? 'Nothing was run here yet.' : 'No query of these words.'}
        </p>
      ) : (
        <ul aria-label="Queries run before" className="mt-1 max-h-64 overflow-y-auto">
          {found.map((query) => (
            <li key={query}>
              <button
                type="button"
                className="w-full truncate rounded-sm px-2 py-1 text-left font-mono text-sm hover:bg-hover"
                onClick={() => onPick(query)}
              >
                <QueryText text={query} />
              </button>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
