// How much a container may ask for: nobody needs more, and a flood is refused before it costs anything.
import type { Source } from '../settings/settings.ts';
import { makeRequestError } from './bad-request.ts';

/** Names in all. */
const MOST_REQUESTS = 1024;
/** Characters of one annotation or variable; the kernel takes no longer variable than twice this. */
const LONGEST_VALUE = 65_536;

/**
 * The names of a value with commas between them.
 *
 * @throws {CdiError} BAD_REQUEST
 */
export function splitNames(source: Source, key: string, value: string): readonly string[] {
  checkLength(source, key, value);
  const names = value.split(',');
  checkCount(source, key, names.length);
  return names;
}

/** @throws {CdiError} BAD_REQUEST */
export function checkLength(source: Source, key: string, value: string): void {
  if (value.length <= LONGEST_VALUE) return;
  throw makeRequestError(source, key, `it has more than ${LONGEST_VALUE} characters`, 'ask for fewer devices');
}

/** @throws {CdiError} BAD_REQUEST, at the one that is too many */
export function checkCount(source: Source, key: string, count: number): void {
  if (count <= MOST_REQUESTS) return;
  throw makeRequestError(source, key, `the container asks for more than ${MOST_REQUESTS} devices`, 'ask for fewer');
}
