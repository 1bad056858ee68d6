'use client';
import { useId, useState } from 'react';
import { Button } from '@/app/_ui/Button';
import { count, full, shortId } from '@/app/_ui/format';
import { Sheet } from '@/app/_ui/Sheet';
import { Tabs } from '@/app/_ui/Tabs';
import type { LetterEdit } from '@/lib/model/letter-edit';
import type { DeadLetter } from '@/lib/model/replay';
import { diffOf } from '../_parts/message/letter-diff';
import { EditBody } from './EditBody';
import { EditHeaders } from './EditHeaders';
import { EditProperties } from './EditProperties';
import edit from './edit.module.css';
import { draftOf, editOf, type LetterDraft } from './letter-draft';
import { idOf } from './letter-id';
import { PlanDiff } from './PlanDiff';

type Tab = 'body' | 'headers' | 'properties' | 'difference';

/**
 * Changes one message before it is replayed. What is not touched stays byte for byte; the original stays in its
 * journey. Nothing is sent from here: the button opens the plan.
 */
export function EditMessage({
  letter,
  onPlan,
  onClose,
}: {
  letter: DeadLetter;
  onPlan: (change: LetterEdit) => void;
  onClose: () => void;
}) {
  const id = useId();
  const { message } = letter;
  const [draft, setDraft] = useState<LetterDraft>(() => draftOf(message));
  const [tab, setTab] = useState<Tab>('body');
  const { errors, edit: change } = editOf(message, draft);
  const put = (more: Partial<LetterDraft>) => setDraft((old) => ({ ...old, ...more }));
  const wrong = Object.keys(errors);
  const difference = change ? diffOf(message, change, full) : null;
  const differs = difference ? difference.rows.length + (difference.body ? 1 : 0) : 0;
  const wrongIn = (start: string) => wrong.some((name) => name.startsWith(start));
  const hint = (start: string, words: string) =>
    wrongIn(start) ? <span className="dead ink">{words === '' ? '' : `${words}, `}not valid</span> : words;
  const reason =
    wrong.length > 0
      ? `${errors[wrong[0] ?? ''] ?? 'a field is not valid'}`
      : change
        ? undefined
        : 'nothing was changed';
  return (
    <Sheet
      onClose={onClose}
      labelledBy={id}
      noValidate
      onSubmit={() => {
        if (change) onPlan(change);
      }}
      head={
        <>
          <h1 id={id} className="cut">
            Edit <span className="mono">{shortId(idOf(letter))}</span>
          </h1>
          <span className="s t3 cut grow">the copy is edited; the original stays in its journey</span>
        </>
      }
      foot={
        <>
          <Button
            look="quiet"
            icon="retry"
            reason={change || wrong.length > 0 ? undefined : 'nothing was changed'}
            onClick={() => setDraft(draftOf(message))}
          >
            Undo all changes
          </Button>
          <span className="grow" />
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" reason={reason}>
            Plan replay of the edited message
          </Button>
        </>
      }
    >
      <Tabs<Tab>
        label="Parts of the message"
        value={tab}
        onChange={setTab}
        tabs={[
          { value: 'body', label: 'Body', hint: wrongIn('body') ? hint('body', '') : undefined },
          { value: 'headers', label: 'Headers', hint: hint('header', count(draft.headers.length)) },
          {
            value: 'properties',
            label: 'Properties',
            hint: wrongIn('properties') ? hint('properties', '') : undefined,
          },
          { value: 'difference', label: 'Difference', hint: count(differs) },
        ]}
      >
        <div className={edit.pane}>
          {tab === 'body' ? (
            <EditBody
              message={message}
              body={draft.body}
              error={errors.body}
              onChange={(body) => put({ body })}
            />
          ) : null}
          {tab === 'headers' ? (
            <EditHeaders
              message={message}
              rows={draft.headers}
              errors={errors}
              onChange={(headers) => put({ headers })}
            />
          ) : null}
          {tab === 'properties' ? (
            <EditProperties
              message={message}
              values={draft.properties}
              errors={errors}
              onChange={(properties) => put({ properties })}
            />
          ) : null}
          {tab === 'difference' ? (
            change ? (
              <PlanDiff letter={letter} change={change} />
            ) : (
              <p className="t3">{wrong.length > 0 ? reason : 'Nothing was changed so far.'}</p>
            )
          ) : null}
        </div>
      </Tabs>
    </Sheet>
  );
}
