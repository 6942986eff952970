'use client';
import { Badge } from '@/components/ui/badge.tsx';
import { METHOD_NAMES, METHODS } from '@/core/algebra/index.ts';
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

/** What is to be minded about a picture by this method: said where it is seen, not only where its reading is opened. */
export function MethodNote({
  record,
  reading,
}: {
  readonly record: AttributionRecord;
  readonly reading: string;
}) {
  const methods = [record.method, ...(record.join ? [record.join.right.method] : [])];
  const cautions = METHOD_NAMES.flatMap((name) =>
    methods.includes(name) ? (METHODS[name].caution ?? []) : [],
  );
  return cautions.map((caution) => (
    <Badge key={caution} tone="warning" title={reading}>
      {caution}
    </Badge>
  ));
}
