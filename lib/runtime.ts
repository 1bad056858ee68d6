/**
 * The one door to everything that runs: builds it, starts it, stops it. One instance, on `globalThis`, since route
 * handlers and instrumentation are separate bundles with a copy of this module each.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { tellChain } from './audit/read.ts';
import { type Audit, createAudit } from './audit/record.ts';
import { createIdentities } from './auth/identity.ts';
import { createSessions, type Sessions, serverSecret } from './auth/session.ts';
import { createManagementClient, type ManagementClient } from './broker/client.ts';
import { readClients } from './broker/clients.ts';
import { Cluster } from './broker/cluster.ts';
import { createPrometheus } from './broker/prometheus.ts';
import { type Capture, createCapture } from './capture/capture.ts';
import { hearsDeliveries } from './capture/scope.ts';
import { bodyBytesOf } from './capture/settings.ts';
import { tapView } from './capture/tap-view.ts';
import { type Config, parseConfig } from './config.ts';
import { judge } from './findings/attention.ts';
import { assemble } from './journey/assemble.ts';
import { createLive, type Live } from './live/live.ts';
import { createMomentRecorder } from './live/moments.ts';
import { createWhyGone } from './live/why-gone.ts';
import { log, wordsOf } from './log.ts';
import { HoplightError } from './model/errors.ts';
import { missingOf } from './notify/missing.ts';
import { createNotifier, type Notifier } from './notify/notify.ts';
import { type Endpoint, endpointOf } from './otlp/endpoint.ts';
import { createGiveBack } from './otlp/give-back.ts';
import { journeyReader } from './otlp/read-journey.ts';
import { createOtlp, type Otlp } from './otlp/receive.ts';
import { createPublishing, type Publishing } from './publishing/publishing.ts';
import { countingOutcomes } from './replay/count-outcomes.ts';
import { createExports, type Exports } from './replay/exports.ts';
import { mutedReader } from './replay/muted.ts';
import { createReplays, type Replays } from './replay/replays.ts';
import type { FactReader } from './store/facts.ts';
import type { MomentStore } from './store/moments.ts';
import { openFactReader } from './store/sqlite/fact-reader.ts';
import { openMomentStore } from './store/sqlite/moment-store.ts';
import { openPastStore } from './store/sqlite/past-store.ts';
import { openStateStore } from './store/sqlite/state-store.ts';
import type { StateStore } from './store/state.ts';
import { Listening } from './telemetry/listened.ts';
import { createMetrics, type Metrics } from './telemetry/metrics.ts';

const DAY_MS = 86_400_000;

export interface Runtime {
  config: Config;
  management: ManagementClient;
  live: Live;
  capture: Capture;
  facts: FactReader;
  moments: MomentStore;
  state: StateStore;
  sessions: Sessions;
  audit: Audit;
  publishing: Publishing;
  replays: Replays;
  exports: Exports;
  metrics: Metrics;
  otlp: Otlp;
  notifier: Notifier;
  startedAt: number;
  /** Lets what runs come to a safe end, then closes; at most a few seconds. */
  stop(): Promise<void>;
}

/** A trace that holds more is not looked through for what became of a replay's copies. */
const MOST_FACTS_OF_COPIES = 2_000;

type Slot = { runtime?: Runtime; failure?: string; stopping?: boolean };
const holder: typeof globalThis & { __hoplight?: Slot } = globalThis;
holder.__hoplight ??= {};
const slot: Slot = holder.__hoplight;

/** Throws `stopping` (503) while it starts or stops. */
export function runtime(): Runtime {
  if (slot.runtime && !slot.stopping) return slot.runtime;
  throw new HoplightError(
    'stopping',
    slot.stopping ? 'Hoplight is stopping.' : (slot.failure ?? 'Hoplight is still starting.'),
    {
      notDone: 'Nothing was read or changed.',
      next: 'Try again in a few seconds.',
      retryAfterSeconds: 2,
    },
  );
}

