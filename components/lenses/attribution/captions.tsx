'use client';
import { Badge } from '@/components/ui/badge.tsx';
import type { AttributionRecord } from '@/core/result/types.ts';
import { NotFinite } from '../shared/drawing/not-finite.tsx';
import { subjectCaptions, sumCaptions } from './words.ts';

/** The quiet line below an attribution. */
export function AttributionFoot({
  record,
  extra,
  shown,
}: {
  readonly record: AttributionRecord;
  readonly extra?: string;
  /** Numbers that the picture shows. */
  readonly shown: readonly (ArrayLike<number> | null | undefined)[];
}) {
  return (
    <>
      <NotFinite of={shown} />
      {sumCaptions(record).map(({ text, meaning }) => (
        <span key={text} title={meaning}>
          {text}
        </span>
      ))}
      {extra !== undefined && <span>{extra}</span>}
    </>
  );
}

/** Target and verdict, or target and distance, above an attribution. */
export function AttributionHead({ record }: { readonly record: AttributionRecord }) {
  const captions = subjectCaptions(record);
  return (
    <span
      className="min-w-0 flex-1 truncate text-muted"
      title={captions.map(({ text, meaning }) => `${text}: ${meaning}`).join('\n')}
    >
      {captions.map(({ text }) => text).join(' · ')}
    </span>
  );
}

/**
 * Guided backpropagation draws much the same whatever the weights are (Adebayo et al. 2018): said where it is seen, not
 * only where its reading is opened.
 */
export function MethodNote({
  record,
  reading,
}: {
  readonly record: AttributionRecord;
  readonly reading: string;
}) {
  const methods = [record.method, ...(record.join ? [record.join.right.method] : [])];
  return methods.includes('guided_backprop') ? (
    <Badge tone="warning" title={reading}>
      fails the randomisation test
    </Badge>
  ) : null;
}
