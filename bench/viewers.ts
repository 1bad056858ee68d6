/** Browsers that do nothing but watch: streams of /api/live, read as fast as they come. */
import { type ClientRequest, get } from 'node:http';
import type { LiveState } from '../lib/model/live.ts';
import type { NodeAnswer } from '../script/lib/broker-node.ts';
import type { TestApp } from '../test/with-app.ts';
import { signIn } from './stage.ts';

/** A session may hold so many streams open. */
const STREAMS = 6;

export interface Viewers {
  /** Events of the first of them that brought a reading. */
  readings(): number;
  /** What is read of the broker, and how often, as the first of them was told last. */
  parts(): LiveState['readings'];
  /** Of all of them. */
  bytes(): number;
  /** Resolves when each has been sent its first state; rejects when one is refused. */
  open: Promise<void>;
  close(): void;
}

export async function openViewers(app: TestApp, node: NodeAnswer, count: number): Promise<Viewers> {
  let readings = 0;
  let bytes = 0;
  let parts: LiveState['readings'] = [];
  const requests: ClientRequest[] = [];
  const opened: Promise<void>[] = [];
  let cookie = '';
  for (let i = 0; i < count; i++) {
    if (i % STREAMS === 0) cookie = `hoplight_session=${await signIn(app, node)}`;
    const first = i === 0;
    opened.push(
      new Promise((done, fail) => {
        const request = get(`${app.url}/api/live`, { headers: { cookie } }, (response) => {
          if (response.statusCode !== 200) fail(new Error(`/api/live answered ${response.statusCode}`));
          const events = first ? eventsIn() : null;
          response.on('data', (part: Buffer) => {
            bytes += part.byteLength;
            for (const data of events?.(part) ?? []) {
              const told = toldBy(data);
              if (told.readAt != null) readings++;
              parts = told.readings ?? parts;
            }
            done();
          });
        });
        request.on('error', fail);
        requests.push(request);
      }),
    );
  }
  return {
    readings: () => readings,
    parts: () => parts,
    bytes: () => bytes,
    open: Promise.all(opened).then(() => undefined),
    close() {
      for (const request of requests) request.destroy();
    },
  };
}

/** Whole events' data out of what comes in parts. */
function eventsIn(): (part: Buffer) => string[] {
  let text = '';
  return (part) => {
    const blocks = (text + part.toString('latin1')).split('\n\n');
    text = blocks.pop() ?? '';
    return blocks.flatMap((block) => /^event: (?:live|change)\ndata: (.*)$/.exec(block)?.[1] ?? []);
  };
}

type Told = Partial<Pick<LiveState, 'readAt' | 'readings'>>;

/** A whole state, or what changed of it. */
function toldBy(data: string): Told {
  const event: Told & { set?: Told } = JSON.parse(data);
  return event.set ?? event;
}
