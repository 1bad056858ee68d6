/** The flags of `script/bench`. */
import { parseArgs } from 'node:util';
import { Refusal } from '../script/lib/shell.ts';

export const partNames = ['memory', 'first-load', 'journey', 'http', 'replay', 'overview', 'pages'] as const;
export type PartName = (typeof partNames)[number];

/** Needs thousands of queues, and a broker of its own. */
export const isMany = (part: PartName): boolean => part === 'overview' || part === 'pages';

export interface Options {
  parts: readonly PartName[];
  version: string | undefined;
  name: string;
  messages: number;
  writeReadme: boolean;
}

export const help = `Usage: script/bench [flags]

Measures Hoplight on this machine: a private RabbitMQ node, the application
(built first when its sources changed), demo traffic, all on the loopback
interface, all stopped and removed at the end. Takes about a quarter of an hour.

  memory      resident memory of the server (its capture worker is a thread of
              it) with nobody calling and an idle broker, once ten readings in
              ten seconds stay within 2 %, or after 40 s
  first-load  gzip bytes of the scripts that each page's HTML names, in a fresh
              Chromium profile; beside it all scripts until the page is quiet
  journey     time from publish to GET /api/journeys/{id} showing the publish
              and the delivery, asked each 5 ms: by POST /api/publish, and by a
              plain client with a header X-Trace-ID
  http        /api/overview, /api/queues, /api/journeys while the demo runs, in
              turn with RabbitMQ's management API in the same run
  replay      messages per second of 100,000 dead letters of 1 KiB sent back,
              confirmed and journalled, beside the broker's own shovel, classic
              and quorum; and the time for one in a thousand of as many

  overview    processor time of the broker, and of the server, at 1,000 and 10,000
              queues while one and while fifty viewers watch, beside what the
              management UI's page of queues asks of the broker in the same run
  pages       at 10,000 queues in a fresh Chromium: time to figures on each page,
              frames and long tasks while scrolling, from a key to new rows

Prints a Markdown table and keeps the raw figures in bench/results.
\`script/bench overview\` and \`script/bench pages\` are short for --parts; together
they take some fifteen minutes. \`script/bench capture\`, \`script/bench store\` and \`script/bench history\` measure those
by themselves, for some minutes each, with flags of their own (--help).

  --parts a,b       only these parts (default: all)
  --version V       RabbitMQ 3.10, 4.0 or 4.3 (default: what this machine offers)
  --messages N      messages for each way of publishing, 10 to 2000 (default 200)
  --name NAME       of the result's file (default: the commit)
  --write-readme    puts the table between the markers in README.md
  --help            this text
`;

/** null: help was asked for. Throws Refusal on anything it does not know. */
export function parseOptions(args: string[], defaultName: string): Options | null {
  let values: ReturnType<typeof read>;
  try {
    values = read(args);
  } catch (error) {
    throw new Refusal(`${error instanceof Error ? error.message : String(error)} (see --help)`);
  }
  if (values.help) return null;
  const messages = Number(values.messages);
  if (!Number.isInteger(messages) || messages < 10 || messages > 2000)
    throw new Refusal('--messages takes a number from 10 to 2000.');
  const name = values.name ?? defaultName;
  if (!/^[\w.-]{1,60}$/.test(name)) throw new Refusal('--name takes letters, digits, dots and dashes.');
  const asked = values.parts?.split(',').map((part) => part.trim());
  const unknown = asked?.find((part) => !partNames.some((known) => known === part));
  if (unknown !== undefined) throw new Refusal(`There is no part ${unknown}: ${partNames.join(', ')}.`);
  return {
    parts: asked ? partNames.filter((part) => asked.includes(part)) : partNames,
    version: values.version,
    name,
    messages,
    writeReadme: values['write-readme'],
  };
}

function read(args: string[]) {
  return parseArgs({
    args,
    options: {
      parts: { type: 'string' },
      version: { type: 'string' },
      messages: { type: 'string', default: '200' },
      name: { type: 'string' },
      'write-readme': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  }).values;
}
