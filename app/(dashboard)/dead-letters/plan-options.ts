/** The options of a plan as they are typed, and the request that they make. Pure. */
import { count, duration, rate as perSecondWords } from '@/app/_ui/format';
import type { LetterEdit } from '@/lib/model/letter-edit';
import type {
  Brake,
  Canary,
  Plan,
  ReplayAct,
  ReplayRequest,
  ReplayTarget,
  Selection,
} from '@/lib/model/replay';

export interface Aim {
  kind: ReplayTarget['kind'];
  queue: string;
  exchange: string;
  /** Empty: each message's own key. */
  routingKey: string;
}

/** Figures as text, as they stand in their fields. */
export interface Options {
  aim: Aim;
  canary: { on: boolean; messages: string; wait: string; goOn: boolean };
  /** Empty: as fast as confirms come. */
  rate: string;
  brake: { on: boolean; diedAgain: string; depth: string };
  keepOrder: boolean;
  expiration: ReplayRequest['expiration'];
  persistent: boolean;
  maxReplays: string;
  reason: string;
}

export const noOptions = (act: ReplayAct): Options => ({
  aim: { kind: act === 'move' ? 'queue' : 'origin', queue: '', exchange: '', routingKey: '' },
  canary: { on: false, messages: '1', wait: '30', goOn: true },
  rate: '',
  brake: { on: false, diedAgain: '5', depth: '500' },
  keepOrder: false,
  expiration: 'keep',
  persistent: false,
  maxReplays: '10',
  reason: '',
});

/** null while something is still to be named. */
export function targetOf(aim: Aim): ReplayTarget | null {
  if (aim.kind === 'origin' || aim.kind === 'first origin') return { kind: aim.kind };
  if (aim.kind === 'queue') return aim.queue === '' ? null : { kind: 'queue', queue: aim.queue };
  if (aim.exchange === '') return null;
  return {
    kind: 'exchange',
    exchange: aim.exchange,
    ...(aim.routingKey === '' ? {} : { routingKey: aim.routingKey }),
  };
}

/** What consumers of all its targets acknowledge now, messages per second; null where that of one is not known. */
export function ackRateOf(plan: Pick<Plan, 'targets'>): number | null {
  const rates = plan.targets.flatMap((t) => t.reaches.map((q) => q.ackRate));
  if (rates.length === 0) return null;
  return rates.reduce<number | null>((sum, r) => (sum === null || r === null ? null : sum + r), 0);
}

/** The largest of 1, 2, 5, 10, 20, 50 … that is not above `n`; at least 1. */
function roundDown(n: number): number {
  if (n < 1) return 1;
  const power = 10 ** Math.floor(Math.log10(n));
  return ([5, 2, 1].find((m) => m * power <= n) ?? 1) * power;
}

/** Consumers that are known to work get a quarter more; those of which nothing is known, this, messages per second. */
const CAREFUL_RATE = 20;
/** Fewer messages than this are no flood at any rate. */
const FEW = 20;
const DEPTH = 500;

/**
 * What is proposed for this plan: the first message alone where its fate can be seen, a pace that the consumers have shown
 * to bear, and a brake at twice what they clear in 10 s.
 */
export function suggested(
  plan: Plan,
  act: ReplayAct,
  tapOn: boolean,
): Pick<Options, 'canary' | 'rate' | 'brake'> {
  const { canary, rate, brake } = noOptions(act);
  if (act !== 'replay' || plan.selected <= 1) return { canary, rate, brake };
  const acks = ackRateOf(plan);
  const reaches = plan.targets.flatMap((t) => t.reaches);
  const deepest = Math.max(0, ...reaches.map((q) => q.depth ?? 0));
  const depth = Math.max(DEPTH, Math.ceil((acks ?? 0) * 20), deepest * 2);
  return {
    canary: { ...canary, on: tapOn },
    rate: plan.selected > FEW ? String(acks && acks >= 8 ? roundDown(acks / 4) : CAREFUL_RATE) : '',
    brake: {
      on: tapOn && reaches.length > 0,
      diedAgain: '5',
      depth: reaches.some((q) => q.consumers === 0) ? '' : String(depth),
    },
  };
}

const whole = (text: string, max: number): number | null => {
  const n = Number(text);
  return /^\d+$/.test(text.trim()) && n >= 1 && n <= max ? n : null;
};

