'use client';
import { useEffect, useState } from 'react';

const DAY = 86_400_000;

/** "today 14:05", "yesterday", "3 Nov", "3 Nov 2025"; the full time on hover. In the reader's own time zone. */
export function When({ time }: { readonly time: string }) {
  // The server's time zone is not the reader's: rendered in the browser only.
  const [text, setText] = useState<{ short: string; full: string } | null>(null);
  useEffect(() => {
    const date = new Date(time);
    const now = new Date();
    const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate()).getTime();
    const clock = date.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
    const day: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short' };
    const short =
      date.getTime() >= midnight
        ? `today ${clock}`
        : date.getTime() >= midnight - DAY
          ? 'yesterday'
          : date.toLocaleDateString(
              [],
              date.getFullYear() === now.getFullYear() ? day : { ...day, year: 'numeric' },
            );
    setText({ short, full: date.toLocaleString() });
  }, [time]);
  return (
    <time dateTime={time} title={text?.full}>
      {text?.short ?? ' '}
    </time>
  );
}
