'use client';
/**
 * The editor's code is fetched when the page has nothing else to do, or when a query is first opened. Whoever types before
 * it is there types into a plain box, and goes on in the editor at the same place.
 */
import { type ComponentType, useCallback, useEffect, useRef, useState } from 'react';
import { isComposing } from '../../ui/composing.ts';
import { QueryText } from '../text/query-text.tsx';
import type { QueryEditorProps, Written } from './editor.tsx';

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

export function LazyQueryEditor({
  first,
  ...props
}: Omit<QueryEditorProps, 'opening'> & { readonly first: string }) {
  const [Editor, setEditor] = useState<Editor | null>(() => fetched);
  const written = useRef<Written>({ text: first, caret: first.length });
  // Kept when the plain box goes: no key comes between that and the editor that takes its place. Read any earlier, a key
  // pressed meanwhile would be lost.
  const keep = useCallback(
    (box: HTMLTextAreaElement) => () => {
      written.current = { text: box.value, caret: box.selectionStart };
    },
    [],
  );
  useEffect(() => {
    let gone = false;
    // Without it the plain box does.
    fetchEditor().then(
      (editor) => !gone && setEditor(() => editor),
      () => undefined,
    );
    return () => {
      gone = true;
    };
  }, []);
  if (Editor) return <Editor {...props} opening={written} />;
  const look = 'block w-full px-(--query-side,12px) py-1.5 font-mono text-sm';
  if (props.shared)
    return (
      // biome-ignore lint/a11y/noStaticElementInteractions: keys pressed before the editor is there are not the board's commands
      <div
        ref={props.autoFocus ? takeFocus : undefined}
        tabIndex={-1}
        className={`${look} outline-none`}
        aria-busy
        onKeyDown={(event) => event.stopPropagation()}
      >
        <QueryText text={props.shared.text.toString()} />
      </div>
    );
  return (
    <textarea
      ref={keep}
      // biome-ignore lint/a11y/noAutofocus: it was opened to be typed in
      autoFocus={props.autoFocus}
      rows={1}
      spellCheck={false}
      aria-label="Query"
      aria-describedby={props.describedBy}
      placeholder={props.placeholder}
      readOnly={props.readOnly}
      defaultValue={first}
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

const takeFocus = (element: HTMLElement | null): void => element?.focus({ preventScroll: true });
