'use client';
import { Flag } from 'lucide-react';
import { useMemo } from 'react';
import { useStore } from 'zustand';
import { print } from '@/core/algebra/index.ts';
import { predictionRecordSchema } from '@/core/result/index.ts';
import { MarkSelected } from '../marks/mark-selected.tsx';
import { useBindings, useBoard, useMay, useQuery } from '../state/context.tsx';
import { readAddress } from '../state/project/addresses.ts';
import { Button } from '../ui/button.tsx';
import { formatCount, formatNumber, formatShare } from '../ui/format.ts';
import { Facts } from './facts.tsx';

/** Outputs of no class that are shown, from the first on. */
const MAX_OUTPUTS = 6;

/** An example's label, and what the current model says of it. */
export function ExamplePrediction({ example }: { readonly example: string }) {
  const bindings = useBindings();
  const query = useMemo(() => {
    const address = readAddress(example);
    if (address?.kind !== 'example' || bindings.f === null) return '';
    return print({
      kind: 'select',
      what: { kind: 'call', name: 'predict', args: [] },
      model: { kind: 'name', name: 'f' },
      input: address,
    });
  }, [example, bindings.f]);
  const { result } = useQuery(query, bindings);
  const record = result ? predictionRecordSchema.safeParse(result.meta.record) : null;
  const facts = record?.success ? record.data : null;
  const name = (index: number | null | undefined) =>
    index === null || index === undefined ? null : (facts?.classes[index] ?? String(index));
  const values = result?.tensors.values?.data;
  const predicted = facts?.predicted ?? null;
  const share = predicted === null ? undefined : values?.[predicted];
  const outputs =
    facts?.scores === 'output'
      ? Array.from(values ?? [])
          .slice(0, MAX_OUTPUTS)
          .map((value, unit): [string, string] => [
            facts.classes[unit] ?? `output ${unit}`,
            formatNumber(value),
          ])
      : [];
  return (
    <Facts
      facts={[
        ['Label', name(facts?.label)],
        ['Predicted', name(facts?.predicted)],
        ['Confidence', share === undefined || facts?.scores !== 'probability' ? null : formatShare(share)],
        ['Score', share === undefined || facts?.scores !== 'score' ? null : formatNumber(share)],
        ...outputs,
        ['By', bindings.f],
        ['In queries', example === bindings.x ? 'x' : example === bindings["x'"] ? "x'" : null],
      ]}
    />
  );
}

/** A selected example, and its part in queries. */
export function ExampleFacts({ example, count }: { readonly example: string; readonly count: number }) {
  const board = useBoard();
  const bindings = useBindings();
  const editable = useMay('edit');
  return (
    <section aria-label="Selected example" className="flex flex-col gap-2">
      <h3 className="break-words font-mono font-semibold">{example}</h3>
      {count > 1 ? <p className="text-muted text-sm">and {formatCount(count - 1)} more selected</p> : null}
      <ExamplePrediction example={example} />
      <MarkedBy example={example} />
      {editable ? (
        <div className="flex flex-wrap gap-1">
          {(['x', "x'"] as const).map((key) => (
            <Button
              key={key}
              size="sm"
              disabled={bindings[key] === example}
              onClick={() => board.edits.bind(key, example)}
            >
              Use as {key}
            </Button>
          ))}
          <MarkSelected />
        </div>
      ) : null}
    </section>
  );
}

/** Who marked it. */
function MarkedBy({ example }: { readonly example: string }) {
  const board = useBoard();
  const mark = useStore(board.marks.store, (s) => s.marks.get(example));
  const members = useStore(board.data.store, (s) => s.members);
  if (!mark) return null;
  const by = members.find((member) => member.id === mark.by)?.name;
  return (
    <p className="flex items-center gap-1 text-sm">
      <Flag aria-hidden className="size-3.5 text-accent" />
      {by === undefined ? 'Marked' : `Marked by ${by}`}
      {mark.note === undefined ? null : `: ${mark.note}`}
    </p>
  );
}
