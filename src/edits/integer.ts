// Whole numbers of specs, and how they are read.
import { integer } from '../text/yaml-decode.ts';
import type { Decode } from '../text/yaml-reader.ts';

/** A whole number; beyond 2^53 it is a bigint, so that 64 bits survive. */
export type Integer = number | bigint;

export const int64: Decode<Integer> = integer(-(2n ** 63n), 2n ** 63n - 1n);
const anyUint32 = integer(0n, 2n ** 32n - 1n);
export const uint32: Decode<number> = (reader, node, before) => Number(anyUint32(reader, node, before));

export function isZero(value: Integer | undefined): boolean {
  return value === undefined || Number(value) === 0;
}
