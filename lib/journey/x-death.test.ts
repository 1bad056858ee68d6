/** Journeys from x-death as three broker versions wrote it: headers captured from real dead letters. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Story } from '../../test/build-facts.ts';
import type { Header } from '../model/message.ts';
import { assemble } from './assemble.ts';
import { readDeaths } from './deaths.ts';

const captured = z.record(z.string(), z.record(z.string(), z.json()));

/** As the wire decoder gives them: timestamps are seconds. */
function headersOf(version: string, what: string): Header[] {
  const url = new URL(`../../test/fixtures/${version}/x_death.json`, import.meta.url);
  const text = readFileSync(url, 'utf8').replace(/\{\s*"!": "timestamp",\s*"value": (\d+)\s*\}/g, '$1');
  const headers = captured.parse(JSON.parse(text))[what] ?? {};
  return Object.entries(headers).map(([name, value]) => ({ name, type: null, value }));
}

const versions = ['3.10.8', '4.0.5', '4.3.6'];

describe.each(versions)('x-death of %s', (version) => {
  it.each(['classic', 'quorum'])('tells of a rejected message, %s', (type) => {
    const deaths = readDeaths(headersOf(version, `${type}/rejected`));
    const queue = `rej.${type}`;
    expect(deaths).toMatchObject([
      { queue, reason: 'rejected', count: 1, exchange: '', routingKeys: [queue] },
    ]);
    const story = new Story().delivered(0, `dlq.${type}`, 1, { deaths, exchange: `dlx.${type}` });
    const journey = assemble(story.facts, []);
    expect(journey.hops.map((h) => `${h.kind} ${h.row}`)).toEqual([
      'publish ex:',
      `queue q:${queue}`,
      `death q:${queue}`,
      `queue q:dlq.${type}`,
      `delivery q:dlq.${type}`,
    ]);
  });

  it('keeps the expiration that dead-lettering took away', () => {
    expect(readDeaths(headersOf(version, 'classic/expired_per_message'))[0]?.originalExpiration).toBe('80');
  });

  //  ▭work ✕▶▭retry ⌛▶▭work ✕▶▭retry ⌛▶▭work ✕▶▭retry ⌛▶▭work ●
  it.each(['classic', 'quorum'])('tells of three rounds of a retry ring, %s', (type) => {
    const deaths = readDeaths(headersOf(version, `${type}/cycle_after_3`));
    expect(deaths.map((d) => [d.queue, d.reason, d.count])).toEqual([
      [`retry.${type}`, 'expired', 3],
      [`work.${type}`, 'rejected', 3],
    ]);
    const journey = assemble(new Story().delivered(9_000, `work.${type}`, 1, { deaths }).facts, []);
    const told = journey.hops.map((h) => `${h.kind} ${h.queue}`);
    const round = [`queue work.${type}`, `death work.${type}`, `queue retry.${type}`, `retry retry.${type}`];
    expect(told.slice(1)).toEqual([
      ...round,
      ...round,
      ...round,
      `queue work.${type}`,
      `delivery work.${type}`,
    ]);
    for (const [i, hop] of journey.hops.entries()) expect(hop.from).toHaveLength(i === 0 ? 0 : 1);
  });
});
