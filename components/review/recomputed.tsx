'use client';
import type { View } from '@/core/board/index.ts';
import { useBindings, usePinned, useQuery } from '../state/context.tsx';
import { ErrorNote } from '../ui/error-note.tsx';
import { formatNumber, formatShare } from '../ui/format.ts';
import { differences } from './compare.ts';
import { Framed } from './saved-view.tsx';

/** The same question asked today, and how its numbers differ from the saved ones. */
export function Recomputed({ view, saved }: { readonly view: View; readonly saved: string | null }) {
  const bindings = useBindings();
  const { bound, state } = useQuery(view.query, bindings);
  const then = usePinned(saved);
  if (!bound.ok) return <ErrorNote>It cannot be asked today: {bound.message}</ErrorNote>;
  const now = state?.status === 'done' ? state.result : null;
  const before = then?.status === 'done' ? then.result : null;
  return (
    <section aria-label="Recomputed" className="flex flex-col gap-3">
      {now && before ? <Verdict before={before} now={now} /> : null}
      <Framed view={view} title="Today" state={state} note="computed now" />
    </section>
  );
}

function Verdict({
  before,
  now,
}: {
  readonly before: Parameters<typeof differences>[0];
  readonly now: Parameters<typeof differences>[1];
}) {
  // The id is the hash of question, model, data and method: equal ids are the same answer.
  const found = before.meta.id === now.meta.id ? [] : differences(before, now);
  if (found.length === 0)
    return (
      <ErrorNote tone="info">
        {before.meta.id === now.meta.id
          ? 'Nothing differs: question, weights, data and method are the same, so this is the same result.'
          : 'Every number is the same, although weights, data or method were told apart since.'}
      </ErrorNote>
    );
  const causes = [
    before.meta.provenance.checkpoints.map((c) => c.hash).join() !==
    now.meta.provenance.checkpoints.map((c) => c.hash).join()
      ? 'the weights'
      : null,
    before.meta.provenance.data.map((d) => d.hash).join() !==
    now.meta.provenance.data.map((d) => d.hash).join()
      ? 'the data'
      : null,
    before.meta.provenance.methodVersion === now.meta.provenance.methodVersion
      ? null
      : 'the method’s version',
  ].filter((cause) => cause !== null);
  return (
    <ErrorNote tone="warning">
      The numbers differ today{causes.length > 0 ? `, since ${causes.join(' and ')} changed` : ''}:
      <ul className="mt-1 list-disc pl-4">
        {found.map((d) => (
          <li key={d.tensor}>
            <code className="font-mono">{d.tensor}</code>:{' '}
            {d.shape
              ? 'another shape'
              : `at most ${formatNumber(d.largest)}, in ${formatShare(d.share)} of the values`}
          </li>
        ))}
      </ul>
    </ErrorNote>
  );
}
