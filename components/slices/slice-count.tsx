'use client';
/** How many examples a condition leaves, and how many of them the model gets right: asked while one types. */
import { useEffect, useState } from 'react';
import { print } from '@/core/algebra/index.ts';
import { type CountRecord, countRecordSchema, predictionRecordSchema } from '@/core/result/index.ts';
import { predictQuery } from '../marks/mark-all.ts';
import { useBindings, useQuery } from '../state/context.tsx';
import { readAddress } from '../state/project/addresses.ts';
import { ErrorNote } from '../ui/error-note.tsx';
import { formatCount, formatShare } from '../ui/format.ts';

/** The value, once it has not changed for so long. */
export function useSettled<T>(value: T, ms: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(() => value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}

/** `select count() from f(digits.test[label = 3])`; empty for what is no split or slice. */
export function countQuery(address: string): string {
  const input = readAddress(address);
  if (input?.kind !== 'slice' && input?.kind !== 'dataset') return '';
  return print({
    kind: 'select',
    what: { kind: 'call', name: 'count', args: [] },
    model: { kind: 'name', name: 'f' },
    input,
  });
}

/** `address`: null while the condition has a fault. */
export function SliceCount({ address }: { readonly address: string | null }) {
  const bindings = useBindings();
  const settled = useSettled(address, 250);
  const waiting = settled !== address;
  const query = settled === null || bindings.f === null ? '' : countQuery(settled);
  const { state, result } = useQuery(query, bindings);
  const record = result ? countRecordSchema.safeParse(result.meta.record) : null;
  const facts = record?.success ? record.data : null;
  const accuracy = useAccuracy(state?.status === 'done' ? facts : null, settled) ?? facts?.accuracy ?? null;
  if (bindings.f === null)
    return <p className="text-faint text-sm">Choose a model to see how many examples there are.</p>;
  if (address === null) return <p className="text-faint text-sm">Mend the condition to see how many.</p>;
  if (state?.status === 'error' && !waiting && state.code !== 'cancelled')
    return <ErrorNote>{state.message}</ErrorNote>;
  const stale = waiting || state?.status === 'loading';
  return (
    <p
      role="status"
      aria-label="Number of examples"
      aria-busy={stale}
      className={`text-sm transition-opacity ${stale ? 'opacity-50' : ''}`}
    >
      {facts === null ? (
        'Counting'
      ) : (
        <>
          <span className="font-semibold">{formatCount(facts.count)}</span> of {formatCount(facts.total)}
          {accuracy === null ? null : ` · ${formatShare(accuracy)} right by ${bindings.f}`}
        </>
      )}
    </p>
  );
}

/** So many are predicted for their accuracy alone. */
const MAX_PREDICTED = 5000;

/** Counting tells it where the condition asks the model anyway; of the others, small slices are predicted. */
function useAccuracy(facts: CountRecord | null, address: string | null): number | null {
  const bindings = useBindings();
  const wanted = facts !== null && facts.accuracy === null && facts.count > 0 && facts.count <= MAX_PREDICTED;
  const { state } = useQuery(wanted && address !== null ? predictQuery(address) : '', bindings);
  if (state?.status !== 'done') return null;
  const record = predictionRecordSchema.safeParse(state.result.meta.record);
  return record.success ? record.data.accuracy : null;
}
