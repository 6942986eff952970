'use client';
/**
 * The editor's code is fetched when the page has nothing else to do, or when a query is first opened. Whoever types before
 * it is there types into a plain box, and goes on in the editor at the same place.
 */
import { type ComponentType, useEffect, useRef, useState } from 'react';
import { isComposing } from '../../ui/composing.ts';
import { QueryText } from '../text/query-text.tsx';
import type { QueryEditorProps } from './editor.tsx';

type Editor = ComponentType<QueryEditorProps>;
let fetched: Editor | null = null;

async function fetchEditor(): Promise<Editor> {
  fetched ??= (await import('./editor.tsx')).QueryEditor;
  return fetched;
}

/** So that whoever presses `/` finds it ready. Returns how to give it up. */
export function prefetchEditor(): () => void {
  const fetch = () => void fetchEditor().catch(() => undefined);
  if (typeof requestIdleCallback === 'undefined') {
    const timer = setTimeout(fetch, 1500);
    return () => clearTimeout(timer);
  }
  const handle = requestIdleCallback(fetch, { timeout: 3000 });
  return () => cancelIdleCallback(handle);
}

export function LazyQueryEditor(props: Omit<QueryEditorProps, 'caret'>) {
  const [Editor, setEditor] = useState<Editor | null>(() => fetched);
  const box = useRef<HTMLTextAreaElement>(null);
  const left = useRef({ text: props.first, caret: props.first.length });
  useEffect(() => {
    let gone = false;
    const show = (editor: Editor) => {
      if (gone) return;
      if (box.current) left.current = { text: box.current.value, caret: box.current.selectionStart };
      setEditor(() => editor);
    };
    // Without it the plain box does.
    fetchEditor().then(show, () => undefined);
    return () => {
      gone = true;
    };
  }, []);
  if (Editor) return <Editor {...props} first={left.current.text} caret={left.current.caret} />;
  const look = 'block w-full px-(--query-side,12px) py-1.5 font-mono text-sm';
  if (props.shared)
    return (
      <div className={look} aria-busy>
        <QueryText text={props.shared.text.toString()} />
      </div>
    );
  return (
    <textarea
      ref={box}
      // biome-ignore lint/a11y/noAutofocus: it was opened to be typed in
      autoFocus={props.autoFocus}
      rows={1}
      spellCheck={false}
      aria-label="Query"
      aria-describedby={props.describedBy}
      placeholder={props.placeholder}
      readOnly={props.readOnly}
      defaultValue={props.first}
      className={`${look} resize-none bg-transparent outline-none`}
      onChange={(event) => props.onChange(event.target.value)}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (isComposing(event)) return;
        if (event.key === 'Escape') props.actions.leave();
        if (event.key === 'Enter' && !event.shiftKey) {
          event.preventDefault();
          props.actions.run(event.currentTarget.value);
        }
      }}
    />
  );
}
