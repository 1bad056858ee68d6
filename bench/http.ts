/** Our answers beside the management API's to the same question, asked in turn, one at a time, in the same run. */
import type { HttpTimes } from './result.ts';
import type { Stage } from './stage.ts';
import { round, spread } from './statistics.ts';

const rounds = 200;
const warmUp = 10;
/** Then the rounds end early; the number of samples says so. */
const limitMs = 40_000;

const questions = [
  { path: '/api/overview', peer: '/api/overview' },
  { path: '/api/queues', peer: '/api/queues' },
  { path: '/api/journeys', peer: null },
];

interface Asked {
  url: string;
  headers: Record<string, string>;
  took: number[];
  bytes: number;
}

const asking = (url: string, headers: Record<string, string>): Asked => ({
  url,
  headers,
  took: [],
  bytes: 0,
});

async function ask(asked: Asked, count: boolean, signal: AbortSignal): Promise<void> {
  const began = performance.now();
  const response = await fetch(asked.url, { headers: asked.headers, signal });
  const body = await response.arrayBuffer();
  const took = performance.now() - began;
  if (response.status !== 200) throw new Error(`GET ${asked.url}: ${response.status}`);
  asked.bytes = body.byteLength;
  if (count) asked.took.push(took);
}

/** Sizes are those of the answers unpacked. Connections are kept open, as browsers and scrapers keep them. */
export async function httpTimes(stage: Stage, signal: AbortSignal): Promise<HttpTimes[]> {
  const { node, app, session } = stage;
  const cookie = { cookie: `hoplight_session=${session}` };
  const basic = `Basic ${Buffer.from(`${node.user}:${node.password}`).toString('base64')}`;
  const asked = questions.map(({ path, peer }) => ({
    path,
    ours: asking(`${app.url}${path}`, cookie),
    peer: peer && { path: peer, asked: asking(`${node.management}${peer}`, { authorization: basic }) },
  }));
  const end = performance.now() + limitMs;
  for (let i = -warmUp; i < rounds && performance.now() < end; i++)
    for (const { ours, peer } of asked) {
      await ask(ours, i >= 0, signal);
      if (peer) await ask(peer.asked, i >= 0, signal);
    }
  return asked.map(({ path, ours, peer }) => {
    const times = spread(ours.took);
    if (!peer) return { path, ours: times, bytes: ours.bytes, peer: null };
    const theirs = spread(peer.asked.took);
    return {
      path,
      ours: times,
      bytes: ours.bytes,
      peer: { path: peer.path, times: theirs, bytes: peer.asked.bytes, ratio: round(times.p50 / theirs.p50) },
    };
  });
}
