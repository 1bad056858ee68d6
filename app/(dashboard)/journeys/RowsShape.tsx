import { Panel } from '@/app/_ui/Panel';
import { SkeletonRows } from '@/app/_ui/Skeleton';

/** What stands in the place of rows while the first are read. */
export function RowsShape() {
  return (
    <Panel label="Journeys">
      <SkeletonRows rows={14} label="Reading journeys" />
    </Panel>
  );
}
