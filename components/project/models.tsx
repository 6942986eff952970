'use client';
import { Box, Trash2 } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import { act, path, problemOf } from '@/components/state/api.ts';
import {
  Badge,
  Button,
  Confirm,
  EmptyState,
  formatCount,
  formatNumber,
  formatShape,
  formatShare,
  IconButton,
  modelColor,
  UnreadableList,
} from '@/components/ui/index.ts';
import type { Model } from '@/core/api/index.ts';
import { FORMATS_IN_WORDS } from '@/core/formats/index.ts';
import { may } from '@/core/roles/index.ts';
import { When } from '../ui/when.tsx';
import type { Home } from './home.ts';

/** Last value of a metric that was logged. */
function last(model: Model, name: string): number | null {
  const series = model.metrics?.series.find((one) => one.name === name);
  return series?.values[series.values.length - 1] ?? null;
}

export function Models({
  home,
  reload,
  chooseFiles,
}: {
  readonly home: Home;
  reload(): void;
  chooseFiles(): void;
}) {
  const { slug, role } = home.project;
  const [deleting, setDeleting] = useState<Model | null>(null);
  const unreadable = <UnreadableList label="Models that cannot be read" list={home.unreadable.models} />;
  if (home.models.length === 0 && home.unreadable.models.length > 0) return unreadable;
  if (home.models.length === 0)
    return (
      <EmptyState
        icon={<Box />}
        className="rounded-md border bg-surface py-12"
        title="No model yet"
        action={may(role, 'import') && <Button onClick={chooseFiles}>Choose files</Button>}
      >
        Drop files anywhere on this page. {FORMATS_IN_WORDS}
      </EmptyState>
    );
  return (
    <>
      <table className="w-full rounded-md border bg-surface text-left">
        <thead className="border-b text-muted text-sm">
          <tr>
            {['Model', 'Input', 'Layers', 'Parameters', 'Checkpoints', 'Validation', 'Added', ''].map(
              (head) => (
                <th key={head} scope="col" className="px-3 py-2 font-medium">
                  {head || <span className="sr-only">Actions</span>}
                </th>
              ),
            )}
          </tr>
        </thead>
        <tbody className="divide-y">
          {home.models.map((model) => {
            const accuracy = last(model, 'val_accuracy');
            const loss = last(model, 'val_loss');
            return (
              <tr key={model.name} className="tabular-nums hover:bg-hover">
                <td className="px-3 py-2">
                  <Link
                    href={`/p/${slug}/models/${encodeURIComponent(model.name)}`}
                    className="flex items-center gap-2 font-medium hover:underline"
                  >
                    <span
                      aria-hidden
                      className="h-4 w-1 rounded-sm"
                      style={{ background: modelColor(model.color) }}
                    />
                    {model.name}
                    {model.warnings.length > 0 && (
                      <Badge tone="warning" title={model.warnings.join('\n')}>
                        {model.warnings.length}
                      </Badge>
                    )}
                  </Link>
                </td>
                <td className="px-3 py-2 font-mono text-sm">
                  {model.inputs.map((input) => formatShape(input.shape.slice(1))).join(', ')}
                </td>
                <td className="px-3 py-2">{model.graph.layers.length}</td>
                <td className="px-3 py-2">{formatCount(model.graph.params)}</td>
                <td className="px-3 py-2">{model.checkpoints.length}</td>
                <td className="px-3 py-2">
                  {accuracy !== null
                    ? formatShare(accuracy)
                    : loss !== null
                      ? `loss ${formatNumber(loss)}`
                      : '–'}
                </td>
                <td className="px-3 py-2 text-muted text-sm">
                  <When time={model.createdAt} />
                </td>
                <td className="px-1 py-1 text-right">
                  {may(role, 'manage') && (
                    <IconButton
                      size="sm"
                      label={`Delete ${model.name}`}
                      icon={<Trash2 />}
                      onClick={() => setDeleting(model)}
                    />
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {unreadable}
      {deleting && (
        <Confirm
          title={`Delete ${deleting.name}?`}
          description="Its checkpoints and runs go with it. Views that ask about it will say that it is gone; snapshots keep their numbers."
          action="Delete model"
          onClose={() => setDeleting(null)}
          onConfirm={() =>
            problemOf(act('DELETE', path`projects/${slug}/models/${deleting.name}`).then(reload))
          }
        />
      )}
    </>
  );
}
