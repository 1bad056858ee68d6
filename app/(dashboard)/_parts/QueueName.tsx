'use client';
import Link from 'next/link';
import { queuePath, useHref } from '@/app/_live/scope';
import { cx } from '@/app/_ui/cx';

/** A queue's name as a link to its page. Its vhost is spoken on hover, and shown where several are listed. */
export function QueueName({
  vhost,
  name,
  showVhost,
  className,
}: {
  vhost: string;
  name: string;
  showVhost?: boolean;
  className?: string;
}) {
  const href = useHref();
  return (
    <Link
      className={cx('name mono cut', className)}
      href={href(queuePath(vhost, name))}
      title={`${name} in vhost ${vhost}`}
    >
      {showVhost ? <span className="t3">{vhost === '/' ? '/ ' : `${vhost} / `}</span> : null}
      {name || '(no name)'}
    </Link>
  );
}
