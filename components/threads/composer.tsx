'use client';
import { useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { Member } from '@/core/api/index.ts';
import { describeError } from '../state/api.ts';
import { useProject } from '../state/context.tsx';
import { Avatar } from '../ui/avatar.tsx';
import { Button } from '../ui/button.tsx';
import { isComposing } from '../ui/composing.ts';
import { TextArea } from '../ui/input.tsx';
import { mentionAt, offerMembers, withMention } from './mention.ts';

export interface ComposerProps {
  readonly label: string;
  readonly button: string;
  readonly first?: string;
  readonly autoFocus?: boolean;
  send(body: string): Promise<unknown>;
  onCancel?(): void;
}

/** Writes a comment: `@` completes members, Ctrl or Command with Enter sends. What could not be sent is kept. */
export function Composer({ label, button, first = '', autoFocus, send, onCancel }: ComposerProps) {
  const members = useStore(useProject().data.store, (s) => s.members);
  const [text, setText] = useState(first);
  const [caret, setCaret] = useState(first.length);
  const [pick, setPick] = useState(0);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const area = useRef<HTMLTextAreaElement>(null);
  const mention = mentionAt(text, caret);
  const offers = mention === null ? [] : offerMembers(members, mention.typed);
  useEffect(() => {
    if (autoFocus) area.current?.focus();
  }, [autoFocus]);
  const submit = async () => {
    if (text.trim() === '' || busy) return;
    setBusy(true);
    setError(null);
    try {
      await send(text.trim());
      setText('');
    } catch (e) {
      setError(describeError(e).message);
    } finally {
      setBusy(false);
    }
  };
  const take = (member: Member) => {
    const next = withMention(text, caret, member.name);
    setText(next.text);
    setCaret(next.caret);
    setPick(0);
    requestAnimationFrame(() => {
      area.current?.focus();
      area.current?.setSelectionRange(next.caret, next.caret);
    });
  };
  return (
    <form
      className="relative flex flex-col gap-1"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <TextArea
        ref={area}
        aria-label={label}
        placeholder={label}
        rows={2}
        maxLength={10_000}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setCaret(event.target.selectionStart);
          setPick(0);
        }}
        onSelect={(event) => setCaret(event.currentTarget.selectionStart)}
        onKeyDown={(event) => {
          event.stopPropagation();
          if (isComposing(event)) return;
          const offer = offers[pick];
          if (offer && (event.key === 'Enter' || event.key === 'Tab')) {
            event.preventDefault();
            take(offer);
          } else if (offers.length > 0 && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
            event.preventDefault();
            setPick((pick + (event.key === 'ArrowDown' ? 1 : offers.length - 1)) % offers.length);
          } else if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) {
            event.preventDefault();
            void submit();
          } else if (event.key === 'Escape') {
            if (offers.length > 0) setCaret(0);
            else if (onCancel) onCancel();
            else area.current?.blur();
          }
        }}
      />
      {offers.length > 0 ? (
        <ul
          aria-label="Members to mention"
          className="absolute top-full z-20 w-full rounded-md border bg-surface p-1 shadow-float"
        >
          {offers.map((member, i) => (
            <li key={member.id}>
              <button
                type="button"
                className={`flex w-full items-center gap-2 rounded-sm px-2 py-0.5 text-left ${i === pick ? 'bg-hover' : ''}`}
                onMouseDown={(event) => {
                  event.preventDefault();
                  take(member);
                }}
              >
                <Avatar name={member.name} color={member.color} size={16} /> {member.name}
              </button>
            </li>
          ))}
        </ul>
      ) : null}
      {error !== null ? (
        <p role="alert" className="text-fault text-sm">
          {error}
        </p>
      ) : null}
      <div className="flex justify-end gap-1">
        {onCancel ? (
          <Button size="sm" tone="ghost" onClick={onCancel}>
            Cancel
          </Button>
        ) : null}
        <Button size="sm" tone="primary" type="submit" busy={busy} disabled={text.trim() === ''}>
          {button}
        </Button>
      </div>
    </form>
  );
}
