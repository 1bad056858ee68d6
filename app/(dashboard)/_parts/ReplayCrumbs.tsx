'use client';
import Link from 'next/link';
import { useHref } from '@/app/_live/scope';
import { Icon } from '@/app/_ui/Icon';

/** The way back: dead letters, then all replays. `here`: this is the list itself. */
export function ReplayCrumbs({ here = false }: { here?: boolean }) {
  const href = useHref();
  return (
    <nav className="row s t3" aria-label="Where this is">
      <Link className="link" href={href('/dead-letters')}>
        Dead letters
      </Link>
      <Icon name="right" size={12} />
      {here ? (
        <span aria-current="page">Replays</span>
      ) : (
        <Link className="link" href={href('/replays')}>
          Replays
        </Link>
      )}
    </nav>
  );
}
