import type { Metadata } from 'next';
import { ButtonLink } from './_ui/Button';
import { Empty } from './_ui/Empty';

export const metadata: Metadata = { title: 'Not found' };

export default function NotFound() {
  return (
    <main>
      <Empty
        level={1}
        title="There is no such page"
        action={<ButtonLink href="/">Open the Overview</ButtonLink>}
      >
        The address may be mistyped, or it belongs to an older version. Queues are at <code>/queues</code>,
        messages at <code>/journeys</code>.
      </Empty>
    </main>
  );
}
