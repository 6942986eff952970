import type { Scale } from './spec.ts';

/** "as stored", "divided by 255", "less 127.5, divided by 127.5". */
export function scaleText({ subtract, divide }: Scale): string {
  const listed = (value: number | readonly number[]) =>
    typeof value === 'number'
      ? String(value)
      : `[${value.slice(0, 4).join(', ')}${value.length > 4 ? ', …' : ''}]`;
  const all = (value: number | readonly number[], of: number) =>
    typeof value === 'number' ? value === of : value.every((each) => each === of);
  const parts = [
    ...(all(subtract, 0) ? [] : [`less ${listed(subtract)}`]),
    ...(all(divide, 1) ? [] : [`divided by ${listed(divide)}`]),
  ];
  return parts.join(', ') || 'as stored';
}
