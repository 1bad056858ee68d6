/** The two answers of the OTLP door, each in the encoding of its request. */
import { PbfWriter } from 'pbf';
import type { Encoding, Partial } from './receive.ts';

/** ExportTraceServiceResponse; `partial_success` is left out where nothing was refused, as the specification wants it. */
export function encodeResponse(encoding: Encoding, partial: Partial): Uint8Array<ArrayBuffer> {
  const isWhole = partial.rejectedSpans === 0 && partial.errorMessage === '';
  if (encoding === 'json') {
    const { rejectedSpans, errorMessage } = partial;
    // 64-bit numbers are text in protobuf's JSON
    const body = isWhole ? {} : { partialSuccess: { rejectedSpans: String(rejectedSpans), errorMessage } };
    return utf8(JSON.stringify(body));
  }
  const pbf = new PbfWriter();
  if (!isWhole)
    pbf.writeMessage(
      1,
      (p: Partial, w: PbfWriter) => {
        w.writeVarintField(1, p.rejectedSpans);
        w.writeStringField(2, p.errorMessage);
      },
      partial,
    );
  return new Uint8Array(pbf.finish());
}

/** google.rpc.Status. `code`: of google.rpc.Code. */
export function encodeStatus(encoding: Encoding, code: number, message: string): Uint8Array<ArrayBuffer> {
  if (encoding === 'json') return utf8(JSON.stringify({ code, message }));
  const pbf = new PbfWriter();
  pbf.writeVarintField(1, code);
  pbf.writeStringField(2, message);
  return new Uint8Array(pbf.finish());
}

function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(text));
}
