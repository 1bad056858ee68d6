'use client';
import { useNow } from '@/app/_ui/clock';
import { later } from '@/app/_ui/later';
import { Menu } from '@/app/_ui/Menu';
import { timeWords } from './filter-times';

const TimeChoice = later(() => import('./TimeChoice').then((m) => m.TimeChoice));

/** A while back from now, between two moments, or all time; as the URL keeps times. */
export function TimeRange({
  from,
  to,
  onChange,
}: {
  from: string | null;
  to: string | null;
  onChange: (from: string | null, to: string | null) => void;
}) {
  const now = useNow();
  return (
    <Menu label="Time" width={260} button={{ children: timeWords(from, to, now) }}>
      {(close) => (
        <TimeChoice
          from={from}
          to={to}
          now={now}
          onChange={(first, last) => {
            onChange(first, last);
            close();
          }}
        />
      )}
    </Menu>
  );
}
