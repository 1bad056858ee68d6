'use client';
import { useMemo, useState } from 'react';
import { useLive } from '@/app/_live/LiveProvider';
import { useUrlState } from '@/app/_live/scope';
import { Button } from '@/app/_ui/Button';
import { Empty } from '@/app/_ui/Empty';
import { later } from '@/app/_ui/later';
import { Panel } from '@/app/_ui/Panel';
import { Segmented } from '@/app/_ui/Segmented';
import { usePhone } from '@/app/_ui/use-size';
import type { Hop, Journey } from '@/lib/model/journey';
import { partnersOf } from './compare/partners';
import { clientNames, rowNotes, useSteady } from './from-live';
import { GapNotes } from './GapNotes';
import { HopList } from './HopList';
import { Inspector } from './hop/Inspector';
import { JourneyHead } from './JourneyHead';
import styles from './journey.module.css';
import { Legend } from './Legend';
import { foldRows } from './strip/fold';
import { Strip } from './strip/Strip';
import { traceLink } from './trace-link';
import { useHopKeys } from './use-hop-keys';
import { firstChoice } from './walk';

const ComparePane = later(() => import('./compare/ComparePane').then((m) => m.ComparePane));
const OtherSpans = later(() => import('./hop/OtherSpans').then((m) => m.OtherSpans));
const KeysDialog = later(() => import('./KeysDialog').then((m) => m.KeysDialog));

const VIEWS = [
  { value: 'strip', label: 'Strip' },
  { value: 'list', label: 'List' },
] as const;

/**
 * The journey that was read: its sentence, the strip or the list, the chosen hop (`?hop=&tab=`) or two hops compared
 * (`&with=`). While it grows, what is selected stays selected.
 */
export function JourneyShown({ journey, traceUrl }: { journey: Journey; traceUrl: string | null }) {
  const live = useLive();
  const [params, setParams] = useUrlState();
  const [keys, showKeys] = useState(false);
  const [first] = useState(() => firstChoice(journey)?.id ?? null);
  const names = useSteady(clientNames(live, journey));
  const notes = useSteady(rowNotes(live, journey));
  const byId = (id: string | null) => journey.hops.find((h) => h.id === id);
  const selected = byId(params.get('hop')) ?? byId(first) ?? firstChoice(journey);
  const other = byId(params.get('with')) ?? null;
  const asked = params.get('view') === 'list';
  const phone = usePhone();
  const listed = asked || phone;
  const whole = params.get('rows') === 'all';
  const plain = useMemo(() => foldRows(journey, new Set()), [journey]);
  // walking must not lay the strip out anew: only a hop that would be folded changes what is folded
  const hidden = useMemo(() => new Set(plain.folds.flatMap((f) => f.hops.map((h) => h.id))), [plain]);
  const kept = JSON.stringify([selected?.id, other?.id].filter((id) => id !== undefined && hidden.has(id)));
  const folded = useMemo(() => {
    const ids: string[] = JSON.parse(kept);
    if (whole || asked) return { journey, folds: [] };
    return ids.length === 0 ? plain : foldRows(journey, new Set(ids));
  }, [journey, plain, whole, asked, kept]);
  const foldable = plain.folds.length > 0;
  const select = (hop: Hop, compare = false) =>
    setParams(compare && selected && selected !== hop ? { hop: hop.id, with: selected.id } : { hop: hop.id });
  const toggleCompare = () => {
    const partner = selected ? partnersOf(selected, journey)[0] : undefined;
    setParams({ with: other ? null : (partner?.id ?? null) });
  };
  const unfold = () => setParams({ rows: 'all' });
  useHopKeys(folded.journey, selected, {
    select,
    compare: toggleCompare,
    why: () => setParams({ tab: 'why', with: null }),
    help: () => showKeys(true),
  });
  const viewer = traceLink(traceUrl, journey.ids.traceId);
  return (
    <>
      <JourneyHead journey={journey} viewer={viewer} hop={selected} />
      {journey.hops.length === 0 ? (
        <Panel label="Strip">
          <Empty title="No message of this trace was seen">
            <p>
              Services reported spans of it, which stand below; no tap saw a message that carries this ID. It
              may have gone by before Hoplight listened, in a vhost that is not listened to, or not through
              RabbitMQ at all.
            </p>
          </Empty>
        </Panel>
      ) : (
        <Panel label="Strip">
          {listed ? (
            <HopList
              folded={folded}
              wide={!phone}
              names={names}
              selected={selected?.id ?? null}
              onSelect={select}
              onUnfold={unfold}
            />
          ) : (
            <Strip
              folded={folded}
              names={names}
              notes={notes}
              selected={selected?.id ?? null}
              other={other?.id ?? null}
              onSelect={select}
              onUnfold={unfold}
            />
          )}
          <GapNotes journey={journey} />
          <Legend spans={journey.hops.some((h) => h.spans.length > 0)}>
            {foldable && !asked ? (
              <Button small look="quiet" onClick={() => setParams({ rows: whole ? null : 'all' })}>
                {whole ? 'Fold equal queues' : 'Show every queue'}
              </Button>
            ) : null}
            <Button small look="quiet" onClick={() => showKeys(true)}>
              Keys <kbd>?</kbd>
            </Button>
            <span className="wide">
              <Segmented
                label="Show the hops as"
                value={listed ? 'list' : 'strip'}
                options={VIEWS}
                onChange={(view) => setParams({ view: view === 'list' ? view : null })}
              />
            </span>
          </Legend>
        </Panel>
      )}
      {selected && other && other !== selected ? (
        <ComparePane
          journey={journey}
          hop={selected}
          other={other}
          names={names}
          onSwap={() => setParams({ hop: other.id, with: selected.id })}
          onClose={() => setParams({ with: null })}
        />
      ) : selected ? (
        <Inspector
          journey={journey}
          hop={selected}
          names={names}
          notes={notes}
          tab={params.get('tab')}
          onTab={(tab) => setParams({ tab: tab === 'properties' ? null : tab })}
          onCompare={(partner) => setParams({ with: partner.id })}
        />
      ) : null}
      {journey.spans.length > 0 ? (
        <div className={styles.below}>
          <OtherSpans journey={journey} viewer={viewer} />
        </div>
      ) : null}
      {keys ? <KeysDialog onClose={() => showKeys(false)} /> : null}
    </>
  );
}