/** Builds and starts everything once. Throws HoplightError `bad_input` when a setting is wrong. */
export async function startRuntime(env: Record<string, string | undefined> = process.env): Promise<Runtime> {
  if (slot.runtime) return slot.runtime;
  const config = parseConfig(env);
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 });
  const endpoint = config.giveBack ? endpointOf(env) : null;
  const built = build(config, endpoint, Date.now);
  slot.runtime = built;
  slot.stopping = false; // of an earlier one in this process, as tests start them one after another
  built.live.start();
  await built.capture.start();
  built.replays.recoverAfterStart();
  tellChain(built.state);
  await built.exports.start();
  built.notifier.start();
  log.info('Hoplight is up', {
    broker: config.managementUrl,
    data: config.dataDir,
    tap: config.tap.enabled ? config.tap.vhosts : 'off',
    otlp: {
      on: 'on at /v1/traces',
      off: 'off',
      'no token': 'off, since others can reach this address: set HOPLIGHT_OTLP_TOKEN to take spans',
    }[config.otlp.state],
  });
  return built;
}

export async function stopRuntime(): Promise<void> {
  if (!slot.runtime || slot.stopping) return;
  slot.stopping = true;
  await slot.runtime.stop();
  slot.runtime = undefined;
}

function build(config: Config, endpoint: Endpoint | null, clock: () => number): Runtime {
  const state = openStateStore(join(config.dataDir, 'state.db'));
  const facts = openFactReader(join(config.dataDir, 'facts'));
  const clientFor = (user: string, password: string) =>
    createManagementClient({ url: config.managementUrl, user, password });
  const management = clientFor(config.service.user, config.service.password);
  const audit = createAudit(state, clock);
  const { user, password } = config.service;
  const cluster = new Cluster({
    management,
    url: config.managementUrl,
    clientAt: (url) => createManagementClient({ url, user, password }, { timeoutMs: 3_000 }),
    clock,
  });
  const capture = createCapture({
    config,
    management,
    cluster,
    clients: () => readClients(management),
    clock,
  });
  const keepMs = config.historyDays * DAY_MS;
  const past = openPastStore(join(config.dataDir, 'past.db'), { keepMs });
  const moments = openMomentStore(join(config.dataDir, 'past.db'), { keepMs });
  const live = createLive({
    management,
    metrics:
      config.prometheus === 'off'
        ? undefined
        : createPrometheus({ at: config.prometheus, managementUrl: config.managementUrl }),
    config,
    clock,
    judge,
    past,
    moments: createMomentRecorder({ store: moments, events: (...of) => facts.events(...of), clock }),
    whyGone: createWhyGone(facts, clock),
    muted: mutedReader({
      state,
      clock,
      queues: (snapshot) => {
        const oldest = facts.size().oldestAt;
        const since = Math.max(clock() - DAY_MS, oldest ?? 0);
        const deaths = facts.deaths(
          snapshot.vhosts.map((v) => v.name),
          since,
          1,
        );
        return replays.deadLetters({
          snapshot,
          deaths,
          since: oldest === null ? null : since,
          mayRead: () => true,
          notes: (vhost, queue) => state.causeNotes(vhost, queue),
        }).queues;
      },
    }),
    status: () => {
      const { taps, counts, store, amqp, events } = capture.status();
      const notifications = notifier.status();
      return {
        taps,
        capture: counts,
        store,
        amqp,
        events,
        notifications,
        missing: missingOf(notifications),
      };
    },
  });
  const notifier = createNotifier({
    settings: config.webhook,
    look: () => {
      const snapshot = live.snapshot();
      return {
        ...live.freshness(),
        attention: live.attention(),
        cluster: snapshot?.cluster ?? null,
        version: snapshot?.version ?? null,
      };
    },
    store: state,
    clock,
    fetch,
    wait: (ms, signal) => delay(ms, undefined, { signal, ref: false }).catch(() => {}),
  });
  const otlp = createOtlp({
    limitBytes: config.otlp.limitBytes,
    vhost: config.service.vhost,
    record: (list) => capture.record(list),
    waiting: () => capture.status().counts.inMemory,
    clock,
  });
  const listening = new Listening((from, to) => facts.gaps(from, to), clock());
  const metrics = createMetrics(() => {
    const { taps, counts, store, amqp } = capture.status();
    const { readAt, freshness } = live.freshness();
    return {
      taps,
      capture: counts,
      store,
      amqp,
      otlp: otlp.counts(),
      giveBack: giveBack?.counts() ?? null,
      snapshotReadAt: readAt,
      freshness,
      journeys: facts.journeyCounts(),
      listened: listening.at(
        clock(),
        taps.map((tap) => tap.vhost),
      ),
      attention: readAt === null ? null : live.attention(),
      readings: live.state([]).readings,
      notifications: config.webhook && { ...notifier.counts(), waiting: notifier.status().waiting },
    };
  }, clock);
  const publishing = createPublishing({
    record: (list) => capture.record(list),
    clock,
    get bodyBytes() {
      return bodyBytesOf(capture.settings());
    },
    alarms: () => management.alarms(),
    count: (outcome) => metrics.countPublish(outcome),
  });
  const exportsDir = join(config.dataDir, 'exports');
  const { exportDays } = config;
  const exports = createExports({ state, audit, exportsDir, exportDays, clock });
  const replays = createReplays({
    state: countingOutcomes(state, (act, outcome, n) => metrics.countReplayed(act, outcome, n)),
    audit,
    clock,
    snapshot: () => live.snapshot(),
    refresh: () => live.refresh(),
    record: (list) => capture.record(list),
    ownConnection: (name, there) => capture.ownConnection(name, there),
    gaps: (vhost, since) => facts.gaps(since, clock()).filter((gap) => gap.vhost === vhost),
    tap: (vhost) => tapView(capture, config.tap.keys, vhost),
    // without gaps and routes, which cost more than all else and say nothing of a copy's end
    readHops: (journey) => assemble(facts.journeyFacts(journey, MOST_FACTS_OF_COPIES), []).hops,
    firehoseTellsReads: (vhost) =>
      hearsDeliveries(capture.settings().scopes[vhost], config.tap.keys) &&
      capture.status().taps.some((tap) => tap.vhost === vhost && tap.state === 'on'),
    get bodyBytes() {
      return bodyBytesOf(capture.settings());
    },
    exportsDir,
    exportDays,
  });
  const identities = createIdentities({ clientFor, service: management, clock });
  const sessions = createSessions({ config, state, identities, secret: serverSecret(config.dataDir), clock });
  live.subscribe(() => {
    const snapshot = live.snapshot();
    if (!snapshot) return;
    capture.topologyChanged(snapshot);
    metrics.lookAtLosses(live.gone(), snapshot.readAt);
  });
  capture.onEnds(() => live.nudge());
  const giveBack =
    endpoint &&
    createGiveBack({
      endpoint,
      read: journeyReader(facts, () => live.snapshot(), clock),
      clock,
      fetch,
      wait: (ms, signal) => delay(ms, undefined, { signal, ref: false }).catch(() => {}),
    });
  if (giveBack) {
    capture.onCommitted((journeys) => giveBack.touched(journeys));
    giveBack.start();
  }
  capture.onDeaths((deaths) => metrics.countDeaths(deaths));
  capture.onReplayFacts((list) => replays.noteFacts(list));
  capture.onSpans((journeys) => replays.noteSpans(journeys));

  return {
    config,
    management,
    live,
    capture,
    facts,
    moments,
    state,
    sessions,
    audit,
    publishing,
    replays,
    exports,
    metrics,
    otlp,
    notifier,
    startedAt: clock(),
    async stop() {
      exports.stop();
      for (const [what, end] of [
        ['notifications', () => notifier.stop()],
        ['replays', () => replays.stop()],
        ['publishing', () => publishing.stop()],
        ['live', () => live.stop()],
        ['capture', () => capture.stop()],
        ['giving back', async () => giveBack?.stop()],
      ] as const) {
        await end().catch((error: unknown) =>
          log.warn(`${what} did not stop cleanly`, { error: wordsOf(error) }),
        );
      }
      past.close();
      moments.close();
      facts.close();
      state.close();
    },
  };
}
