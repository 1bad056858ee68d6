/** The order of test files: the same in each run, and such that the workers end at about the same time. */
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Integration files of more than half a minute on two cores, the longest first. */
const slow = [
  'lib/live/cluster.broker.test.ts',
  'lib/replay/kill.broker.test.ts',
  'lib/capture/broker-events.broker.test.ts',
  'lib/live/losses.broker.test.ts',
  'lib/replay/hazards.broker.test.ts',
  'lib/replay/rounds.broker.test.ts',
  'lib/publishing/send.broker.test.ts',
  'lib/amqp/connection.broker.test.ts',
  'lib/capture/capture.broker.test.ts',
  'lib/replay/watch.broker.test.ts',
  'lib/replay/faults.broker.test.ts',
];

/** A file that was begun last keeps one worker at work while the other has none left: the long ones go first. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const at = slow.findIndex((name) => moduleId.endsWith(`/${name}`));
      return at < 0 ? slow.length : at;
    };
    return [...files].sort((a, b) => rank(a) - rank(b) || (a.moduleId < b.moduleId ? -1 : 1));
  }
}
