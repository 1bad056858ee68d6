'use client';
import { Button } from '@/app/_ui/Button';
import { Dialog } from '@/app/_ui/Dialog';
import styles from './journey.module.css';

const KEYS: readonly [keys: string[], words: string][] = [
  [['←', '→'], 'the hop before, the hop after, in time'],
  [['↑', '↓'], 'the row above, the row below'],
  [['Home', 'End'], 'the first hop, the last'],
  [['X'], 'compare this hop with another; walk on to choose it, X again ends it'],
  [['Shift', 'click'], 'on a hop of the strip: compare the selected hop with it'],
  [['W'], 'why Hoplight thinks so'],
  [['C'], 'copy the journey’s ID'],
  [['?'], 'these keys'],
];

export function KeysDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog name="Keys of this page" onClose={onClose}>
      <div className={styles.keysDialog}>
        <h2>Keys of this page</h2>
        <dl>
          {KEYS.map(([keys, words]) => (
            <div key={words}>
              <dt>
                {keys.map((key) => (
                  <kbd key={key}>{key}</kbd>
                ))}
              </dt>
              <dd>{words}</dd>
            </div>
          ))}
        </dl>
        <Button onClick={onClose}>Close</Button>
      </div>
    </Dialog>
  );
}
