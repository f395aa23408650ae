// How far a program of 64 bits reaches in its file, by its own head.

/** Of the head: where its tables are, how long an entry of them is, and how many there are. */
const TABLES = [
  { start: 32, size: 54, count: 56 },
  { start: 40, size: 58, count: 60 },
];

/** Of an entry of the program's table: where its part begins, and how long it is. */
const PART = { start: 8, length: 32 };

/**
 * The size in bytes that a file has at least, if nothing of it is missing.
 *
 * @param bytes of an ELF file with the bytes of a number in rising order
 */
export function findProgramEnd(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const long = (at: number): number => (at + 8 <= bytes.length ? Number(view.getBigUint64(at, true)) : 0);
  const short = (at: number): number => (at + 2 <= bytes.length ? view.getUint16(at, true) : 0);
  const tables = TABLES.map(({ start, size, count }) => ({
    start: long(start),
    size: short(size),
    count: short(count),
  }));
  const [parts] = tables;
  const ends = tables.map(({ start, size, count }) => start + size * count);
  for (let i = 0; i < (parts?.count ?? 0); i++) {
    const at = (parts?.start ?? 0) + i * (parts?.size ?? 0);
    ends.push(long(at + PART.start) + long(at + PART.length));
  }
  return Math.max(0, ...ends);
}
