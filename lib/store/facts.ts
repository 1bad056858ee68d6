/**
 * What is remembered about messages. Append-only and large, cut into time segments; it may live in another engine one
 * day, so everything goes through these two interfaces. The writer lives in the capture worker, readers anywhere.
 */

import type { JourneyQuery, Latency, LatencyQuery } from '../model/api.ts';
import type { BrokerEvent } from '../model/broker-event.ts';
import type { HoplightError } from '../model/errors.ts';
import type { Fact, Gap } from '../model/fact.ts';
import type { JourneySummary } from '../model/journey.ts';
import type { JourneyStatus } from '../model/names.ts';

/** Deaths counted by where they happened and where they were sent, for causes without reading any queue. */
export interface DeathCount {
  vhost: string;
  /** The dead-letter exchange and the key that the broker published the dead letter with. */
  exchange: string;
  routingKey: string;
  originQueue: string;
  reason: string;
  error: string | null;
  count: number;
  firstAt: number;
  lastAt: number;
  /** Deaths per slice of the asked time, oldest first. */
  trend: number[];
}

/** Journeys in the store that stand so; of a message in several vhosts each counts. */
export interface JourneyCount {
  vhost: string;
  status: JourneyStatus;
  count: number;
}

export interface FactWriter {
  /** Commits all or nothing, then returns how many were new (a fact ID seen before is not stored twice). */
  append(facts: readonly Fact[]): number;
  /** Opens, extends or closes (same `id`) a gap. */
  putGap(gap: Gap): void;
  /** Gaps that are still open, also those that an earlier process left. */
  openGaps(): Gap[];
  /** Keeps what happened on the broker; an `id` seen before is left as it is. */
  putEvents(events: readonly BrokerEvent[]): void;
  /** Notes that capture was alive at that time, ms since 1970. */
  heartbeat(at: number): void;
  /** The latest heartbeat of any process, so that a new one knows since when nobody listened; null in a new store. */
  lastHeartbeat(): number | null;
  /** Small things about capture that outlive the process, such as a tap that was switched off; null when never set. */
  setting(name: string): string | null;
  putSetting(name: string, value: string): void;
  /** Drops the oldest segments until size and age fit; returns how many facts went. */
  retain(now: number): number;
  /**
   * Forgets facts whose `at` lies before `before` (ms since 1970), all when it is null, and the journeys, deaths, latency,
   * gaps and events with them; returns how many facts went. What went is not left in the files either.
   */
  purge(before: number | null): number;
  /** Holds from the next `retain` on. */
  setLimits(limits: { limitBytes: number; maxAgeMs: number }): void;
  /** Why journeys and causes lag behind the facts, which are stored all the same; null when they do not. */
  problem(): HoplightError | null;
  size(): FactStoreSize;
  close(): void;
}

export interface FactStoreSize {
  facts: number;
  bytes: number;
  limitBytes: number;
  segments: number;
  oldestAt: number | null;
}

export interface JourneyPage {
  journeys: JourneySummary[];
  next: string | null;
  /** How far back this page has looked, ms since 1970, when it stopped before its end; null: it is full, or looked at all. */
  searchedTo: number | null;
}

export interface FactReader {
  /** Facts of one journey in order of `at`, at most `limit` (the oldest first). */
  journeyFacts(journey: string, limit: number): Fact[];
  /** Journeys that any of whose messages carries this ID (trace, X-Trace-ID, correlation, message, replay ID), newest first. */
  find(id: string, limit: number): JourneySummary[];
  /**
   * Journeys that match all of the query, newest first, by keyset: `next` goes into the following query's `cursor`.
   * `vhosts`: those allowed. It looks for some tens of ms at most, so a page may hold few or none and still have a `next`.
   */
  list(query: JourneyQuery, vhosts: readonly string[]): JourneyPage;
  /** Of every vhost; those that were there and are not any more count 0. Takes no time, however many there are. */
  journeyCounts(): JourneyCount[];
  deaths(vhosts: readonly string[], since: number, slices: number): DeathCount[];
  /** From publish to first delivery, by queue, slowest (p95) first. */
  latency(query: LatencyQuery, vhosts: readonly string[]): Latency;
  /** What happened on the broker in [from, to], oldest first; the latest `limit`. Those without a vhost are for everybody. */
  events(vhosts: readonly string[], from: number, to: number, limit: number): BrokerEvent[];
  /** Gaps that touch [from, to]. */
  gaps(from: number, to: number): Gap[];
  size(): FactStoreSize;
  close(): void;
}
