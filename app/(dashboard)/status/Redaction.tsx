import { Empty } from '@/app/_ui/Empty';
import { Panel } from '@/app/_ui/Panel';
import type { CaptureAnswer } from '@/lib/model/api';
import styles from './status.module.css';

const patternWords: Record<string, string> = {
  card: 'card numbers',
  iban: 'bank accounts (IBAN)',
  jwt: 'JSON Web Tokens',
  bearer: 'bearer tokens',
  email: 'e-mail addresses',
};

/** What is never stored. It can be read here and set in the environment alone, so that nobody lifts it by a click. */
export function Redaction({ rules }: { rules: CaptureAnswer['redaction'] }) {
  const rows = [
    { name: 'Headers', env: 'HOPLIGHT_REDACT_HEADERS', values: rules.headers },
    { name: 'In JSON bodies', env: 'HOPLIGHT_REDACT_JSON', values: rules.jsonPaths },
    {
      name: 'Patterns',
      env: 'HOPLIGHT_REDACT_PATTERNS',
      values: rules.patterns.map((p) => patternWords[p] ?? p),
    },
  ];
  const none = rows.every((row) => row.values.length === 0);
  return (
    <Panel title="Never stored" hint="set in the environment, read only here">
      {none ? (
        <Empty title="Nothing is redacted" level={3}>
          Header values, values of JSON bodies and patterns such as card numbers can be kept out of the store
          before anything is written: <code>HOPLIGHT_REDACT_HEADERS</code>, <code>HOPLIGHT_REDACT_JSON</code>,{' '}
          <code>HOPLIGHT_REDACT_PATTERNS</code>.
        </Empty>
      ) : (
        <dl className={styles.rules}>
          {rows.map((row) => (
            <div key={row.name}>
              <dt className="s t3" title={row.env}>
                {row.name}
              </dt>
              <dd className="wrap">
                {row.values.length === 0 ? (
                  <span className="t3">none</span>
                ) : row.name === 'Patterns' ? (
                  row.values.join(', ')
                ) : (
                  <span className="mono t1">{row.values.join(', ')}</span>
                )}
              </dd>
            </div>
          ))}
        </dl>
      )}
    </Panel>
  );
}
