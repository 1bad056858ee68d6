import { later } from '@/app/_ui/later';
import { Menu } from '@/app/_ui/Menu';

const ColumnPicks = later(() => import('./ColumnPicks').then((m) => m.ColumnPicks));

/** Which columns the list shows; their order stays. */
export function ColumnMenu(props: { chosen: readonly string[]; onChange: (ids: string[]) => void }) {
  return (
    <Menu label="Columns" className="wide" width={220} button={{ icon: 'columns', children: 'Columns' }}>
      <ColumnPicks {...props} />
    </Menu>
  );
}
