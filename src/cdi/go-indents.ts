// The blanks that are lost between Go's writer of YAML and whoever reads its files.
import { listMembers, type OrderedJson } from '../text/json.ts';

/** What Go writes without escapes, so that a text of several lines becomes a block. */
const PRINTABLE = /^[\t\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]*$/;

/**
 * A value as it is read back after Go has written it. Go writes a text of several lines that begins with a blank as
 * a block that it declares to be indented by 4; but in a list, and in a mapping that is an entry of one, it indents
 * by 2, so that a reader takes two blanks off each line (corpus write-strings-multiline-036). Where a line has fewer,
 * Go's file cannot be read at all: such a text is left alone here.
 */
export function applyGoIndents(value: OrderedJson, isEntry = false): OrderedJson {
  if (typeof value === 'string') return isEntry && losesBlanks(value) ? value.replace(/^ {2}/gm, '') : value;
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) return value.map((entry) => applyGoIndents(entry, true));
  const inside = (member: OrderedJson): OrderedJson => applyGoIndents(member, isEntry && typeof member === 'string');
  return new Map(listMembers(value).map(([key, member]) => [key, member === undefined ? member : inside(member)]));
}

function losesBlanks(text: string): boolean {
  const lines = text.split('\n');
  if (lines.length === 1 || !/^[ \n]/.test(text)) return false;
  return lines.every((line) => line === '' || (line.startsWith('  ') && !line.endsWith(' ') && PRINTABLE.test(line)));
}

function isList(value: object): value is readonly OrderedJson[] {
  return Array.isArray(value);
}
