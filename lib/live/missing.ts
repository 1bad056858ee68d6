/** What could not be read, why, and how to mend it. Pure. */
import { seesAllClients } from '../broker/permissions.ts';
import type { Missing } from '../model/broker.ts';
import { needsLists, type Part, type Reading } from './reading.ts';

type Row = readonly [Exclude<keyof Reading, 'pace'>, what: string, effect: string];

const names: readonly Row[] = [
  ['consumers', 'consumers', 'Consumers are unknown.'],
  ['channels', 'channels', 'Unacked and rates of consumers are unknown.'],
  ['connections', 'connections', 'Clients of consumers are unknown.'],
  ['nodes', 'nodes', 'Memory and disk are unknown.'],
  ['vhosts', 'vhosts', 'Shown as last read.'],
  ['exchanges', 'exchanges', 'Shown as last read.'],
  ['bindings', 'bindings', 'Shown as last read.'],
  ['policies', 'policies', 'Shown as last read.'],
];

export function missingOf(r: Reading): Missing[] {
  const who = r.who.value;
  /** The account whose tags are why: then the command that gives it one is of more use than the broker's refusal. */
  const lesser = who && !seesAllClients(who.tags) ? who : null;
  const untagged = lesser ? `The user ${lesser.name} has no monitoring tag` : '';
  const tag = lesser
    ? `rabbitmqctl set_user_tags ${[lesser.name, ...lesser.tags, 'monitoring'].join(' ')}`
    : '';
  const off = collectionOff(r);
  const missing: Missing[] = [...listNames(r), ...names].flatMap(([key, what, effect]) => {
    const { failed }: Part<unknown> = r[key];
    if (!failed || off.some((one) => one.what === what)) return [];
    const byTag = lesser !== null && failed.code === 'forbidden';
    const why = byTag ? `${untagged}: the broker refuses it. ${effect}` : `${failed.why} ${effect}`;
    return [{ what, why, since: failed.since, mend: byTag ? tag : failed.mend }];
  });
  missing.push(...off);
  if (lesser && !r.consumers.failed && !off.some((one) => one.what === 'consumers'))
    missing.push({
      what: 'consumers',
      why: `${untagged}: the broker shows it no consumer but its own.`,
      since: r.who.askedAt ?? 0,
      mend: tag,
    });
  return [...missing, ...metricsMissing(r)];
}

function listNames(r: Reading): Row[] {
  if (!needsLists(r)) return [['totals', 'definitions', 'Queues are shown as last read.']];
  return [
    ['totals', 'depths', 'Depths lag up to 7 s behind.'],
    ['queues', 'rates', 'Rates, bytes and utilisation of queues are unknown.'],
  ];
}

/** With the collection of metrics switched off, the management API gives empty lists, or refuses them. */
function collectionOff(r: Reading): Missing[] {
  if (r.overview.value?.collects !== false) return [];
  const since = r.overview.value.rates ? 0 : (r.consumers.failed?.since ?? r.pace.dearSince ?? 0);
  const of = (what: string, effect: string) => ({
    what,
    why: `This broker’s management plugin collects no metrics. ${effect}`,
    since,
    mend: 'Take `management_agent.disable_metrics_collector = true`, or `management.disable_stats = true`, out of its configuration.',
  });
  return [
    needsLists(r)
      ? of('rates', 'Rates, bytes and utilisation of queues are unknown.')
      : of('bytes', 'Bytes, utilisation and idle times of queues are unknown.'),
    of('consumers', 'Consumers are counted at best.'),
    of('channels', 'Unacked and rates of consumers are unknown.'),
    of('connections', 'Clients of consumers are unknown.'),
  ];
}

function metricsMissing(r: Reading): Missing[] {
  const since = r.pace.dearSince;
  if (since === null) return [];
  const collects = r.overview.value?.rates ?? true;
  const seconds = (part: 'totals' | 'queues') => Math.round((r.pace.everyMs.get(part) ?? 0) / 1000);
  const instead = !collects
    ? 'Rates of queues would be read there.'
    : `The list of queues is dear here: depths are read each ${seconds('totals')} s, rates each ${seconds('queues')} s.`;
  const { failed, value } = r.figures;
  if (failed)
    return [
      { what: 'metrics', why: `${failed.why} ${instead}`, since: failed.since, mend: failed.mend },
      ...overShare(r, failed.since),
    ];
  const silent = value?.silent ?? [];
  if (silent.length > 0)
    return [
      {
        what: 'metrics',
        why: `${silent.map((s) => s.node).join(', ')}: ${silent[0]?.why} ${instead}`,
        since,
        mend: silent[0]?.mend ?? '',
      },
      ...overShare(r, since),
    ];
  if (!collects || r.pace.everyMs.has('queues')) return [];
  return [
    {
      what: 'bytes',
      why: 'With so many queues bytes, utilisation and idle times are read of those alone that somebody looks at.',
      since,
      mend: 'Nothing is wrong: of all queues the broker would spend a second on them each time. Open a queue to see its own.',
    },
  ];
}

/** Nothing waits longer than the longest pace, whatever it costs. */
function overShare(r: Reading, since: number): Missing[] {
  const percent = (share: number) => `${Math.round(share * 1000) / 10} %`;
  if (r.pace.share <= r.pace.allowed * 1.05) return [];
  return [
    {
      what: 'the share of the broker’s time',
      why: `Readings take ${percent(r.pace.share)} of it, more than ${percent(r.pace.allowed)}, at their slowest pace.`,
      since,
      mend: 'Give Hoplight the nodes’ metrics (rabbitmq_prometheus), or raise HOPLIGHT_READ_SHARE.',
    },
  ];
}
