'use client';
/** The editor's code is fetched when a query is first opened, or when the page has nothing else to do. */
import { lazy, Suspense } from 'react';
import type { QueryEditorProps } from './editor.tsx';
import { QueryText } from './query-text.tsx';

const fetchEditor = () => import('./editor.tsx');
const Editor = lazy(() => fetchEditor().then(({ QueryEditor }) => ({ default: QueryEditor })));

/** So that whoever presses `/` finds it ready. */
export function prefetchEditor(): () => void {
  const fetch = () => void fetchEditor().catch(() => undefined);
  if (typeof requestIdleCallback === 'undefined') {
    const timer = setTimeout(fetch, 1500);
    return () => clearTimeout(timer);
  }
  const handle = requestIdleCallback(fetch, { timeout: 3000 });
  return () => cancelIdleCallback(handle);
}

export function LazyQueryEditor(props: QueryEditorProps) {
  const text = props.shared?.text.toString() ?? props.first;
  return (
    <Suspense
      fallback={
        <div className="px-(--query-side,12px) py-1.5 font-mono text-sm" aria-busy>
          {text === '' ? <span className="text-faint">{props.placeholder}</span> : <QueryText text={text} />}
        </div>
      }
    >
      <Editor {...props} />
    </Suspense>
  );
}
