import type { Metadata } from 'next';
import { ReviewPage } from '@/components/review/review-page.tsx';

export const metadata: Metadata = { title: 'Snapshot' };

export default async function Page({
  params,
}: {
  readonly params: Promise<{ project: string; id: string }>;
}) {
  const { project, id } = await params;
  return <ReviewPage project={project} id={id} />;
}
