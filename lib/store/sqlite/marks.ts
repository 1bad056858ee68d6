/** Hashes of a journey's tokens as they lie in its row: six bytes each, so that SQL finds one by its bytes. */
const WIDTH = 6;
/** Most marks kept for a journey; one with more says so and is looked up in its facts. */
export const MOST_MARKS = 256;

export function packMarks(marks: Iterable<number>): Buffer {
  const all = [...marks];
  const packed = Buffer.allocUnsafe(all.length * WIDTH);
  all.forEach((mark, i) => {
    packed.writeUIntBE(mark, i * WIDTH, WIDTH);
  });
  return packed;
}

export function unpackMarks(packed: Buffer): number[] {
  return Array.from({ length: packed.length / WIDTH }, (_, i) => packed.readUIntBE(i * WIDTH, WIDTH));
}
