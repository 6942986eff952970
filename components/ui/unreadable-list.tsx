import { ErrorNote } from './error-note.tsx';

/** What is there and cannot be read, by name, each with the reason. */
export function UnreadableList({
  label,
  list,
}: {
  readonly label: string;
  readonly list: readonly { readonly name: string; readonly unreadable: string }[];
}) {
  if (list.length === 0) return null;
  return (
    <ul aria-label={label} className="mt-2 flex flex-col gap-2">
      {list.map(({ name, unreadable }) => (
        <li key={name}>
          <ErrorNote tone="warning">{unreadable}</ErrorNote>
        </li>
      ))}
    </ul>
  );
}
