/** A line of a list as its reader may see it. */
import type { JourneyQuery } from '../../../lib/model/api.ts';
import type { Fact } from '../../../lib/model/fact.ts';
import type { JourneySummary } from '../../../lib/model/journey.ts';
import { carries, factMatcher, mentions } from '../../../lib/store/matches.ts';
import { maySee, narrowed, type Reader, seesWhole } from './_visible.ts';

/**
 * Null when the reader may see nothing of it, or when it matches the query only by what the reader may not see: a search
 * must not tell what is in a message that is hidden. `factsOf` reads the journey's facts, when they are needed.
 */
export function lineFor(
  reader: Reader,
  everyVhost: boolean,
  query: JourneyQuery,
  line: JourneySummary,
  factsOf: () => readonly Fact[],
): JourneySummary | null {
  if (seesWhole(reader, everyVhost, line)) return line;
  const all = factsOf();
  const shown = narrowed(reader, line.id, all);
  if (!shown) return null;
  const facts = all.filter((fact) => maySee(reader, fact));
  if (query.status !== undefined && shown.status !== query.status) return null;
  if (query.from !== undefined && shown.lastAt < query.from) return null;
  if (query.to !== undefined && shown.firstAt > query.to) return null;
  if (query.q && !carries(facts, query.q) && !mentions(shown, query.q)) return null;
  const matches = factMatcher(query);
  return matches === null || matches(facts) ? shown : null;
}
