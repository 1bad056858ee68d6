'use client';
import Link from 'next/link';
import { useState } from 'react';
import { queuePath, useHref } from '@/app/_live/scope';
import { cx } from '@/app/_ui/cx';

/**
 * A queue's name as a link to its page. Its vhost is spoken on hover, and shown where several are listed. The page is
 * fetched ahead when somebody is about to go there, not for every row that scrolls by.
 */
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
  const [near, setNear] = useState(false);
  const come = () => setNear(true);
  return (
    <Link
      className={cx('name mono cut', className)}
      href={href(queuePath(vhost, name))}
      prefetch={near ? null : false}
      // not where a row is scrolled under a pointer that rests
      onPointerMove={near ? undefined : come}
      onFocus={come}
      title={`${name} in vhost ${vhost}`}
    >
      {showVhost ? <span className="t3">{vhost === '/' ? '/ ' : `${vhost} / `}</span> : null}
      {name || '(no name)'}
    </Link>
  );
}
