// The one thing that lint changes by itself: the cdiVersion of a spec, in its place, and nothing else.
import { isDeepStrictEqual } from 'node:util';
import { findVersionFault } from '../../cdi/versions.ts';
import type { Position } from '../../text/error.ts';
import type { SpecText } from './spec-text.ts';
import { tryReadSpec } from './try-read-spec.ts';

/** As specs write it: plain or in quotes, with or without a `v` before it. */
const WRITTEN = /(["']?)(v?)\d+\.\d+\.\d+\1(?=$|[\s,}#])/y;

/**
 * The text with another version, in the spelling that is there.
 *
 * @returns undefined where it is spelled in another way (by an anchor, a tag, a block), or where more than the version
 *   would change
 */
export function replaceVersion({ text, spec, locate }: SpecText, version: string): string | undefined {
  const place = locate(['cdiVersion']);
  if (spec === undefined || place === undefined) return undefined;
  WRITTEN.lastIndex = findOffset(text, place);
  const found = WRITTEN.exec(text);
  if (found === null) return undefined;
  const { index, 0: old, 1: quotes = '', 2: prefix = '' } = found;
  const fixed = `${text.slice(0, index)}${quotes}${prefix}${version}${quotes}${text.slice(index + old.length)}`;
  const after = tryReadSpec(fixed);
  if (after === undefined || findVersionFault(after) !== undefined) return undefined;
  return isDeepStrictEqual({ ...after, cdiVersion: spec.cdiVersion }, spec) ? fixed : undefined;
}

/** By the line breaks of YAML, which does not count a byte order mark. */
function findOffset(text: string, { line, column }: Position): number {
  const breaks = [...text.matchAll(/\r\n|[\n\r\x85\u2028\u2029]/g)];
  const before = line === 1 ? undefined : breaks[line - 2];
  const start = before === undefined ? text.search(/[^\ufeff]|$/) : before.index + before[0].length;
  const characters = [...text.slice(start, breaks[line - 1]?.index)];
  return start + characters.slice(0, column - 1).join('').length;
}
