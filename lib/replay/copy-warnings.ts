/** What a plan says of the copies themselves. */
import { versionParts } from '../model/broker.ts';
import { cameBack } from './copy.ts';
import type { Entry } from './selection.ts';
import { consent, count, messages, note, type Rule, refuse, SMALL_EXPIRATION } from './warning-words.ts';

/** What brokers take unless `max_message_size` says otherwise, which no API tells: 128 MiB, since 4.0 16 MiB. */
const usualLimit = (version: string) => (versionParts(version).major >= 4 ? 16 : 128) * 1024 * 1024;

/** The reason of each that stays; the ceiling is told apart, since it can be raised. */
const stuck: Rule = ({ chosen, going, request }) => {
  const cannot = chosen.flatMap(({ address, replays }) =>
    'cannot' in address ? [{ words: address.cannot, ceiling: address.cannot === cameBack(replays) }] : [],
  );
  const level = going.length === 0 ? refuse : note;
  const others = cannot.filter((c) => !c.ceiling);
  const [why] = others;
  const back = cannot.length - others.length;
  return [
    ...(why
      ? [
          level(
            'cannot_move',
            `${messages(others.length)} cannot be sent and will stay. ${others.length > 1 ? 'Why, of the first: ' : ''}${why.words}`,
          ),
        ]
      : []),
    ...(back > 0
      ? [
          level(
            'max_replays',
            `${messages(back)} came back from replays ${request.maxReplays === 1 ? 'once' : `${count(request.maxReplays)} times`} or more and will stay. Mend what they fail at, or raise maxReplays.`,
          ),
        ]
      : []),
  ];
};

const cameBackBefore: Rule = ({ going, request }) => {
  const back = request.act === 'replay' ? going.filter((e) => e.replays > 0) : [];
  return back.length > 0
    ? [
        note(
          'came_back',
          `${messages(back.length)} ${back.length === 1 ? 'was' : 'were'} sent by a replay before and died again, at most ${most(back, (e) => e.replays)} times. From ${count(request.maxReplays)} times on they stay.`,
        ),
      ]
    : [];
};

const again: Rule = ({ going, request }) => {
  const repeated = request.act === 'replay' ? going.filter((e) => e.sameDeaths > 1) : [];
  return repeated.length > 0
    ? [
        note(
          'died_before',
          `${messages(repeated.length)} died more than once in the same queue for the same reason, at most ${most(repeated, (e) => e.sameDeaths)} times.`,
        ),
      ]
    : [];
};

/** A guess is shown as one. */
const origins: Rule = ({ going, request: { target } }) => {
  if (target.kind !== 'origin' && target.kind !== 'first origin') return [];
  const differ = going.filter((e) => e.origin !== null && e.origin.first !== e.origin.queue);
  const [one] = differ;
  if (!one?.origin) return [];
  const { queue, first } = one.origin;
  const words =
    target.kind === 'origin'
      ? `They go to where each died last (${queue}); the target "first origin" is where each died first (${first}).`
      : `They go to where each died first (${first}); the target "origin" is where each died last (${queue}).`;
  return [note('origins_differ', `${messages(differ.length)} died in more than one queue. ${words}`)];
};

const transient: Rule = ({ going }) => {
  const n = going.filter((e) => e.transient).length;
  return n > 0
    ? [
        note(
          'transient',
          `${messages(n)} ${n === 1 ? 'is' : 'are'} not persistent: confirmed, yet lost when the broker restarts. The option persistent mends it.`,
        ),
      ]
    : [];
};

/** Where nothing takes what expires, it is gone for good. */
const expiring: Rule = ({ going, aims }) => {
  const n = going.filter((e) => e.expiration !== null && Number(e.expiration) < SMALL_EXPIRATION).length;
  if (n === 0) return [];
  const gone = aims.some((aim) => aim.queues.some(({ queue }) => queue?.deadLetter === null));
  return [
    (gone ? consent : note)(
      'expiration_small',
      `${messages(n)} ${n === 1 ? 'expires' : 'expire'} within a minute of arriving, confirmed all the same, and would then be ${gone ? 'gone' : 'dead again'}. Send ${n === 1 ? 'it' : 'them'} without an expiration to keep ${n === 1 ? 'it' : 'them'}.`,
    ),
  ];
};

const everlasting: Rule = ({ going, request }) => {
  const n = request.expiration === 'drop' ? 0 : going.filter((e) => e.hadExpiration).length;
  return n > 0
    ? [
        note(
          'expiration_gone',
          `${messages(n)} had an expiration, which the broker took off when ${n === 1 ? 'it' : 'they'} died: the ${n === 1 ? 'copy does' : 'copies do'} not expire. The option original puts it back.`,
        ),
      ]
    : [];
};

const large: Rule = ({ going, snapshot }) => {
  const limit = usualLimit(snapshot.version);
  const n = going.filter((e) => e.bytes > limit).length;
  return n > 0
    ? [
        note(
          'body_large',
          `${messages(n)} ${n === 1 ? 'has a body' : 'have bodies'} of more than ${limit / 1024 / 1024} MiB, which RabbitMQ ${snapshot.version} takes only where max_message_size was raised. What the broker refuses stays.`,
        ),
      ]
    : [];
};

const packed: Rule = ({ going }) =>
  going.some((e) => e.packed)
    ? [
        note(
          'edit_encoding',
          'The edit changes the body, while content-encoding still says that it is packed: give the packed bytes, or take content-encoding off.',
        ),
      ]
    : [];

const parting: Rule = ({ going }) => {
  const n = going.filter((e) => e.parts).length;
  return n > 0
    ? [
        note(
          'journey_parts',
          `${n === 1 ? 'The copy' : `The copies of ${messages(n)}`} will be ${n === 1 ? 'a journey' : 'journeys'} of ${n === 1 ? 'its' : 'their'} own: what the message is known by changes. The receipt and x-replay-id still join them.`,
        ),
      ]
    : [];
};

const most = (entries: readonly Entry[], figure: (e: Entry) => number) =>
  count(entries.reduce((max, e) => Math.max(max, figure(e)), 0));

export const copyRules: Rule[] = [
  stuck,
  origins,
  cameBackBefore,
  again,
  transient,
  expiring,
  everlasting,
  large,
  packed,
  parting,
];
