'use client';
import { Images, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { act, path, problemOf } from '@/components/state/api.ts';
import {
  Button,
  Confirm,
  EmptyState,
  ErrorNote,
  formatCount,
  formatShape,
  IconButton,
  UnreadableList,
} from '@/components/ui/index.ts';
import type { Dataset } from '@/core/api/index.ts';
import { FORMATS_IN_WORDS } from '@/core/formats/index.ts';
import { may } from '@/core/roles/index.ts';
import type { Home } from './home.ts';

export function Datasets({
  home,
  reload,
  chooseFiles,
}: {
  readonly home: Home;
  reload(): void;
  chooseFiles(): void;
}) {
  const { slug, role } = home.project;
  const [deleting, setDeleting] = useState<Dataset | null>(null);
  const unreadable = <UnreadableList label="Data sets that cannot be read" list={home.unreadable.datasets} />;
  if (home.datasets.length === 0 && home.unreadable.datasets.length > 0) return unreadable;
  if (home.datasets.length === 0)
    return (
      <EmptyState
        icon={<Images />}
        className="rounded-md border bg-surface py-12"
        title="No data set yet"
        action={may(role, 'import') && <Button onClick={chooseFiles}>Choose files</Button>}
      >
        Drop files anywhere on this page. {FORMATS_IN_WORDS}
      </EmptyState>
    );
  return (
    <>
      <ul aria-label="Data sets" className="divide-y rounded-md border bg-surface">
        {home.datasets.map((dataset) => (
          <li key={dataset.name} className="flex items-start gap-3 px-4 py-3">
            <Images aria-hidden className="mt-0.5 size-4 shrink-0 text-faint" />
            <div className="min-w-0 flex-1">
              <p className="font-medium">{dataset.name}</p>
              <p className="text-muted text-sm">
                {dataset.splits.map(({ name, size }) => `${name}: ${formatCount(size)}`).join(' · ')} ·{' '}
                <span className="font-mono">{formatShape(dataset.shape)}</span>
                {dataset.classes.length > 0 && ` · ${dataset.classes.length} classes`}
                {dataset.columns.length > 0 && ` · columns ${dataset.columns.join(', ')}`}
              </p>
              {dataset.citation && <p className="mt-1 text-faint text-sm">{dataset.citation}</p>}
              {dataset.warnings.map((warning) => (
                <ErrorNote key={warning} tone="warning" className="mt-2">
                  {warning}
                </ErrorNote>
              ))}
            </div>
            {may(role, 'manage') && (
              <IconButton
                size="sm"
                label={`Delete ${dataset.name}`}
                icon={<Trash2 />}
                onClick={() => setDeleting(dataset)}
              />
            )}
          </li>
        ))}
      </ul>
      {unreadable}
      {deleting && (
        <Confirm
          title={`Delete ${deleting.name}?`}
          description="Views that ask about it will say that it is gone; snapshots keep their numbers."
          action="Delete data set"
          onClose={() => setDeleting(null)}
          onConfirm={() =>
            problemOf(act('DELETE', path`projects/${slug}/datasets/${deleting.name}`).then(reload))
          }
        />
      )}
    </>
  );
}
