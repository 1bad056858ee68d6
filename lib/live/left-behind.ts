/**
 * Consumers of a node that died: its peers go on listing them, up to two minutes, without the connection that they had (seen
 * on 4.3). Taken for living ones they would hide that nobody consumes. A new consumer is listed without its connection at
 * first too, so that only those count as left behind that had one; others (MQTT) never have.
 */
import type { ManagementClient } from '../broker/client.ts';
import type { BareConsumer } from '../broker/consumers.ts';

/** The same, `consumers` without them. One for each picture: it remembers the last answer. */
export function withoutLeftBehind(management: ManagementClient): ManagementClient {
  let before: readonly BareConsumer[] = [];
  let left: ReadonlySet<string> = new Set();
  const consumers: ManagementClient['consumers'] = async (signal) => {
    const listed = await management.consumers(signal);
    const nameless = listed.filter((c) => c.connection === '');
    if (nameless.length > 0) {
      const were = new Set(before.filter((c) => c.connection !== '').map(nameOf));
      left = new Set(nameless.map(nameOf).filter((name) => were.has(name) || left.has(name)));
    } else left = new Set();
    before = listed;
    return left.size === 0 ? listed : listed.filter((c) => c.connection !== '' || !left.has(nameOf(c)));
  };
  return Object.create(management, { consumers: { value: consumers } });
}

function nameOf({ vhost, queue, tag }: BareConsumer): string {
  return JSON.stringify([vhost, queue, tag]);
}
