import { later } from '@/app/_ui/later';
import { Menu } from '@/app/_ui/Menu';
import type { QueueRow } from '@/lib/model/live';
import { parseFilter } from './queue-list';

const FilterPicks = later(() => import('./FilterPicks').then((m) => m.FilterPicks));

/** The conditions of the filter's text for those who would rather pick: what there is, with how many queues have it. */
export function FilterMenu({
  queues,
  text,
  onChange,
}: {
  queues: readonly QueueRow[];
  text: string;
  onChange: (text: string) => void;
}) {
  const { conditions } = parseFilter(text);
  const label = conditions.length === 0 ? 'Filter' : `Filter, ${conditions.length}`;
  return (
    <Menu lazy label="Filter by" width={260} button={{ icon: 'filter', children: label }}>
      {(close) => <FilterPicks queues={queues} text={text} onChange={onChange} close={close} />}
    </Menu>
  );
}
