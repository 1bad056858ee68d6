/** A line of a list as its reader may see it. */
import type { JourneyQuery } from '../../../lib/model/api.ts';
import type { Fact } from '../../../lib/model/fact.ts';
import type { JourneySummary } from '../../../lib/model/journey.ts';
import { carries, factMatcher, mentions } from '../../../lib/store/matches.ts';
import { mayHideNames, narrowed, type Reader, seenOf, seesWhole } from './_visible.ts';

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
  const whole = seesWhole(reader, everyVhost, line);
  // a line does not tell what its spans are about, and by these two it may have been found through one of them
  const bySpan = line.spans > 0 && (query.client !== undefined || query.q !== undefined);
  if (whole && !bySpan && !mayHideNames(line)) return line;
  const all = factsOf();
  if (whole && seenOf(reader, all).length === all.length) return line;
  const shown = narrowed(reader, line.id, all);
  if (!shown) return null;
  const facts = seenOf(reader, all);
  if (query.status !== undefined && shown.status !== query.status) return null;
  if (query.from !== undefined && shown.lastAt < query.from) return null;
  if (query.to !== undefined && shown.firstAt > query.to) return null;
  if (query.q && !carries(facts, query.q) && !mentions(shown, query.q)) return null;
  const matches = factMatcher(query);
  return matches === null || matches(facts) ? shown : null;
}