/** What is wrong with the options, in words for the field and for the button; null when nothing is. */
export function wrongOf(o: Options): { field: string; words: string } | null {
  const wrong = (field: string, words: string) => ({ field, words });
  if (targetOf(o.aim) === null) return wrong('target', 'name the target first');
  if (o.canary.on && whole(o.canary.messages, 1_000) === null)
    return wrong('canary', 'a canary is of 1 to 1,000 messages');
  if (o.canary.on && whole(o.canary.wait, 3_600) === null)
    return wrong('canary', 'a canary is waited for 1 to 3,600 s');
  if (o.rate.trim() !== '' && !(Number(o.rate) > 0 && Number(o.rate) <= 100_000))
    return wrong('rate', 'a rate is above 0 and at most 100,000 per second');
  if (o.brake.on && o.brake.diedAgain !== '' && whole(o.brake.diedAgain, 1_000_000) === null)
    return wrong('brake', 'the brake counts whole messages');
  if (o.brake.on && o.brake.depth !== '' && whole(o.brake.depth, 1_000_000_000) === null)
    return wrong('brake', 'the brake counts whole messages');
  if (whole(o.maxReplays, 1_000) === null) return wrong('maxReplays', 'at most 1 to 1,000 replays');
  return null;
}

export interface Asked {
  vhost: string;
  queue: string;
  act: ReplayAct;
  select: Selection;
  edit: LetterEdit | null;
}

/** The part of the request on which the plan depends; null while the target is not named. */
export function planning(asked: Asked, o: Options): Partial<ReplayRequest> | null {
  const target = targetOf(o.aim);
  if (!target) return null;
  const { edit, ...rest } = asked;
  return {
    ...rest,
    target,
    keepOrder: o.keepOrder,
    expiration: o.expiration,
    persistent: o.persistent,
    maxReplays: whole(o.maxReplays, 1_000) ?? 10,
    ...(edit ? { edit } : {}),
  };
}

/** The whole request but for the consent. Call it only when nothing is wrong. */
export function starting(asked: Asked, o: Options): Partial<ReplayRequest> | null {
  const plan = planning(asked, o);
  if (!plan) return null;
  const isReplay = asked.act === 'replay';
  const canary: Canary = {
    messages: Number(o.canary.messages),
    waitSeconds: Number(o.canary.wait),
    goOn: o.canary.goOn,
  };
  const brake: Brake = {
    ...(o.brake.diedAgain === '' ? {} : { diedAgain: Number(o.brake.diedAgain) }),
    ...(o.brake.depth === '' ? {} : { depth: Number(o.brake.depth) }),
  };
  return {
    ...plan,
    ...(Number(o.rate) > 0 ? { rate: Number(o.rate) } : {}),
    ...(isReplay && o.canary.on ? { canary } : {}),
    ...(isReplay && o.brake.on && Object.keys(brake).length > 0 ? { brake } : {}),
    ...(o.reason.trim() === '' ? {} : { reason: o.reason.trim() }),
  };
}

/** "56 s in all; billing settles 88/s now". */
export function paceWords(plan: Plan | null, rate: string, goes: number): string {
  const perSecond = Number(rate);
  const named = perSecond > 0;
  const takes =
    named && goes > 0
      ? `${duration((goes / perSecond) * 1_000)} in all`
      : named
        ? ''
        : 'as fast as confirms come';
  const known = plan?.targets.flatMap((t) => t.reaches).filter((q) => q.ackRate !== null) ?? [];
  const [one, ...more] = known;
  const settles =
    one && more.length === 0 && one.ackRate !== null
      ? one.consumers === 0
        ? `${one.queue} has no consumer now`
        : `${one.queue} settles ${perSecondWords(one.ackRate)} now`
      : more.length > 0 && plan
        ? `the targets settle ${perSecondWords(ackRateOf(plan) ?? 0)} now`
        : '';
  return [takes, settles].filter(Boolean).join('; ');
}

/** What the brake does, for people who do not open it. */
export function brakeWords({ diedAgain, depth }: Options['brake']): string {
  const when = [
    diedAgain === '' ? '' : `when ${count(Number(diedAgain))} died again`,
    depth === '' ? '' : `at a depth over ${count(Number(depth))}`,
  ].filter(Boolean);
  return when.length > 0 ? `pauses ${when.join(', or ')}` : 'never pauses by itself';
}
