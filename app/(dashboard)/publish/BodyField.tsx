'use client';
import { Button } from '@/app/_ui/Button';
import { Labelled, TextArea } from '@/app/_ui/Field';
import { Segmented } from '@/app/_ui/Segmented';
import { type Draft, type FieldErrors, jsonProblem, prettyJson } from './draft';
import styles from './publish.module.css';

/** The body. Where JSON is declared it is checked while one types; what is no JSON can be sent all the same. */
export function BodyField({
  draft,
  change,
  errors,
}: {
  draft: Draft;
  change: (changes: Partial<Draft>) => void;
  errors: FieldErrors;
}) {
  // nobody has written anything yet: no reason to warn
  const notJson = draft.body === '' ? null : jsonProblem(draft);
  const pretty = notJson === null && draft.bodyEncoding === 'text' ? prettyJson(draft.body) : draft.body;
  return (
    <div className={styles.body}>
      <div className="row">
        <Segmented
          label="How the body is written"
          value={draft.bodyEncoding}
          options={[
            { value: 'text', label: 'Text' },
            { value: 'base64', label: 'Base64' },
          ]}
          onChange={(bodyEncoding) => change({ bodyEncoding })}
        />
        <span className="grow" />
        {pretty === draft.body ? null : (
          <Button small look="quiet" onClick={() => change({ body: pretty })}>
            Indent
          </Button>
        )}
      </div>
      <Labelled
        label="Body"
        error={errors.body}
        hint={
          notJson ? <span className="returned ink">{notJson}. It can be sent all the same.</span> : undefined
        }
      >
        {(ids) => (
          <TextArea
            {...ids}
            mono
            rows={12}
            className={styles.text}
            value={draft.body}
            onChange={(e) => change({ body: e.target.value })}
          />
        )}
      </Labelled>
    </div>
  );
}
