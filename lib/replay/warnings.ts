/** What to know, agree to, or mend before a replay. Pure; one rule a function. */
import type { PlanWarning } from '../model/replay.ts';
import { copyRules } from './copy-warnings.ts';
import { deleteRules } from './plan-delete.ts';
import type { PlanView } from './plan-input.ts';
import { rulesOf } from './queue-facts.ts';
import { streamRules } from './stream-warnings.ts';
import { targetRules } from './target-warnings.ts';
import { consent, count, messages, note, type Rule, refuse, unique } from './warning-words.ts';

const nothingSelected: Rule = ({ selected, request, index }) =>
  selected > 0 || index.consumers > 0
    ? []
    : [
        refuse(
          'nothing_selected',
          request.select.kind === 'all'
            ? 'The queue holds no message.'
            : 'None of the selected messages lies in the queue any more. Read it again.',
        ),
      ];

const gone: Rule = ({ request, chosen }) => {
  const { select } = request;
  const missing = select.kind === 'messages' ? new Set(select.ids).size - chosen.length : 0;
  return missing > 0 && chosen.length > 0
    ? [
        note(
          'gone',
          `${messages(missing)} of the selected ${missing === 1 ? 'is' : 'are'} no longer in the queue.`,
        ),
      ]
    : [];
};

const unreadable: Rule = ({ snapshot, queue, index }) => {
  const rules = rulesOf(snapshot, queue, index.weakest);
  if (rules.level === 'refused') return [refuse('source_unreadable', rules.words)];
  return rules.level === 'counts'
    ? [
        consent(
          'lives',
          `${rules.words} Messages that stay are put back once for this plan and once for the replay.`,
        ),
      ]
    : [];
};

const others: Rule = ({ queue, index: { consumers } }) =>
  consumers > 0
    ? [
        refuse(
          'source_consumed',
          `${count(consumers)} ${consumers === 1 ? 'consumer takes' : 'consumers take'} messages from ${queue.name}: a replay must be alone with it. Stop ${consumers === 1 ? 'it' : 'them'} first.`,
        ),
      ]
    : [];

const beyond: Rule = ({ request, index }) =>
  request.select.kind !== 'all' && index.read > 0 && index.read < index.inQueue
    ? [
        note(
          'not_all_read',
          `Only the first ${count(index.read)} of ${count(index.inQueue)} messages are looked at. Replay these, then plan again.`,
        ),
      ]
    : [];

/** Of the queue that is read: they hold for a deletion too. */
const sourceRules: Rule[] = [nothingSelected, unreadable, others, gone, beyond, ...streamRules];
const rank = { refuse: 0, consent: 1, note: 2 } as const;

/** All warnings, those that stop it first. */
export function warningsFor(view: PlanView): PlanWarning[] {
  const rules =
    view.request.act === 'delete'
      ? [...sourceRules, ...deleteRules]
      : [...sourceRules, ...targetRules, ...copyRules];
  return unique(rules.flatMap((rule) => rule(view))).sort((a, b) => rank[a.level] - rank[b.level]);
}
