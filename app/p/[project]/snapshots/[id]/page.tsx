import type { Metadata } from 'next';
import { ReviewEntry } from '@/components/review/entry.tsx';

export const metadata: Metadata = { title: 'Snapshot' };

export default async function Page({
  params,
}: {
  readonly params: Promise<{ project: string; id: string }>;
}) {
  const { project, id } = await params;
  return <ReviewEntry project={project} id={id} />;
}
