/** What the Status page says of capture, from its figures. Pure. */
import { bytes, count, counted, percent } from '@/app/_ui/format';
import type { CaptureAnswer } from '@/lib/model/api';
import type { Missing } from '@/lib/model/broker';
import type { CaptureSettings, TapScope } from '@/lib/model/capture';
import type { CaptureCounts } from '@/lib/model/live';
import { setAsideReasons } from '@/lib/model/names';

/** Why somebody may look and not change. */
export const NEEDS_ADMINISTRATOR = 'needs the administrator tag in RabbitMQ';

export type Cost = CaptureAnswer['cost'][number];

export interface Sum {
  received: number;
  stored: number;
  inMemory: number;
  /** Left out on purpose, or told before: nothing that was wanted is missing. */
  aside: number;
  lost: number;
  /** received − (stored + aside + lost + in memory): 0, or a figure here is wrong. */
  unaccounted: number;
}

export function sumOf({ received, stored, inMemory, dropped }: CaptureCounts): Sum {
  let aside = 0;
  let lost = 0;
  for (const [reason, n] of Object.entries(dropped)) {
    if (setAsideReasons.includes(reason)) aside += n;
    else lost += n;
  }
  return {
    received,
    stored,
    inMemory,
    aside,
    lost,
    unaccounted: received - stored - inMemory - aside - lost,
  };
}

const reasons: Record<string, string> = {
  'own traffic': 'Hoplight’s own reading of queues, which is no delivery to a consumer',
  'not a death': 'Published to a dead-letter exchange by a client: no queue let it die',
  'death told before': 'The same death again, told by a message that a client published anew',
  'stored before': 'The same fact twice: it is in the store once',
  'given again': 'Given a second time after a connection was lost: it is in the store once',
  'not sampled': 'Of journeys that are not among the share that is kept',
  'out of scope': 'Of names that nobody chose, brought by a key that holds a wildcard',
  malformed: 'No trace message that could be read: anybody may publish to that exchange',
  'worker ended': 'In the memory of a capture worker that ended unexpectedly',
  'too many waiting': 'Facts of our own, while the store took none for a long time',
};

/** Why events of that reason are not in the store. */
export function reasonWords(reason: string): string {
  return (Object.hasOwn(reasons, reason) ? reasons[reason] : undefined) ?? 'Not stored';
}

/** Most of a kind that a scope may name. */
export const MOST_NAMES = 500;

export function scopeOf(settings: CaptureSettings, vhost: string): TapScope | undefined {
  return Object.hasOwn(settings.scopes, vhost) ? settings.scopes[vhost] : undefined;
}

const WHOLE = ['publish.#', 'deliver.#'];

/** Whether everything of the vhost is listened to. */
export function isWhole(scope: TapScope | undefined, tapKeys: readonly string[]): boolean {
  return scope ? scope.mode === 'all' : WHOLE.every((key) => tapKeys.includes(key)) || tapKeys.includes('#');
}

export function scopeWords(scope: TapScope | undefined, tapKeys: readonly string[]): string {
  if (isWhole(scope, tapKeys)) return 'every publish and every delivery';
  if (!scope || scope.mode === 'all') return `what is bound to ${tapKeys.join(', ')} (HOPLIGHT_TAP_KEYS)`;
  const parts = [
    scope.exchanges.length > 0 ? `publishes of ${counted(scope.exchanges.length, 'exchange')}` : '',
    scope.queues.length > 0 ? `deliveries of ${counted(scope.queues.length, 'queue')}` : '',
  ].filter(Boolean);
  return parts.length > 0 ? parts.join(', ') : 'deaths alone';
}

/** Share of a vhost's events that what is not chosen made in the last minute; null when none came. */
export function savedBy(cost: readonly Cost[], vhost: string, scope: TapScope): number | null {
  const here = cost.filter((c) => c.vhost === vhost);
  const all = here.reduce((sum, c) => sum + c.eventsPerSecond, 0);
  if (all === 0 || scope.mode === 'all') return all === 0 ? null : 0;
  const left = here
    .filter((c) => (c.kind === 'exchange' ? scope.exchanges : scope.queues).includes(c.name))
    .reduce((sum, c) => sum + c.eventsPerSecond, 0);
  return (all - left) / all;
}

/** `saves 62% of the events`. */
export function savingWords(share: number | null): string {
  return share === null
    ? 'saves an unknown part (no event came in the last minute)'
    : `saves ${percent(share)} of the events`;
}

export function bodyWords({ body }: CaptureSettings): string {
  if (body.mode === 'off') return 'none';
  return body.mode === 'full' ? 'whole, up to 16 MiB' : `the first ${bytes(body.firstBytes)} of each`;
}

/** What a purge takes, as far as it can be known before. */
export function purgeWords(facts: number, all: boolean): string {
  return all ? `All ${counted(facts, 'fact')}` : `Of ${count(facts)} facts those that are older`;
}

/** Why a part has no answer that could be shown. */
export function unreadWords(missing: readonly Missing[], what: string): string {
  const found = missing.find((m) => m.what === what);
  return found ? `${found.why} ${found.mend}` : 'it was not answered';
}
