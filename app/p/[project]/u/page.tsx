import type { Metadata } from 'next';
import { UnitEntry } from '@/components/unit/entry.tsx';

interface Props {
  readonly params: Promise<{ project: string }>;
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
}

const text = (value: string | string[] | undefined): string | null =>
  typeof value === 'string' ? value : null;

export async function generateMetadata({ searchParams }: Props): Promise<Metadata> {
  return { title: text((await searchParams).at) ?? 'Unit' };
}

/** The page of a unit of analysis: `?at=ADDRESS`. */
export default async function Page({ params, searchParams }: Props) {
  const { project } = await params;
  const { at, thread } = await searchParams;
  return <UnitEntry project={project} at={text(at)} thread={text(thread)} />;
}
