/** What to know before dead letters are replayed from a stream: it keeps them. */
import { consent, messages, note, type Rule, refuse } from './warning-words.ts';

const stays: Rule = ({ queue, request }) => {
  if (queue.type !== 'stream') return [];
  if (request.act === 'delete')
    return [
      refuse(
        'stream_keeps',
        `${queue.name} is a stream: it keeps its messages until its own limits drop them, and none can be taken out.`,
      ),
    ];
  return [
    note(
      'stream_keeps',
      `${queue.name} is a stream: copies are sent and the originals stay in it. Only the receipts of its replays say which were sent.`,
    ),
  ];
};

const sentBefore: Rule = ({ chosen, index }) => {
  const before = index.sentBefore;
  const again = before ? chosen.filter((entry) => before.has(entry.key)).length : 0;
  return again > 0
    ? [
        consent(
          'sent_before',
          `${messages(again)} ${again === 1 ? 'was' : 'were'} replayed from this stream before: a second copy would be sent of each.`,
        ),
      ]
    : [];
};

export const streamRules: Rule[] = [stays, sentBefore];
