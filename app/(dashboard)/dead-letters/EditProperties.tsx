'use client';
import { Input, Labelled } from '@/app/_ui/Field';
import { Select } from '@/app/_ui/Select';
import type { Message } from '@/lib/model/message';
import edit from './edit.module.css';
import { type DraftErrors, EDITABLE, type EditableName, type LetterDraft } from './letter-draft';

const LABELS: Record<EditableName, string> = {
  contentType: 'Content type',
  messageId: 'Message ID',
  correlationId: 'Correlation ID',
  type: 'Type',
  deliveryMode: 'Delivery mode',
  priority: 'Priority',
  replyTo: 'Reply to',
  appId: 'App ID',
  timestamp: 'Timestamp, s since 1970',
  contentEncoding: 'Content encoding',
};

/** The basic properties; an empty field takes the property off. */
export function EditProperties({
  message,
  values,
  errors,
  onChange,
}: {
  message: Message;
  values: LetterDraft['properties'];
  errors: DraftErrors;
  onChange: (values: LetterDraft['properties']) => void;
}) {
  return (
    <>
      <div className={edit.fields}>
        {EDITABLE.map((name) => {
          const before = String(message.properties[name] ?? '');
          const set = (value: string) => onChange({ ...values, [name]: value });
          return (
            <Labelled
              key={name}
              label={LABELS[name]}
              error={errors[`properties.${name}`]}
              hint={
                values[name] === before
                  ? undefined
                  : before === ''
                    ? 'was not set'
                    : `was ${before.length > 60 ? `${before.slice(0, 60)}…` : before}`
              }
            >
              {(ids) =>
                name === 'deliveryMode' ? (
                  <Select {...ids} value={values[name]} onChange={(event) => set(event.target.value)}>
                    <option value="">not set</option>
                    <option value="1">1, transient</option>
                    <option value="2">2, persistent</option>
                  </Select>
                ) : (
                  <Input
                    {...ids}
                    mono
                    placeholder="not set"
                    inputMode={name === 'priority' || name === 'timestamp' ? 'numeric' : undefined}
                    autoComplete="off"
                    spellCheck={false}
                    value={values[name]}
                    onChange={(event) => set(event.target.value)}
                  />
                )
              }
            </Labelled>
          );
        })}
      </div>
      <p className="s t3">
        The expiration is an option of the plan. The user ID is the replaying user's: the broker takes no
        other.
      </p>
    </>
  );
}
