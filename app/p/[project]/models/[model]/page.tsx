import type { Metadata } from 'next';
import { ModelPage } from '@/components/model/model-page.tsx';

interface Props {
  readonly params: Promise<{ project: string; model: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: decodeURIComponent((await params).model) };
}

/** All that is known of a model. */
export default async function Page({ params }: Props) {
  const { project, model } = await params;
  return <ModelPage slug={project} name={decodeURIComponent(model)} />;
}
