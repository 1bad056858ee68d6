/** Which fields of the messages that are sent will be others in their copies. Pure. */
import { versionParts } from '../model/broker.ts';
import type { Plan } from '../model/replay.ts';
import { editedParts } from './edit.ts';
import type { PlanView } from './plan-input.ts';
import type { Entry } from './selection.ts';

type Change = Plan['changes'][number];

/** In words; `messages` null where only a sample was read. What stays, or is deleted, changes nowhere. */
export function changesOf({ request, snapshot, going, exact }: PlanView): Change[] {
  if (request.act === 'delete') return [];
  const n = (pick: (e: Entry) => boolean) => going.filter(pick).length;
  const of = (field: string, words: string, pick: (e: Entry) => boolean): Change => ({
    field,
    words,
    messages: n(pick),
  });
  const always = [
    of('CC, BCC', 'go: the copy reaches the named target only', (e) => e.changes.cc),
    of('user-id', 'moves to x-original-user-id: the broker takes no foreign one', (e) => e.changes.userId),
    of('expiration', expirationWords(request.expiration), (e) => e.changes.expiration),
    of('delivery-mode', 'becomes 2, persistent', (e) => e.changes.persistent),
  ];
  const seen =
    request.act === 'move' ? [...moved(of, snapshot.version), ...always] : [...replayed(of), ...always];
  const lineage: Change = {
    field: 'x-replay-id, x-replay-count, x-replay-of',
    words: 'are added: which replay, how often, of which message',
    messages: going.length,
  };
  const changes = [
    ...(request.act === 'move' ? [] : [lineage]),
    ...seen.filter((change) => change.messages !== 0),
  ];
  const edited = request.edit && going.length > 0 ? editedParts(request.edit) : [];
  return [
    ...(exact ? changes : changes.map((change) => ({ ...change, messages: null }))),
    ...edited.map((field) => ({ field, words: 'is changed by the edit', messages: going.length })),
    ...(edited.length > 0
      ? [{ field: 'x-replay-edited', words: 'names what the edit changes', messages: going.length }]
      : []),
  ];
}

type Of = (field: string, words: string, pick: (e: Entry) => boolean) => Change;

function replayed(of: Of): Change[] {
  return [
    of('x-death', 'moves to x-original-death, typed as it was', (e) => e.changes.deaths),
    of(
      'x-first-death-*, x-last-death-*, x-delivery-count, x-acquired-count',
      "go: they are the broker's own",
      (e) => e.changes.counters,
    ),
  ];
}

function moved(of: Of, version: string): Change[] {
  return [
    ...(versionParts(version).major >= 4
      ? [
          of(
            'x-death',
            'is besides put into x-original-death: this broker throws it away at the next death',
            (e) => e.changes.deaths,
          ),
        ]
      : []),
    of(
      'x-delivery-count, x-acquired-count',
      'go: they counted in the queue that is left',
      (e) => e.changes.counts,
    ),
  ];
}

function expirationWords(option: 'keep' | 'drop' | 'original'): string {
  return option === 'drop'
    ? 'is taken off: the copy does not expire by itself'
    : 'becomes what it was before its death';
}
