import type { Metadata } from 'next';
import button from './_ui/Button.module.css';
import { Empty } from './_ui/Empty';

export const metadata: Metadata = { title: 'Not found' };

export default function NotFound() {
  return (
    <main>
      <Empty
        level={1}
        title="There is no such page"
        action={
          // no Link: every first visit loads this page too, and would load it a second time
          <a className={button.btn} href="/">
            Open the Overview
          </a>
        }
      >
        The address may be mistyped, or it belongs to an older version. Queues are at <code>/queues</code>,
        messages at <code>/journeys</code>.
      </Empty>
    </main>
  );
}
