'use client';
import { useStore } from 'zustand';
import type { View } from '@/core/board/index.ts';
import { NO_BACKEND, type ResultMeta } from '@/core/result/index.ts';
import { lensesFor, lensOf } from '../lenses/index.ts';
import { useBindings, useBoard, useMay, useViewResult } from '../state/context.tsx';
import { titleOf } from '../state/questions/query-text.ts';
import { Button } from '../ui/button.tsx';
import { ErrorNote } from '../ui/error-note.tsx';
import { formatCount, formatDuration } from '../ui/format.ts';
import { Select } from '../ui/select.tsx';
import { Facts } from './facts.tsx';
import { PreprocessingFacts } from './preprocessing-facts.tsx';

/** A view: its query, how it is drawn, and where its numbers come from. */
export function ViewFacts({ view }: { readonly view: View }) {
  const board = useBoard();
  const bindings = useBindings();
  const editable = useMay('edit') && !view.locked;
  const { bound, result, asked } = useViewResult(view);
  const members = useStore(board.data.store, (s) => s.members);
  const provenance = result?.meta.provenance;
  const lenses = result ? lensesFor(result.meta) : [];
  const lens = result ? lensOf(view.lens, result.meta) : null;
  return (
    <section aria-label="Selected view" className="flex flex-col gap-2">
      <h3 className="break-words font-semibold">{titleOf(asked, bindings)}</h3>
      <pre className="whitespace-pre-wrap break-words rounded-md bg-sunken p-2 font-mono text-sm">
        {view.query}
      </pre>
      {editable ? (
        <Button size="sm" className="self-start" onClick={() => board.openQuery(view.id)}>
          Edit query
        </Button>
      ) : null}
      {result ? <Warnings of={result.meta} /> : null}
      {result ? <p className="text-muted text-sm">{result.meta.reading}</p> : null}
      <PreprocessingFacts records={provenance?.preprocessing ?? []} bound={bound} />
      {lenses.length > 1 && lens ? (
        <Select
          label="Lens"
          size="sm"
          value={lens.id}
          options={lenses.map((l) => ({ value: l.id, label: l.name }))}
          disabled={!editable}
          onChange={(id) => board.edits.setLens(view.id, id)}
        />
      ) : null}
      <Facts
        facts={[
          [
            'Asked',
            bound.ok && bound.text !== view.query ? (
              <code key="q" className="font-mono">
                {bound.text}
              </code>
            ) : null,
          ],
          ['Type', result?.meta.type],
          ['n', result?.meta.n === undefined ? null : formatCount(result.meta.n)],
          ['Model', provenance?.checkpoints.map((c) => `${c.address} (${c.hash.slice(0, 8)})`).join(', ')],
          ['Data', provenance?.data.map((d) => `${d.address} (${d.hash.slice(0, 8)})`).join(', ')],
          ['Method', provenance ? `${provenance.method} ${provenance.methodVersion}` : null],
          [
            'Parameters',
            provenance
              ? Object.entries(provenance.parameters)
                  .map(([key, value]) => `${key} = ${value}`)
                  .join(', ')
              : null,
          ],
          [
            'Engine',
            provenance === undefined || provenance === null
              ? null
              : provenance.backend === NO_BACKEND
                ? 'none: it stands in the record'
                : `${provenance.engine} ${provenance.engineVersion}, ${provenance.backend}`,
          ],
          ['Took', provenance ? formatDuration(provenance.durationMs) : null],
          ['Computed', provenance ? new Date(provenance.computedAt).toLocaleString() : null],
          [
            'Result',
            result ? (
              <code key="r" className="font-mono" title={result.meta.id}>
                {result.meta.id.slice(0, 12)}
              </code>
            ) : null,
          ],
          ['Made by', members.find((m) => m.id === view.createdBy)?.name ?? null],
        ]}
      />
    </section>
  );
}

/** What is to be known before a number is believed: one line each. */
function Warnings({ of: { warnings, superseded } }: { readonly of: ResultMeta }) {
  const all = superseded === undefined ? warnings : [superseded, ...warnings];
  if (all.length === 0) return null;
  return (
    <ErrorNote tone="warning" className="text-sm">
      <ul aria-label="Warnings" className="flex flex-col gap-1">
        {all.map((warning) => (
          <li key={warning}>{warning}</li>
        ))}
      </ul>
    </ErrorNote>
  );
}
