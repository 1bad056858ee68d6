'use client';
import { useId } from 'react';
import { Input, Labelled } from '@/app/_ui/Field';
import { type Draft, type FieldErrors, PROPERTIES, type PropertyName } from './draft';
import styles from './publish.module.css';

const WORDS: Record<PropertyName, { label: string; placeholder?: string; hint?: string }> = {
  contentType: { label: 'Content type', placeholder: 'application/json' },
  correlationId: { label: 'Correlation ID' },
  messageId: { label: 'Message ID', placeholder: 'made when empty' },
  type: { label: 'Type' },
  replyTo: { label: 'Reply to' },
  appId: { label: 'App ID' },
  priority: { label: 'Priority', placeholder: '0 to 255' },
  expiration: { label: 'Expiration, ms', placeholder: 'never' },
  contentEncoding: { label: 'Content encoding' },
};

const TYPES = ['application/json', 'text/plain', 'application/xml', 'application/octet-stream'];

/** The basic properties that a publisher sets; those left empty are not sent. */
export function PropertyFields({
  draft,
  change,
  errors,
}: {
  draft: Draft;
  change: (changes: Partial<Draft>) => void;
  errors: FieldErrors;
}) {
  const list = useId();
  return (
    <div className={styles.fields}>
      {PROPERTIES.map((name) => (
        <Labelled key={name} label={WORDS[name].label} error={errors[`properties.${name}`]}>
          {(ids) => (
            <Input
              {...ids}
              mono
              placeholder={WORDS[name].placeholder}
              inputMode={name === 'priority' || name === 'expiration' ? 'numeric' : undefined}
              list={name === 'contentType' ? list : undefined}
              autoComplete="off"
              spellCheck={false}
              value={draft.properties[name] ?? ''}
              onChange={(e) => change({ properties: { ...draft.properties, [name]: e.target.value } })}
            />
          )}
        </Labelled>
      ))}
      <datalist id={list}>
        {TYPES.map((type) => (
          <option key={type} value={type} />
        ))}
      </datalist>
    </div>
  );
}
