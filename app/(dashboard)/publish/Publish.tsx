'use client';
import { useSearchParams } from 'next/navigation';
import { useEffect, useRef, useState } from 'react';
import { useLive } from '@/app/_live/LiveProvider';
import { useAct, useApi } from '@/app/_live/query';
import { useVhost } from '@/app/_live/scope';
import { Button } from '@/app/_ui/Button';
import { Check } from '@/app/_ui/Check';
import { Panel } from '@/app/_ui/Panel';
import { Problem } from '@/app/_ui/Problem';
import type { PublishAnswer, PublishRequest, PublishTargets } from '@/lib/model/api';
import type { Problem as ProblemShape } from '@/lib/model/errors';
import { BodyField } from './BodyField';
import { type Draft, draftFromUrl, emptyDraft, type FieldErrors, readDraft, toRequest } from './draft';
import { HeaderRows } from './HeaderRows';
import { PropertyFields } from './PropertyFields';
import styles from './publish.module.css';
import { Reach } from './Reach';
import { LastSent, SentBefore } from './Sent';
import { readSent } from './sent-before';
import { TargetFields } from './TargetFields';
import { useSettled } from './use-settled';
import { useStored } from './use-stored';

const NOT_CHECKED: ProblemShape = {
  type: 'about:blank',
  title: 'Not checked',
  status: 0,
  code: 'unreachable',
  detail: 'What checks the message before it is sent could not be loaded',
  notDone: 'Nothing was sent',
  next: 'Load the page again when Hoplight answers; what you typed is kept.',
};

/** Outcomes that this tab remembers. */
const REMEMBERED = 10;

/** Sends one message in the reader's own name: where to, what, which queues it would reach, and what became of it. */
export function Publish() {
  const live = useLive();
  const scope = useVhost();
  const params = useSearchParams();
  const [draft, setDraft, loaded] = useStored('publish draft', readDraft, emptyDraft, (stored) =>
    draftFromUrl(stored, params),
  );
  const [sent, setSent] = useStored('publish sent', readSent, []);
  const [errors, setErrors] = useState<FieldErrors>({});
  const [unchecked, setUnchecked] = useState<ProblemShape | null>(null);
  const sending = useRef(false);
  const [refusals, setRefusals] = useState(0);
  const form = useRef<HTMLFormElement>(null);
  const { act, busy, problem: refusal, reset } = useAct<PublishAnswer, PublishRequest>('/api/publish');
  const problem = unchecked ?? refusal;

  // to the first field that was refused, once it is marked
  useEffect(() => {
    if (refusals > 0) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [refusals]);

  const vhosts = scope ? [scope] : (live?.vhosts ?? []);
  const chosen = vhosts.includes(draft.vhost) ? draft.vhost : undefined;
  const vhost = scope ?? chosen ?? (vhosts.includes('/') ? '/' : (vhosts[0] ?? '/'));
  const question = useSettled(
    new URLSearchParams({
      vhost,
      exchange: draft.to === 'queue' ? '' : draft.exchange,
      routingKey: draft.to === 'queue' ? draft.queue : draft.routingKey,
    }).toString(),
  );
  const targets = useApi<PublishTargets>(['publish targets', question], `/api/publish/targets?${question}`, {
    every: 5_000,
  });

  const change = (changes: Partial<Draft>) => {
    setDraft((old) => ({ ...old, ...changes }));
    setErrors({});
    setUnchecked(null);
    reset();
  };
  const send = async () => {
    // a second click may come before the first has been checked
    if (sending.current) return;
    sending.current = true;
    try {
      await checkAndSend();
    } catch {
      setUnchecked(NOT_CHECKED);
    } finally {
      sending.current = false;
    }
  };
  const checkAndSend = async () => {
    setUnchecked(null);
    const made = await toRequest(draft, vhost);
    setErrors(made.errors ?? {});
    if (!made.request) {
      setRefusals((n) => n + 1);
      return;
    }
    const answer = await act(made.request);
    if (answer) setSent((old) => [{ at: Date.now(), answer }, ...old].slice(0, REMEMBERED));
  };

  const refused = Object.fromEntries((problem?.errors ?? []).map((e) => [e.path, e.message]));
  const shown = { ...refused, ...errors };
  const queues = (live?.queues ?? []).filter((q) => q.vhost === vhost).map((q) => q.name);
  const away = live?.freshness === 'away' ? 'the broker does not answer' : undefined;
  const [last, ...before] = sent;
  return (
    <>
      <div className="pagehead">
        <h1>Publish</h1>
        <span className="t3 wide">one message, in your name, confirmed by the broker</span>
      </div>
      <form
        ref={form}
        className={styles.page}
        noValidate
        aria-label="Publish a message"
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          if (!away) void send();
        }}
      >
        <fieldset className={styles.fieldset} disabled={!loaded}>
          <div className={styles.column}>
            <Panel title="Target" pad>
              <TargetFields
                draft={draft}
                change={change}
                errors={shown}
                vhost={vhost}
                vhosts={vhosts}
                queues={queues}
                exchanges={targets.data?.exchanges ?? []}
              />
            </Panel>
            <Panel title="Message" pad>
              <BodyField draft={draft} change={change} errors={shown} />
            </Panel>
            <Panel title="Headers" count={draft.headers.length || null} pad>
              <HeaderRows draft={draft} change={change} errors={shown} />
            </Panel>
            <Panel title="Properties" pad>
              <PropertyFields draft={draft} change={change} errors={shown} />
            </Panel>
          </div>
          <div className={styles.side}>
            <Panel title="Would reach" hint="now">
              <Reach
                state={targets}
                vhost={vhost}
                asked={draft.to === 'queue' ? draft.queue !== '' : draft.exchange !== ''}
              />
            </Panel>
            <Panel title="Send" pad>
              <div className={styles.send}>
                <Check checked={draft.persistent} onChange={(persistent) => change({ persistent })}>
                  Persistent: survives a broker restart
                </Check>
                <Check checked={draft.mandatory} onChange={(mandatory) => change({ mandatory })}>
                  Mandatory: returned when unroutable
                </Check>
                <div className="row">
                  <Button look="primary" type="submit" busy={busy} reason={away}>
                    Publish 1 message
                  </Button>
                  <kbd className="wide">Ctrl Enter</kbd>
                </div>
                {problem ? <Problem quiet problem={problem} /> : null}
                <p className="vh" role="status">
                  {busy ? 'Waiting for the broker’s confirm' : last ? `Last sent: ${last.answer.words}` : ''}
                </p>
              </div>
            </Panel>
            {last ? <LastSent sent={last} /> : null}
            {before.length > 0 ? <SentBefore sent={before} /> : null}
          </div>
        </fieldset>
      </form>
    </>
  );
}
