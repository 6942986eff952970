import Link from 'next/link';
import { Entrance } from '@/components/account/entrance.tsx';

export default function NotFound() {
  return (
    <Entrance title="There is nothing here">
      <p>
        The address may be mistyped, or what it names was removed.{' '}
        <Link href="/" className="text-accent underline">
          Go to your projects
        </Link>
        .
      </p>
    </Entrance>
  );
}
