/** What a deletion has to say: what is written, where it lies and for how long. It has no target, and nothing is sent. */
import { consent, messages, type Rule } from './warning-words.ts';

/**
 * Its consent is asked for always: after the file's days nothing is left of the messages. The file is named by the job, which
 * is not there yet.
 */
const takenOut: Rule = ({ selected, queue, request, exportDays }) => {
  if (selected === 0) return [];
  const what = `${messages(selected)} of ${queue.name} ${selected === 1 ? 'is' : 'are'} taken out of the broker for good`;
  const kept = `Each is first written, with its body, headers and deaths, to a file of this deletion in Hoplight's data folder (exports), and only then acknowledged`;
  const days = exportDays === 1 ? 'a day' : `${exportDays} days`;
  const lives =
    request.select.kind === 'all' ? 'Messages that come in later stay.' : 'The others stay in the queue.';
  return [
    consent(
      'deletes',
      `${what}. ${kept}. The file can be downloaded for ${days}; then it is removed, and nothing is left of them. ${lives}`,
    ),
  ];
};

export const deleteRules: Rule[] = [takenOut];
