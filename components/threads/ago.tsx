'use client';
const UNITS = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const;

/** "3 hours ago", with the full time on hover. */
export function Ago({ time }: { readonly time: string }) {
  const date = new Date(time);
  return (
    <time dateTime={time} title={date.toLocaleString()} className="whitespace-nowrap text-faint text-xs">
      {ago(date, new Date())}
    </time>
  );
}

export function ago(then: Date, now: Date): string {
  const seconds = Math.max(0, (now.getTime() - then.getTime()) / 1000);
  for (const [unit, size] of UNITS)
    if (seconds >= size)
      return new Intl.RelativeTimeFormat('en', { numeric: 'auto' }).format(-Math.floor(seconds / size), unit);
  return 'just now';
}
