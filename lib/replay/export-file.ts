/**
 * The file of a deletion: NDJSON, a line for each message that was taken out of its queue, oldest first. Bytes are kept as
 * base64, so that the message can be published again exactly as it lay there; what people want to read stands beside.
 *
 * A line is complete when it ends in a newline. The same `seq` twice is the same message, written again after a crash.
 */
import { createReadStream } from 'node:fs';
import type { RawPublish } from '../amqp/properties.ts';
import { decodeProperties } from '../amqp/properties.ts';
import { readDeaths } from '../journey/deaths.ts';
import type { ReplayMessage } from '../model/replay.ts';

const NEWLINE = 10;
/** How each line begins: the number is read without parsing the line, whose body may be large. */
const HEAD = /^\{"seq":(\d{1,10}),/;
const HEAD_BYTES = 24;

/** One line, its newline included. `raw`: the property bytes as they came (flags and list, as in a content header frame). */
export function exportLine(
  message: Pick<RawPublish, 'exchange' | 'routingKey' | 'raw' | 'body'>,
  replayId: string,
  row: Pick<ReplayMessage, 'seq' | 'deadLetterId'>,
): Buffer {
  const { properties, headers } = decodeProperties(message.raw);
  const line = {
    seq: row.seq,
    replayId,
    deadLetterId: row.deadLetterId,
    exchange: message.exchange,
    routingKey: message.routingKey,
    properties,
    headers,
    deaths: readDeaths(headers),
    rawProperties: message.raw.toString('base64'),
    bodyBytes: message.body.length,
    body: message.body.toString('base64'),
  };
  return Buffer.from(`${JSON.stringify(line)}\n`);
}

/** The whole lines of a file, without their newline, each `seq` once: its first. Half a line at the end is left out. */
export async function* exportLines(file: string): AsyncGenerator<Buffer> {
  const seen = new Set<number>();
  for await (const { line, seq } of wholeLines(file)) {
    if (seq === null || seen.has(seq)) continue;
    seen.add(seq);
    yield line;
  }
}

/** The numbers that have a line, and the file's length up to its last newline. */
export async function scanExport(file: string): Promise<{ seqs: Set<number>; bytes: number }> {
  const seqs = new Set<number>();
  let bytes = 0;
  for await (const { line, seq } of wholeLines(file)) {
    if (seq !== null) seqs.add(seq);
    bytes += line.length + 1;
  }
  return { seqs, bytes };
}

async function* wholeLines(file: string): AsyncGenerator<{ line: Buffer; seq: number | null }> {
  const parts: Buffer[] = [];
  for await (const chunk of chunksOf(file)) {
    let from = 0;
    for (let to = chunk.indexOf(NEWLINE); to >= 0; to = chunk.indexOf(NEWLINE, from)) {
      parts.push(chunk.subarray(from, to));
      const line = Buffer.concat(parts.splice(0));
      yield { line, seq: seqOf(line) };
      from = to + 1;
    }
    if (from < chunk.length) parts.push(chunk.subarray(from));
  }
}

async function* chunksOf(file: string): AsyncGenerator<Buffer> {
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 18 }))
    if (Buffer.isBuffer(chunk)) yield chunk;
}

/** Null for a line that this program did not write, or whose bytes a power cut lost: JSON holds no zero byte. */
function seqOf(line: Buffer): number | null {
  if (line.includes(0)) return null;
  const found = HEAD.exec(line.toString('latin1', 0, HEAD_BYTES));
  return found && line.at(-1) === 0x7d ? Number(found[1]) : null;
}
