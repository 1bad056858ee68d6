/** Who was given a copy: the consumer behind the connection that the firehose names, by the last reading of the broker. */
import type { Consumer, Snapshot } from '../model/broker.ts';
import type { Fact } from '../model/fact.ts';

const byConnection = new WeakMap<Snapshot, Map<string, Consumer[]>>();

/** `to billing-worker (tag ctag1.x)`; with no reading that knows it `to billing at 10.0.3.4:51021`; null: not told. */
export function whoTook(fact: Fact, snapshot: Snapshot | null): string | null {
  const { connection, channel, queue, user } = fact;
  if (connection === undefined) return null;
  const found = (snapshot ? indexOf(snapshot).get(connection) : undefined)?.filter(
    (c) => c.vhost === fact.vhost && c.queue === queue && (channel === undefined || c.channel === channel),
  );
  const [one, ...more] = found ?? [];
  const peer = connection.split(' -> ')[0] ?? connection;
  if (!one) return `to ${user === undefined ? peer : `${user} at ${peer}`}`;
  const name = one.client.name ?? one.user ?? peer;
  return more.length > 0 ? `to ${name}` : `to ${name} (tag ${one.tag})`;
}

function indexOf(snapshot: Snapshot): Map<string, Consumer[]> {
  const known = byConnection.get(snapshot);
  if (known) return known;
  const index = new Map<string, Consumer[]>();
  for (const consumer of snapshot.consumers) {
    const list = index.get(consumer.connection);
    if (list) list.push(consumer);
    else index.set(consumer.connection, [consumer]);
  }
  byConnection.set(snapshot, index);
  return index;
}
